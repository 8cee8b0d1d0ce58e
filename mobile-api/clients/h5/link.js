// This browser's ports for the protocol: fetch, WebCrypto, clock. The private key cannot be read out, not even by this page.

import { newPhone } from '../protocol/phone.js';
import { get, put } from './keep.js';

const P256 = { name: 'ECDSA', namedCurve: 'P-256' };
const ES256 = { name: 'ECDSA', hash: 'SHA-256' };
/** Headers that the protocol reads. */
const HEADERS = ['content-type', 'retry-after', 'dpop-nonce', 'upload-offset'];

/** The phone with its own key, made when there is none. */
export async function connect() {
  const pair = (await get('key')) || (await newKey());
  const jwk = await crypto.subtle.exportKey('jwk', pair.publicKey);
  return newPhone(location.origin, {
    transport,
    signer: {
      jwk: { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y },
      sign: async (bytes) => new Uint8Array(await crypto.subtle.sign(ES256, pair.privateKey, bytes)),
    },
    sha256: async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)),
    random: (len) => crypto.getRandomValues(new Uint8Array(len)),
    clock: { now_ms: () => Date.now(), sleep: (ms) => new Promise((done) => setTimeout(done, ms)) },
  });
}

/** A fresh key in place of one that the office no longer takes. */
export async function newKey() {
  const pair = await crypto.subtle.generateKey(P256, false, ['sign', 'verify']);
  await put('key', { publicKey: pair.publicKey, privateKey: pair.privateKey });
  return pair;
}

/** Is this ES256 signature of a published key good? */
export async function verify(jwk, signature, bytes) {
  const plain = { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y };
  const key = await crypto.subtle.importKey('jwk', plain, P256, false, ['verify']);
  return crypto.subtle.verify(ES256, key, signature, bytes);
}

async function transport(request) {
  // Browsers without AbortController end a dead request by themselves, later.
  const abort = typeof AbortController === 'function' ? new AbortController() : null;
  const limit = setTimeout(() => abort && abort.abort(), request.limit_ms);
  try {
    const answer = await fetch(request.url, {
      method: request.method,
      headers: request.headers,
      body: request.body,
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      signal: abort ? abort.signal : undefined,
    });
    const headers = {};
    HEADERS.forEach((name) => {
      const value = answer.headers.get(name);
      if (value !== null) {
        headers[name] = value;
      }
    });
    return { status: answer.status, headers, text: await answer.text() };
  } finally {
    clearTimeout(limit);
  }
}

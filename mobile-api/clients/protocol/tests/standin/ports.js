import { webcrypto } from 'node:crypto';

const P256 = { name: 'ECDSA', namedCurve: 'P-256' };
const ES256 = { name: 'ECDSA', hash: 'SHA-256' };

/** Ports of a phone whose clock stands still but for its sleeps, which are written down. */
export async function newPorts(transport) {
  const pair = await webcrypto.subtle.generateKey(P256, false, ['sign', 'verify']);
  const { kty, crv, x, y } = await webcrypto.subtle.exportKey('jwk', pair.publicKey);
  const clock = {
    ms: 1_700_000_000_000,
    slept: [],
    now_ms: () => clock.ms,
    sleep: async (ms) => {
      clock.slept.push(ms);
      clock.ms += ms;
    },
  };
  return {
    transport,
    signer: {
      jwk: { kty, crv, x, y },
      sign: async (bytes) => new Uint8Array(await webcrypto.subtle.sign(ES256, pair.privateKey, bytes)),
    },
    sha256: async (bytes) => new Uint8Array(await webcrypto.subtle.digest('SHA-256', bytes)),
    random: (len) => webcrypto.getRandomValues(new Uint8Array(len)),
    clock,
  };
}

/** Is this the signature of these bytes? */
export async function verify(jwk, signature, bytes) {
  const key = await webcrypto.subtle.importKey('jwk', { ...jwk, key_ops: ['verify'] }, P256, false, ['verify']);
  return webcrypto.subtle.verify(ES256, key, signature, bytes);
}

/** A store in memory that hands out copies, as a database does. */
export function newStore() {
  const captures = new Map();
  const parts = new Map();
  return {
    capture: async (id) => structuredClone(captures.get(id)),
    keepCapture: async (record) => void captures.set(record.checkin, structuredClone(record)),
    partBytes: async (id, name) => parts.get(`${id}/${name}`),
    keepPart: async (id, name, bytes) => void parts.set(`${id}/${name}`, bytes.slice()),
    dropParts: async (id) => {
      [...parts.keys()].filter((key) => key.startsWith(`${id}/`)).forEach((key) => parts.delete(key));
    },
    partsKept: () => parts.size,
  };
}

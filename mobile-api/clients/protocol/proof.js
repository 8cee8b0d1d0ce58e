import { base64url, utf8, uuid } from './bytes.js';

/**
 * A DPoP proof (RFC 9449 §4.2) for one request.
 *
 * `about`: `method`; `url` without query; `nonce`, what the server gave last, or null; `token`, whose hash goes into `ath`, or null.
 */
export async function prove(ports, about) {
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: ports.signer.jwk };
  const claims = {
    jti: uuid(ports.random),
    htm: about.method,
    htu: about.url,
    iat: Math.floor(ports.clock.now_ms() / 1000),
  };
  if (about.nonce) {
    claims.nonce = about.nonce;
  }
  if (about.token) {
    claims.ath = base64url(await ports.sha256(utf8(about.token)));
  }
  const signed = `${json(header)}.${json(claims)}`;
  const signature = await ports.signer.sign(utf8(signed));
  return `${signed}.${base64url(signature)}`;
}

function json(value) {
  return base64url(utf8(JSON.stringify(value)));
}

import { fromBase64url, fromUtf8, utf8 } from './bytes.js';

const ISSUER = 'muster';

/** Header and claims of a receipt (compact JWS), its signature not checked; null when it is none. */
export function parse(receipt) {
  const pieces = String(receipt).split('.');
  if (pieces.length !== 3) {
    return null;
  }
  const [header, claims, signature] = pieces.map(fromBase64url);
  if (!header || !claims || !signature || signature.length !== 64) {
    return null;
  }
  try {
    return {
      header: JSON.parse(fromUtf8(header)),
      claims: JSON.parse(fromUtf8(claims)),
      signed: utf8(`${pieces[0]}.${pieces[1]}`),
      signature,
    };
  } catch (_) {
    return null;
  }
}

/**
 * What a receipt proves, checked with a JWK set that the server published: `{claims}` or `{why}`, where `why` is `malformed`, `algorithm`,
 * `unknown-key` or `signature`. `verify(jwk, signature, bytes)` → boolean (ES256). Needs no line.
 */
export async function check(receipt, keys, verify) {
  const parsed = parse(receipt);
  if (!parsed) {
    return { why: 'malformed' };
  }
  if (parsed.header.alg !== 'ES256' || parsed.header.crit !== undefined) {
    return { why: 'algorithm' };
  }
  const jwk = keys.keys.find((key) => key.kid === parsed.header.kid && key.kty === 'EC' && key.crv === 'P-256');
  if (!jwk) {
    return { why: 'unknown-key' };
  }
  const good = await verify(jwk, parsed.signature, parsed.signed);
  return good && parsed.claims.iss === ISSUER ? { claims: parsed.claims } : { why: 'signature' };
}

/** Does a receipt speak of exactly this capture? */
export function fits(claims, record) {
  const names = Object.keys(record.parts);
  const named = (name) => claims.media.filter((medium) => medium.part === name && medium.sha256 === record.parts[name].sha256);
  return (
    claims.checkin === record.checkin &&
    claims.duty === record.duty &&
    claims.media.length === names.length &&
    names.every((name) => named(name).length === 1)
  );
}

/** Eight letters by which a person names a receipt on the telephone. */
export function shortNumber(checkin) {
  return checkin.replace(/-/g, '').slice(-8).toUpperCase();
}

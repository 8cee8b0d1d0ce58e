// ES256 for a platform without WebCrypto.

import { p256 } from '@noble/curves/nist.js';
import { sha256 } from '@noble/hashes/sha2.js';

/** Random bytes that one key takes: more than its 32, so that none is likelier than another (FIPS 186-5, A.2.1). */
export const SEED_LEN = 48;

/** 32 secret bytes from `SEED_LEN` random ones. */
export const newSecret = (seed) => p256.utils.randomSecretKey(seed);

/** The two coordinates of a secret's public key. */
export function coordinates(secret) {
  const point = p256.getPublicKey(secret, false);
  return { x: point.slice(1, 33), y: point.slice(33) };
}

/** 64 bytes r ‖ s over SHA-256 of `bytes`. */
export const sign = (bytes, secret) => p256.sign(bytes, secret, { prehash: true });

/** Is this signature of the key with these coordinates good? */
export function verify(signature, bytes, x, y) {
  if (signature.length !== 64 || x.length !== 32 || y.length !== 32) {
    return false;
  }
  const point = new Uint8Array(65);
  point[0] = 4;
  point.set(x, 1);
  point.set(y, 33);
  try {
    return p256.verify(signature, bytes, point, { prehash: true, lowS: false });
  } catch (_) {
    // Coordinates that are no point of the curve.
    return false;
  }
}

export { sha256 };

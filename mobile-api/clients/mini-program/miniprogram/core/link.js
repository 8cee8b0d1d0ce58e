// This phone's ports for the protocol. The key is software: WeChat has no WebCrypto and no key store, only a storage that it encrypts.

const { BASE } = require('../config.js');
const p256 = require('../lib/p256.js');
const { base64url, fromBase64url, newPhone } = require('../lib/protocol.js');
const { wait } = require('./call.js');
const chance = require('./chance.js');
const keep = require('./keep.js');
const { transport } = require('./requests.js');

let linking = null;

/** The phone with its own key, made when there is none; the same one for all who ask. */
function connect() {
  if (!linking) {
    linking = link();
    linking.catch(() => {
      linking = null;
    });
  }
  return linking;
}

async function link() {
  await chance.begin();
  const kept = await keep.secret();
  const secret = kept ? fromBase64url(kept) : await newSecret();
  const { x, y } = p256.coordinates(secret);
  return newPhone(BASE, {
    transport,
    signer: {
      jwk: { kty: 'EC', crv: 'P-256', x: base64url(x), y: base64url(y) },
      sign: async (bytes) => p256.sign(bytes, secret),
    },
    sha256: async (bytes) => p256.sha256(bytes),
    random: chance.random,
    clock: { now_ms: () => Date.now(), sleep: wait },
  });
}

async function newSecret() {
  const secret = p256.newSecret(chance.random(p256.SEED_LEN));
  await keep.putSecret(base64url(secret));
  return secret;
}

/** A phone with a fresh key in place of one that the office no longer takes. */
async function renewed() {
  await chance.begin();
  await newSecret();
  linking = null;
  return connect();
}

/** Forgets the phone of before, as after everything kept was cleared. */
function cut() {
  linking = null;
}

/** Is this ES256 signature of a published key good? */
async function verify(jwk, signature, bytes) {
  const [x, y] = [fromBase64url(jwk.x), fromBase64url(jwk.y)];
  return Boolean(x && y) && p256.verify(signature, bytes, x, y);
}

module.exports = { connect, cut, renewed, verify };

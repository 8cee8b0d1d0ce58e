import assert from 'node:assert/strict';
import { createPublicKey, verify as nodeVerify, webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import vm from 'node:vm';
import { fromBase64url, fromUtf8 } from '../../protocol/bytes.js';
import { prove } from '../../protocol/proof.js';
import { verify } from '../../protocol/tests/standin/ports.js';
import { core, launch, newStage } from './standin/stage.mjs';

const LIB = new URL('../miniprogram/lib/p256.js', import.meta.url);
const p256 = createRequire(import.meta.url)(LIB.pathname);
const seed = () => webcrypto.getRandomValues(new Uint8Array(p256.SEED_LEN));

let stage = null;
before(async () => {
  stage = await newStage();
});
after(() => stage.close());

test('a proof of the software key is good to WebCrypto, and says what it proves', async () => {
  const { ports } = await core('core/link').connect();
  for (let at = 0; at < 20; at += 1) {
    const proof = await prove(ports, { method: 'POST', url: 'https://muster.test/v1/token', nonce: `n${at}`, token: 'token' });
    const [header, claims, signature] = proof.split('.');
    const { typ, alg, jwk } = JSON.parse(fromUtf8(fromBase64url(header)));
    assert.deepEqual([typ, alg, jwk.kty, jwk.crv, Object.keys(jwk).sort().join()], ['dpop+jwt', 'ES256', 'EC', 'P-256', 'crv,kty,x,y']);
    assert.ok(await verify(jwk, fromBase64url(signature), new TextEncoder().encode(`${header}.${claims}`)));
    const said = JSON.parse(fromUtf8(fromBase64url(claims)));
    assert.deepEqual([said.htm, said.htu, said.nonce], ['POST', 'https://muster.test/v1/token', `n${at}`]);
    const ath = new Uint8Array(await webcrypto.subtle.digest('SHA-256', new TextEncoder().encode('token')));
    assert.deepEqual(fromBase64url(said.ath), ath);
  }
});

test('a signature that was changed proves nothing', async () => {
  const { ports } = await core('core/link').connect();
  const bytes = new TextEncoder().encode('text');
  const signature = await ports.signer.sign(bytes);
  assert.ok(await verify(ports.signer.jwk, signature, bytes));
  signature[40] ^= 1;
  assert.ok(!(await verify(ports.signer.jwk, signature, bytes)));
});

test('signatures of others are judged as node judges them', async () => {
  const pair = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const jwk = await webcrypto.subtle.exportKey('jwk', pair.publicKey);
  const [x, y] = [fromBase64url(jwk.x), fromBase64url(jwk.y)];
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  // Twenty, since half of all signatures have a high s, which a strict library would refuse.
  for (let at = 0; at < 20; at += 1) {
    const bytes = new Uint8Array([at, 1, 2]);
    const signature = new Uint8Array(await webcrypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, bytes));
    assert.equal(p256.verify(signature, bytes, x, y), nodeVerify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, signature));
    assert.equal(p256.verify(signature, new Uint8Array([at, 1, 3]), x, y), false);
  }
  assert.equal(p256.verify(new Uint8Array(64), new Uint8Array(3), x, x), false);
});

test('the key outlives a restart, and another phone has another one', async () => {
  const mine = (await core('core/link').connect()).ports.signer.jwk;
  launch(stage);
  assert.deepEqual((await core('core/link').connect()).ports.signer.jwk, mine);
  const other = await newStage();
  assert.notDeepEqual((await core('core/link').connect()).ports.signer.jwk, mine);
  await other.close();
  launch(stage);
});

test('random bytes are given out once, and never run dry', async () => {
  const chance = core('core/chance');
  await chance.begin();
  const seen = new Set();
  for (let at = 0; at < 600; at += 1) {
    seen.add(Buffer.from(chance.random(16)).toString('hex'));
    await null;
    await chance.begin();
  }
  assert.equal(seen.size, 600);
  assert.throws(() => chance.random(1 << 20), /no random bytes/);
});

test('the bundles run where there is no WebCrypto, no TextEncoder and no window', () => {
  for (const name of ['p256', 'protocol', 'words']) {
    const code = readFileSync(new URL(`${name}.js`, LIB), 'utf8');
    const bare = vm.createContext({ module: { exports: {} } });
    vm.runInContext(`(function () { var globalThis = undefined; ${code} })()`, bare);
    assert.ok(vm.runInContext('Object.keys(module.exports).length', bare) > 0, name);
    bare.seed = seed();
    const signed = name === 'p256' && vm.runInContext('module.exports.sign(new Uint8Array([1, 2]), module.exports.newSecret(seed)).length', bare);
    assert.equal(signed, name === 'p256' && 64);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base64url, utf8 } from '../bytes.js';
import { check, fits, shortNumber } from '../receipt.js';
import { newPorts, verify } from './standin/ports.js';

const record = { checkin: 'c', duty: 'd', parts: { voice: { sha256: 'aa' } } };
const claims = { iss: 'muster', checkin: 'c', duty: 'd', media: [{ part: 'voice', sha256: 'aa' }] };

async function signed(header, body) {
  const { signer } = await newPorts(null);
  const text = [header, body].map((value) => base64url(utf8(JSON.stringify(value)))).join('.');
  const receipt = `${text}.${base64url(await signer.sign(utf8(text)))}`;
  return { receipt, keys: { keys: [{ ...signer.jwk, kid: 'k' }] } };
}

test('a receipt of the server speaks of what was handed in', async () => {
  const { receipt, keys } = await signed({ alg: 'ES256', kid: 'k' }, claims);
  const checked = await check(receipt, keys, verify);
  assert.deepEqual(checked.claims, claims);
  assert.ok(fits(checked.claims, record));
  assert.ok(!fits(checked.claims, { ...record, duty: 'other' }));
  assert.ok(!fits(checked.claims, { ...record, parts: {} }));
  assert.ok(!fits(checked.claims, { ...record, parts: { voice: { sha256: 'bb' } } }));
});

test('forged, foreign and broken receipts prove nothing', async () => {
  const { receipt, keys } = await signed({ alg: 'ES256', kid: 'k' }, claims);
  const foreign = await signed({ alg: 'ES256', kid: 'k' }, claims);
  const none = await signed({ alg: 'none', kid: 'k' }, claims);
  const pieces = receipt.split('.');
  pieces[1] = base64url(utf8(JSON.stringify({ ...claims, duty: 'x' })));
  assert.deepEqual(await check(pieces.join('.'), keys, verify), { why: 'signature' });
  assert.deepEqual(await check(receipt, foreign.keys, verify), { why: 'signature' });
  assert.deepEqual(await check(receipt, { keys: [] }, verify), { why: 'unknown-key' });
  assert.deepEqual(await check(none.receipt, none.keys, verify), { why: 'algorithm' });
  assert.deepEqual(await check('a.b', keys, verify), { why: 'malformed' });
});

test('a receipt has a number for the telephone', () => {
  assert.equal(shortNumber('01890000-0000-7000-8000-0000000abcde'), '000ABCDE');
});

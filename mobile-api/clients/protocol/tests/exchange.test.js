import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PAUSES_MS, WISH_S_MAX, pause } from '../pause.js';
import { activate, duties, newPhone } from '../phone.js';
import { newHouse, problem } from './standin/house.js';
import { newPorts } from './standin/ports.js';

async function pair() {
  const house = newHouse();
  const ports = await newPorts(house.transport);
  return { house, ports, phone: newPhone('http://muster.test/', ports) };
}

test('the first request learns the nonce, and the token serves all that follow', async () => {
  const { house, ports, phone } = await pair();
  await duties(phone);
  await duties(phone);
  const asked = house.requests.map((request) => [new URL(request.url).pathname, request.about.nonce]);
  assert.deepEqual(asked, [
    ['/v1/token', undefined],
    ['/v1/token', 'nonce-1'],
    ['/v1/duties', 'nonce-1'],
    ['/v1/duties', 'nonce-1'],
  ]);
  assert.deepEqual(ports.clock.slept, []);
});

test('no proof is used twice', async () => {
  const { house, phone } = await pair();
  await Promise.all([duties(phone), duties(phone), duties(phone)]);
  const ids = house.requests.map((request) => request.about.jti);
  assert.equal(new Set(ids).size, ids.length);
});

test('callers at the same moment share one token', async () => {
  const { house, phone } = await pair();
  phone.nonce = house.nonce;
  await Promise.all([duties(phone), duties(phone)]);
  assert.equal(house.requests.filter((request) => request.url.endsWith('/v1/token')).length, 1);
});

test('a token that the server no longer takes is renewed once', async () => {
  const { house, phone } = await pair();
  await duties(phone);
  house.token = 'token-2';
  await duties(phone);
  house.before = (request) => (request.url.endsWith('/v1/duties') ? problem(401, 'access-token', {}, house) : null);
  await assert.rejects(duties(phone), { name: 'access-token' });
});

test('a broken line is tried again after 0, 1, 3 and 10 seconds, then the caller hears of it', async () => {
  const { house, ports, phone } = await pair();
  await duties(phone);
  house.before = () => {
    throw new Error('line');
  };
  await assert.rejects(duties(phone), { kind: 'unreachable' });
  assert.equal(ports.clock.slept.length, PAUSES_MS.length);
  ports.clock.slept.forEach((slept, at) => assert.ok(slept >= PAUSES_MS[at] && slept <= PAUSES_MS[at] + 500, String(slept)));
});

test('a line that comes back is noticed at the next repeat', async () => {
  const { house, phone } = await pair();
  let broken = 2;
  house.before = () => {
    broken -= 1;
    if (broken >= 0) {
      throw new Error('line');
    }
    return null;
  };
  assert.deepEqual((await duties(phone)).duties, []);
});

test('a refusal is final and carries both languages', async () => {
  const { house, ports, phone } = await pair();
  house.before = (request) => (request.url.endsWith('/v1/duties') ? problem(409, 'device-revoked', {}, house) : null);
  await assert.rejects(duties(phone), { kind: 'refused', name: 'device-revoked', words: { zh: '中文', en: 'English.' } });
  assert.deepEqual(ports.clock.slept, []);
});

test('who answers without a problem document is not muster', async () => {
  const { house, phone } = await pair();
  house.before = () => ({ status: 302, headers: { 'content-type': 'text/html' }, text: '<html>' });
  await assert.rejects(duties(phone), { kind: 'garbled' });
  house.before = () => ({ status: 200, headers: {}, text: '<html>' });
  await assert.rejects(duties(phone), { kind: 'garbled' });
});

test('a gateway before a dead server counts as a broken line', async () => {
  const { house, phone } = await pair();
  house.before = () => ({ status: 502, headers: { 'content-type': 'text/html' }, text: '<html>' });
  await assert.rejects(duties(phone), { kind: 'unreachable' });
});

test('the wish of the server is never undercut, and one beyond reason is not waited for', () => {
  const least = () => new Uint8Array(1);
  assert.equal(pause(2, '7', least), 7000);
  assert.equal(pause(4, '2', least), 10000);
  assert.equal(pause(1, String(WISH_S_MAX + 1), least), null);
  assert.equal(pause(PAUSES_MS.length + 1, null, least), null);
});

test('a phone knows by the thumbprint that its own key was bound', async () => {
  const { house, phone } = await pair();
  phone.nonce = house.nonce;
  assert.equal((await activate(phone, 'action', 'CODE', 'label', 'h5')).device, 'd');
  assert.deepEqual(JSON.parse(house.requests[0].body), { code: 'CODE', label: 'label', channel: 'h5' });
  house.bound = 'another';
  await assert.rejects(activate(phone, 'action', 'CODE', 'label', 'h5'), { kind: 'garbled' });
});

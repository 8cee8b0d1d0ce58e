import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { deliver, keepPart, newCapture, progress, uploadParts } from '../delivery.js';
import { newPhone } from '../phone.js';
import { PIECE_LEN } from '../upload.js';
import { newHouse, problem } from './standin/house.js';
import { newPorts, newStore } from './standin/ports.js';

const ID = '01890000-0000-7000-8000-000000000001';
const LONG = Uint8Array.from({ length: 3 * PIECE_LEN + 17 }, (_, at) => at & 255);
const quiet = () => {};

async function scene() {
  const house = newHouse();
  const store = newStore();
  const ports = await newPorts(house.transport);
  const phone = newPhone('http://muster.test', ports);
  const open = (name) => ({ name, required: true, len_max: 1 << 20, chunk_len_max: 256 * 1024 });
  const session = { checkin: ID, nonce: 'once', parts: [open('selfie-0'), open('voice')] };
  const record = newCapture(phone, session, 'duty');
  await keepPart(phone, store, record, 'selfie-0', LONG);
  await keepPart(phone, store, record, 'voice', LONG.slice(0, 100));
  record.stage = 'ready';
  await store.keepCapture(record);
  return { house, store, ports, phone, record };
}

test('a capture is uploaded, handed in and waited for, and its bytes are forgotten', async () => {
  const { house, store, phone, record } = await scene();
  house.verdictAfter = 3;
  const seen = [];
  await deliver(phone, store, record, (at) => seen.push(at.at));
  assert.equal(record.stage, 'settled');
  assert.equal(record.told.state, 'verified');
  assert.deepEqual(new Uint8Array(house.parts.get('selfie-0')), LONG);
  const { body } = house.submissions.get(ID);
  assert.equal(body.parts['selfie-0'].sha256, createHash('sha256').update(LONG).digest('hex'));
  assert.equal(body.nonce, 'once');
  assert.deepEqual(seen, [...seen].sort((a, b) => a - b));
  assert.deepEqual(progress(record), { at: LONG.length + 100, len: LONG.length + 100 });
  assert.equal(store.partsKept(), 0);
});

test('a reload in the middle of an upload goes on where the server stands', async () => {
  const { house, store, phone, record } = await scene();
  let pieces = 0;
  house.after = (request) => {
    pieces += request.method === 'PUT' ? 1 : 0;
    // The piece is stored, its answer never arrives, and neither does anything after it.
    if (pieces >= 2) {
      throw new Error('line');
    }
  };
  await assert.rejects(deliver(phone, store, record, quiet), { kind: 'unreachable' });
  house.after = () => null;
  const again = newPhone('http://muster.test', phone.ports);
  const kept = await store.capture(ID);
  await deliver(again, store, kept, quiet);
  assert.equal(kept.stage, 'settled');
  assert.deepEqual(new Uint8Array(house.parts.get('selfie-0')), LONG);
});

test('a submission whose answer was lost counts once', async () => {
  const { house, store, phone, record } = await scene();
  house.after = (request) => {
    if (request.url.endsWith('/submit')) {
      throw new Error('line');
    }
  };
  await assert.rejects(deliver(phone, store, record, quiet), { kind: 'unreachable' });
  house.after = () => null;
  const kept = await store.capture(ID);
  await deliver(phone, store, kept, quiet);
  assert.equal(kept.stage, 'settled');
  assert.equal(house.submissions.size, 1);
  assert.equal(house.submissions.get(ID).action, record.action);
});

test('a session that was handed in by a lost request is looked up, not taken again', async () => {
  const { house, store, phone, record } = await scene();
  house.before = (request) => (request.url.endsWith('/submit') ? problem(409, 'session-used', {}, house) : null);
  await deliver(phone, store, record, quiet);
  assert.equal(record.stage, 'settled');
});

test('an expired session is refused for good and asks for a new capture', async () => {
  const { house, store, phone, record } = await scene();
  house.before = (request) => (request.method === 'PUT' ? problem(409, 'session-expired', {}, house) : null);
  await deliver(phone, store, record, quiet);
  assert.equal(record.stage, 'refused');
  assert.equal(record.problem.name, 'session-expired');
  assert.equal((await store.capture(ID)).stage, 'refused');
  assert.equal(store.partsKept(), 0);
});

test('a full house is waited for, and nothing is lost when it stays full', async () => {
  const { house, store, ports, phone, record } = await scene();
  const busy = () => problem(503, 'busy', {}, house, { 'retry-after': '15' });
  house.before = (request) => (request.url.endsWith('/submit') ? busy() : null);
  await assert.rejects(deliver(phone, store, record, quiet), { name: 'busy' });
  assert.ok(ports.clock.slept.every((slept) => slept >= 15000));
  assert.equal((await store.capture(ID)).stage, 'ready');
  assert.equal(store.partsKept(), 2);
});

test('parts go up while others are still to come', async () => {
  const { house, store, phone, record } = await scene();
  record.stage = 'taking';
  await uploadParts(phone, store, record, quiet);
  await keepPart(phone, store, record, 'turn', LONG.slice(0, 50));
  await uploadParts(phone, store, record, quiet);
  assert.equal(house.parts.get('turn').length, 50);
  assert.equal(house.requests.filter((request) => request.url.endsWith('/voice')).length, 1);
});

test('a server that moves its offset for ever is given up', async () => {
  const { house, store, phone, record } = await scene();
  house.before = (request) => (request.method === 'PUT' ? problem(409, 'part-offset', { offset: 0 }, house) : null);
  await assert.rejects(deliver(phone, store, record, quiet), { name: 'part-offset' });
});

// What a person does with the phone, one function each.

import { Garbled, read } from './problem.js';
import { exchange, send } from './exchange.js';
import { base64url, utf8, uuid } from './bytes.js';

/** One long poll asks the server to wait this long. */
const POLL_S = 20;

/**
 * One phone that talks to one server. Its ports are all that it takes from outside:
 *
 * - `transport({method, url, headers, body, limit_ms})` → `{status, headers, text}`, names of headers in lower case; rejects when no
 *   answer came. `body` is null, a text or a Uint8Array.
 * - `signer`: `jwk` (`kty`, `crv`, `x`, `y`) and `sign(bytes)` → 64 bytes r ‖ s (ES256).
 * - `sha256(bytes)` → 32 bytes.
 * - `random(len)` → that many random bytes.
 * - `clock`: `now_ms()` and `sleep(ms)`. It may be wrong; nothing depends on it.
 */
export function newPhone(base, ports) {
  return { base: base.replace(/\/+$/, ''), ports, nonce: null, token: null, asking: null };
}

/** An id for one action, to be kept by whoever may have to repeat it after a reload. */
export function newAction(phone) {
  return uuid(phone.ports.random);
}

/** Binds this phone's key to the person to whom an officer gave `code`. */
export async function activate(phone, action, code, label, channel) {
  const json = { code, label, channel };
  const device = read(await exchange(phone, { method: 'POST', path: '/v1/devices', action, json }, null));
  if (device.thumbprint !== (await thumbprint(phone))) {
    throw new Garbled('the server bound another key than this phone\'s');
  }
  return device;
}

/** Of this phone's key (RFC 7638): its members in the order of their names. */
async function thumbprint(phone) {
  const { crv, kty, x, y } = phone.ports.signer.jwk;
  return base64url(await phone.ports.sha256(utf8(JSON.stringify({ crv, kty, x, y }))));
}

/** The person's duties of yesterday, today and tomorrow. */
export async function duties(phone) {
  return read(await send(phone, { method: 'GET', path: '/v1/duties' }));
}

/** Opens a capture session for a duty. `can`: which of `turn` and `flash` this phone can do. */
export async function open(phone, action, duty, can) {
  const call = { method: 'POST', path: `/v1/duties/${duty}/checkins`, action };
  if (can.length > 0) {
    call.json = { can };
  }
  return read(await send(phone, call));
}

/** Hands a session in. The answer is the acknowledgement: what it names is stored durably. */
export async function submit(phone, action, checkin, submission) {
  const call = { method: 'POST', path: `/v1/checkins/${checkin}/submit`, action, json: submission };
  return sameOf(read(await send(phone, call)), checkin);
}

/** Where an attempt stands; with `wait`, not before it is settled or one long poll is over. */
export async function checkin(phone, id, wait) {
  const call = { method: 'GET', path: `/v1/checkins/${id}` };
  if (wait) {
    call.query = `wait_s=${POLL_S}`;
    call.wait_s = POLL_S;
  }
  return sameOf(read(await send(phone, call)), id);
}

/** The keys with which the server signs receipts (RFC 7517). */
export async function publishedKeys(phone) {
  return read(await exchange(phone, { method: 'GET', path: '/.well-known/jwks.json' }, null));
}

/** All leaves of the person, the oldest request first. */
export async function leaves(phone) {
  return read(await send(phone, { method: 'GET', path: '/v1/leaves' }));
}

/** Asks for leave. */
export async function askLeave(phone, action, wanted) {
  return read(await send(phone, { method: 'POST', path: '/v1/leaves', action, json: wanted }));
}

/** Takes a request back, before the leave begins. */
export async function withdrawLeave(phone, action, leave) {
  const path = `/v1/leaves/${leave}/withdraw`;
  return read(await send(phone, { method: 'POST', path, action, json: {} }));
}

/** A month of points, such as `2026-03`. */
export async function points(phone, month) {
  return read(await send(phone, { method: 'GET', path: `/v1/points/${month}` }));
}

/** Contests that officers did not accept a check-in. */
export async function appealCheckin(phone, action, id, text) {
  const path = `/v1/checkins/${id}/appeal`;
  return read(await send(phone, { method: 'POST', path, action, json: { text } }));
}

/** Contests an entry that took points. */
export async function appeal(phone, action, entry, text) {
  const path = `/v1/points/${entry}/appeal`;
  return read(await send(phone, { method: 'POST', path, action, json: { text } }));
}

/** What is stored of the person, until when, and who looked at it. */
export async function stored(phone) {
  return read(await send(phone, { method: 'GET', path: '/v1/me' }));
}

/** Attempt settled: nothing changes any more but by an officer. */
export function settled(state) {
  return state !== 'open' && state !== 'queued' && state !== 'running';
}

function sameOf(answer, id) {
  if (answer.id !== id) {
    throw new Garbled('an answer about another check-in');
  }
  return answer;
}

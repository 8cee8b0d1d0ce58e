// A kept capture on its way to the server. Everything that is needed to go on lies in the store before it is used, so that a reload, a
// lost line or five seconds in the background cost nothing but time.
//
// A kept capture: `{checkin, duty, session, parts: {name: {len, sha256, at}}, facts, returns_from, action, stage, problem, told}`
//
// stage: `taking` (parts may still come) → `ready` (all parts are kept) → `handed` (acknowledged) → `settled` | `refused`
//
// The store: `capture(id)`, `keepCapture(record)`, `partBytes(id, name)`, `keepPart(id, name, bytes)`, `dropParts(id)`.

import { hex } from './bytes.js';
import { checkin, newAction, settled, submit } from './phone.js';
import { upload } from './upload.js';

/** Refusals that no repeat of the same capture can mend: a new one is needed. */
const FATAL = [
  'session-expired', 'nonce-mismatch', 'part-missing', 'part-mismatch', 'part-too-large', 'part-unknown',
  'media-repeated', 'window-closed', 'duty-met', 'not-found', 'device-revoked', 'supervision-ended',
];

/** Long polls of one delivery, at most; whoever still waits then asks again when he next looks. */
const POLLS_MAX = 30;

/** A record for a session that was just opened. */
export function newCapture(phone, session, duty) {
  return {
    checkin: session.checkin,
    duty,
    session,
    parts: {},
    facts: {},
    returns_from: null,
    action: newAction(phone),
    stage: 'taking',
    problem: null,
    told: null,
  };
}

/** Keeps a part of a capture. From here on it survives everything but the loss of the phone. */
export async function keepPart(phone, store, record, name, bytes) {
  const sha256 = hex(await phone.ports.sha256(bytes));
  await store.keepPart(record.checkin, name, bytes);
  record.parts[name] = { len: bytes.length, sha256, at: 0 };
  await store.keepCapture(record);
}

/** Uploads what is kept and not yet there. May run while further parts are taken. */
export async function uploadParts(phone, store, record, told) {
  for (const name of Object.keys(record.parts)) {
    const part = record.parts[name];
    if (part.at < part.len) {
      const bytes = await store.partBytes(record.checkin, name);
      await upload(phone, record.session, name, bytes, part.at, (at) => {
        part.at = at;
        told(progress(record));
      });
      await store.keepCapture(record);
    }
  }
}

/** Bytes that are there, and bytes in all. */
export function progress(record) {
  const parts = Object.keys(record.parts).map((name) => record.parts[name]);
  const sum = (of) => parts.reduce((total, part) => total + part[of], 0);
  return { at: sum('at'), len: sum('len') };
}

/**
 * Brings a `ready` capture to the server and waits for its verdict, as far as it gets; throws what stopped it. Calling again goes on from
 * there. `told(progress)` while bytes move.
 */
export async function deliver(phone, store, record, told) {
  try {
    if (record.stage === 'ready') {
      await handIn(phone, store, record, told);
    }
    for (let poll = 0; record.stage === 'handed' && poll < POLLS_MAX; poll += 1) {
      await listen(phone, store, record);
    }
  } catch (error) {
    if (error.kind === 'refused' && FATAL.indexOf(error.name) >= 0) {
      await refuse(store, record, error);
    } else {
      throw error;
    }
  }
  return record;
}

async function handIn(phone, store, record, told) {
  try {
    await uploadParts(phone, store, record, told);
    record.told = await submit(phone, record.action, record.checkin, submission(record));
  } catch (error) {
    // It was acknowledged once and the answer was lost: how it stands says the rest.
    if (error.name !== 'session-used') {
      throw error;
    }
  }
  record.stage = 'handed';
  await store.keepCapture(record);
  await store.dropParts(record.checkin);
}

/** The same record makes the same submission, and its action the same key: nothing counts twice. */
function submission(record) {
  const parts = {};
  Object.keys(record.parts).forEach((name) => {
    parts[name] = { len: record.parts[name].len, sha256: record.parts[name].sha256 };
  });
  const whole = { nonce: record.session.nonce, parts, facts: record.facts };
  if (record.returns_from) {
    whole.returns_from = record.returns_from;
  }
  return whole;
}

/** One long poll. */
async function listen(phone, store, record) {
  const asked_ms = phone.ports.clock.now_ms();
  record.told = await checkin(phone, record.checkin, true);
  if (settled(record.told.state)) {
    record.stage = 'settled';
  } else if (phone.ports.clock.now_ms() - asked_ms < 200) {
    // A poll that came back at once did not wait: without a pause it would be asked for again and again.
    await phone.ports.clock.sleep(1000);
  }
  await store.keepCapture(record);
}

async function refuse(store, record, error) {
  record.stage = 'refused';
  record.problem = { name: error.name, words: error.words };
  await store.keepCapture(record);
  await store.dropParts(record.checkin);
}

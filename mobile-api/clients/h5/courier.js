// Brings kept captures to the server, one after the other, whenever there is a line: when the page opens, comes back to the front or hears
// of a network, and again and again in between.

import { deliver, uploadParts } from '../protocol/delivery.js';
import { captures, shelf } from './keep.js';
import { line } from './trouble.js';

/** Between two tries while the line is down. */
const PAUSES_MS = [3000, 5000, 10000, 20000, 30000];

const listeners = new Set();
let phone = null;
let busy = Promise.resolve();
let timer = 0;
let failed = 0;

/** Begins; `with_phone` has its key. */
export function start(with_phone) {
  const begun = phone !== null;
  phone = with_phone;
  if (begun) {
    now();
    return;
  }
  self.addEventListener('online', now);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && now());
  now();
}

/** Hears of every change: `(record, {at, len} | null, words of trouble | null)`. Returns how to stop hearing. */
export function listen(hear) {
  listeners.add(hear);
  return () => listeners.delete(hear);
}

/** Tries at once. */
export function now() {
  clearTimeout(timer);
  failed = 0;
  return queue(round);
}

/** Uploads what a running capture has so far; what fails is left for the delivery. */
export function ahead(record) {
  return queue(() => uploadParts(phone, shelf, record, () => {}).catch(() => {}));
}

/** One thing at a time: two uploads of one part would only correct each other. */
function queue(work) {
  // What fails is told where it fails; the next one is tried all the same.
  busy = busy.then(work).catch(() => {});
  return busy;
}

async function round() {
  const waiting = (await captures()).filter((record) => record.stage === 'ready' || record.stage === 'handed');
  for (const record of waiting.reverse()) {
    try {
      await deliver(phone, shelf, record, (progress) => tell(record, progress, null));
      failed = 0;
      tell(record, null, null);
    } catch (error) {
      tell(record, null, line(error));
      timer = setTimeout(() => queue(round), PAUSES_MS[Math.min(failed, PAUSES_MS.length - 1)]);
      failed += 1;
      return;
    }
  }
}

function tell(record, progress, trouble) {
  listeners.forEach((hear) => hear(record, progress, trouble));
}

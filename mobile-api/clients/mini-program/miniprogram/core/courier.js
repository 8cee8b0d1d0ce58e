// Brings kept captures to the server, one after the other, whenever there is a line and the mini-program is in front. WeChat cuts requests
// five seconds after it went to the background: nothing is begun there, and whatever was cut goes on from where the server stands.

const { deliver, uploadParts } = require('../lib/protocol.js');
const { TROUBLE } = require('../lib/words.js');
const { captures, shelf } = require('./keep.js');
const { connect } = require('./link.js');
const network = require('./network.js');
const subscribe = require('./subscribe.js');
const { words } = require('./trouble.js');

/** Between two tries while the line is down. */
const PAUSES_MS = [3000, 5000, 10000, 20000, 30000];

const listeners = new Set();
let busy = Promise.resolve();
let timer = 0;
let failed = 0;
let shown = false;

/** The mini-program is in front: everything that waits is tried at once. */
function front() {
  shown = true;
  network.watch(now);
  return now();
}

/** It went to the background. */
function back() {
  shown = false;
  clearTimeout(timer);
}

/** Hears of every change: `(record, {at, len} | null, words of trouble | null)`. Returns how to stop hearing. */
function listen(hear) {
  listeners.add(hear);
  return () => listeners.delete(hear);
}

/** Tries at once. */
function now() {
  clearTimeout(timer);
  failed = 0;
  return queue(round);
}

/** Uploads what a running capture has so far; what fails is left for the delivery. */
function ahead(phone, record) {
  return queue(() => (shown ? uploadParts(phone, shelf, record, () => {}).catch(() => {}) : null));
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
    if (!shown) {
      return;
    }
    try {
      await deliver(await connect(), shelf, record, (progress) => tell(record, progress, null));
      failed = 0;
      tell(record, null, null);
    } catch (error) {
      if (!error.lost) {
        tell(record, null, words(error));
        later();
        return;
      }
      await lose(record);
    }
  }
  await subscribe.hand().catch(() => {});
}

function later() {
  if (shown) {
    timer = setTimeout(() => queue(round), PAUSES_MS[Math.min(failed, PAUSES_MS.length - 1)]);
    failed += 1;
  }
}

/** WeChat may delete a mini-program's files when the phone is full; the session cannot be completed then. */
async function lose(record) {
  record.stage = 'refused';
  record.problem = { name: 'part-lost', words: TROUBLE.lost };
  await shelf.keepCapture(record);
  await shelf.dropParts(record.checkin);
  tell(record, null, null);
}

function tell(record, progress, trouble) {
  listeners.forEach((hear) => hear(record, progress, trouble));
}

module.exports = { ahead, back, front, listen, now };

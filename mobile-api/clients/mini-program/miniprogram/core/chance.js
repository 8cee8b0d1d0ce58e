// Random bytes. WeChat gives them only by and by, the protocol needs them at once: so some lie ready. Never `Math.random`.

const { call } = require('./call.js');

/** Bytes that lie ready; a request takes 17 at most. */
const READY_LEN = 4096;
/** Below this, new ones are fetched. */
const LOW_LEN = 2048;

let ready = new Uint8Array(0);
let at = 0;
let fetching = null;

/** Resolves once there are bytes. */
function begin() {
  return ready.length - at >= LOW_LEN ? Promise.resolve() : fetch();
}

function fetch() {
  if (!fetching) {
    const done = () => {
      fetching = null;
    };
    fetching = call('getRandomValues', { length: READY_LEN }).then((answer) => {
      ready = new Uint8Array(answer.randomValues);
      at = 0;
    });
    fetching.then(done, done);
  }
  return fetching;
}

/** That many random bytes, each given out once. */
function random(len) {
  if (ready.length - at < len) {
    throw new Error('no random bytes are ready');
  }
  const bytes = ready.slice(at, at + len);
  at += len;
  if (ready.length - at < LOW_LEN) {
    // What fails here is told when the last byte is gone.
    fetch().catch(() => {});
  }
  return bytes;
}

module.exports = { begin, random };

// The screen while a capture runs: it stays on, and shines while colours are shown.

const { call } = require('./call.js');

const ignore = () => {};

function stayOn(on) {
  return call('setKeepScreenOn', { keepScreenOn: on }).catch(ignore);
}

/** As bright as it gets while `work` runs, and as before when it is over, however it ends. */
async function shining(work) {
  const before = await call('getScreenBrightness', {}).then((answer) => answer.value, () => null);
  await call('setScreenBrightness', { value: 1 }).catch(ignore);
  try {
    return await work();
  } finally {
    if (before !== null) {
      await call('setScreenBrightness', { value: before }).catch(ignore);
    }
  }
}

module.exports = { shining, stayOn };

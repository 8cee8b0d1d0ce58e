// The digits, large, and then spoken by the person. WeChat reads nothing aloud: they are only shown.

const { TROUBLE } = require('../lib/words.js');
const { wait } = require('./call.js');
const { record } = require('./recorder.js');

/** A recording ends by itself after this. */
const RECORD_MAX_MS = 15000;
/** After so much speech, so long a silence means that the person is done. */
const SPEECH_MIN_MS = 1800;
const SILENCE_MS = 1800;
const TICK_MS = 64;
/** Level (0 to 1) below which nothing was said at all. */
const HEARD = 0.02;
/** Share of the loudest moment that still counts as speech. */
const SPEECH_SHARE = 0.2;
/** Percent of the bar for a level of 1. */
const BAR = 350;

const READ = { zh: '请按按钮，然后一个一个读出来。', en: 'Press the button, then read them one by one.' };
const NOW = { zh: '正在听，请读', en: 'Listening: please read' };

/** Shows the digits and answers the recording, once something was heard. */
async function read(scene, prompt) {
  for (let tries = 1; ; tries += 1) {
    scene.show({ step: 'digits', digits: prompt.split(''), hint: READ, tone: '', level: 0, trouble: tries > 1 ? TROUBLE.silent : null });
    await scene.pressed();
    const taken = await hearOut(scene);
    // A microphone that stays silent is for the server to judge, not to be stuck at.
    if (taken.loudest === null || taken.loudest >= HEARD || tries > 1) {
      return taken.bytes;
    }
  }
}

/** Records until the person is done. */
async function hearOut(scene) {
  const heard = { loudest: 0, speech_ms: 0, silence_ms: 0 };
  const recording = await record((loud, ms) => {
    weigh(heard, loud, ms);
    scene.show({ level: Math.min(100, Math.round(loud * BAR)) });
  });
  scene.show({ step: 'listen', hint: NOW, tone: 'good', trouble: null });
  let ended = false;
  const end = () => {
    ended = true;
  };
  scene.pressed().then(end, end);
  for (let past = 0; past < RECORD_MAX_MS && !ended; past += TICK_MS) {
    await wait(TICK_MS);
    ended = ended || (heard.speech_ms >= SPEECH_MIN_MS && heard.silence_ms >= SILENCE_MS);
  }
  const taken = await recording.stop();
  scene.check();
  return taken;
}

/** By the length of what was heard, not by the number of calls: phones cut sound into frames of their own length. */
function weigh(heard, loud, ms) {
  heard.loudest = Math.max(heard.loudest, loud);
  if (loud >= Math.max(HEARD, heard.loudest * SPEECH_SHARE)) {
    heard.speech_ms += ms;
    heard.silence_ms = 0;
  } else {
    heard.silence_ms += ms;
  }
}

module.exports = { read };

// The digits: large, read aloud one by one, then spoken by the person.

import { record } from './recorder.js';
import { digits, hush, say, speaking } from './speak.js';
import { TROUBLE } from './words.js';
import { both, button, el, heading, notice, show } from './view.js';

/** A recording ends by itself after this. */
const RECORD_MAX_MS = 15000;
/** After so much speech, so long a silence means that the person is done. */
const SPEECH_MIN_MS = 1800;
const SILENCE_MS = 1800;
const TICK_MS = 60;
/** Level (0 to 1) below which nothing was said at all. */
const HEARD = 0.02;
/** Share of the loudest moment that still counts as speech. */
const SPEECH_SHARE = 0.2;

const TITLE = { zh: '请读这些数字', en: 'Please read these digits' };
const LISTEN = { zh: '请先听一遍，再按按钮自己读。', en: 'Listen first, then press the button and read.' };
const QUIET = { zh: '请按按钮，然后一个一个读出来。', en: 'Press the button, then read them one by one.' };
const START = { zh: '按一下，开始读', en: 'Press, then read' };
const NOW = { zh: '正在听，请读', en: 'Listening: please read' };
const DONE = { zh: '读完了', en: 'I am done' };

/** Shows the digits and answers the recording, once something was heard. */
export async function read(cx, prompt) {
  for (let tries = 1; ; tries += 1) {
    const taken = await once(cx, prompt, tries > 1 ? TROUBLE.silent : null);
    // A microphone that stays silent is for the server to judge, not to be stuck at.
    if (taken.loudest >= HEARD || tries > 1) {
      return taken.bytes;
    }
  }
}

async function once(cx, prompt, trouble) {
  const cells = prompt.split('').map((digit) => el('span', {}, digit));
  const level = el('i', {});
  const hint = el('p', { class: 'hint', 'aria-live': 'polite' }, both(speaking() ? LISTEN : QUIET));
  const press = el('div', {});
  let listening = true;
  const pressed = new Promise((done) => {
    press.append(button('main', START, done, 'read'));
  });
  show('reading', heading(TITLE), trouble ? notice('warn', trouble) : null,
    el('div', { class: 'digits', role: 'img', 'aria-label': prompt.split('').join(' ') }, cells),
    el('div', { class: 'level', 'aria-hidden': 'true' }, level), hint, press);
  say(trouble || LISTEN);
  digits(prompt, (index) => mark(cells, index), () => listening && cx.here());
  await pressed;
  listening = false;
  hush();
  mark(cells, -1);
  return hearOut(cx, { level, hint, press });
}

function mark(cells, index) {
  cells.forEach((cell, at) => {
    cell.className = at === index ? 'now' : '';
  });
}

/** Records until the person is done. */
async function hearOut(cx, seen) {
  const heard = { loudest: 0, speech_ms: 0, silence_ms: 0, at_ms: Date.now() };
  const recording = await record((loud) => {
    weigh(heard, loud);
    seen.level.style.width = `${Math.min(100, Math.round(loud * 350))}%`;
  });
  seen.hint.textContent = '';
  seen.hint.className = 'hint good';
  seen.hint.append(...both(NOW));
  seen.press.textContent = '';
  let ended = false;
  seen.press.append(button('main', DONE, () => {
    ended = true;
  }, 'done'));
  const over_ms = Date.now() + RECORD_MAX_MS;
  while (Date.now() < over_ms && !ended && cx.here()) {
    await new Promise((done) => setTimeout(done, TICK_MS));
    ended = ended || (heard.speech_ms >= SPEECH_MIN_MS && heard.silence_ms >= SILENCE_MS);
  }
  seen.press.firstChild.disabled = true;
  return { bytes: await recording.stop(), loudest: heard.loudest };
}

/** By the clock, not by the number of calls: on a busy phone they come late. */
function weigh(heard, loud) {
  const past_ms = Date.now() - heard.at_ms;
  heard.at_ms += past_ms;
  heard.loudest = Math.max(heard.loudest, loud);
  if (loud >= Math.max(HEARD, heard.loudest * SPEECH_SHARE)) {
    heard.speech_ms += past_ms;
    heard.silence_ms = 0;
  } else {
    heard.silence_ms += past_ms;
  }
}

// Spoken guidance, where the phone has a voice for it. What is said also stands on the screen.

import { get, put } from './keep.js';

const LANGUAGE = 'zh-CN';
/** A digit that takes longer than this is passed over: some phones never say that they are done. */
const DIGIT_LIMIT_MS = 1500;
/** A phone says 一 as yāo in numbers; the person is asked to read it as usual. */
const DIGITS = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

const engine = typeof speechSynthesis === 'object' && typeof SpeechSynthesisUtterance === 'function' ? speechSynthesis : null;
let on = true;

export const able = () => engine !== null;
export const speaking = () => on && engine !== null;

export async function restore() {
  on = (await get('voice')) !== false;
}

export async function toggle() {
  on = !on;
  hush();
  await put('voice', on);
}

/** Says a sentence, in place of what was being said. */
export function say(words) {
  if (speaking()) {
    hush();
    engine.speak(utterance(words.zh, 0.95));
  }
}

/** Ends what is being said: nothing may speak while the person does. */
export function hush() {
  if (engine) {
    engine.cancel();
  }
}

/** Says digits one by one; `at(index)` before each. `alive()` ends it. */
export async function digits(text, at, alive) {
  for (let index = 0; index < text.length && alive() && speaking(); index += 1) {
    at(index);
    await spoken(DIGITS[Number(text[index])]);
  }
}

function spoken(text) {
  return new Promise((done) => {
    const said = utterance(text, 0.85);
    said.onend = done;
    said.onerror = done;
    setTimeout(done, DIGIT_LIMIT_MS);
    engine.speak(said);
  });
}

function utterance(text, rate) {
  const said = new SpeechSynthesisUtterance(text);
  said.lang = LANGUAGE;
  said.rate = rate;
  const voice = engine.getVoices().find((one) => one.lang && one.lang.replace('_', '-').indexOf('zh') === 0);
  if (voice) {
    said.voice = voice;
  }
  return said;
}

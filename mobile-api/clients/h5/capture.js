// One capture, step by step: pictures, a turn of the head, colours, digits. Each part is kept as soon as it is taken, and goes up while
// the next one is taken.

import { keepPart, newCapture } from '../protocol/delivery.js';
import { newAction, open as openSession } from '../protocol/phone.js';
import { close, frame, jpeg, newLook, open as openCamera } from './camera.js';
import * as courier from './courier.js';
import { shelf } from './keep.js';
import { hear } from './outcome.js';
import { locate } from './place.js';
import { flash, turn } from './presence.js';
import { read } from './reading.js';
import { say } from './speak.js';
import { line } from './trouble.js';
import { AGAIN, HOME } from './words.js';
import { both, button, el, heading, notice, show } from './view.js';

const STILLS = 3;
const STILL_EVERY_MS = 450;
const FRESH_TRIES_MAX = 8;
const LOOK_EVERY_MS = 200;
/** Good looks in a row before pictures are taken by themselves. */
const GOOD_LOOKS = 6;
/** Looks in good light, moved or not, after which they are taken all the same: some hands are never still. */
const LIT_LOOKS = 30;
const PLATFORM_LEN_MAX = 300;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const FACE = { zh: '把脸放进圈里', en: 'Put your face into the oval' };
const HINTS = {
  good: { zh: '很好，不要动', en: 'Good: keep still' },
  dark: { zh: '太暗了，请面向窗户或灯', en: 'Too dark: turn to a window or a lamp' },
  bright: { zh: '太亮了，请避开强光', en: 'Too bright: turn away from the light' },
  moved: { zh: '请拿稳手机', en: 'Please hold the phone still' },
};
const SHOOT = { zh: '拍照', en: 'Take the picture' };

/** Takes a capture for a duty and hands it over to the courier. */
export async function begin(cx, duty, returnsFrom) {
  const face = duty.factors !== 'voice';
  const voice = duty.factors !== 'face';
  const place = locate();
  let stream = null;
  try {
    const scene = newScene();
    if (face) {
      show('capture', scene.all);
      stream = await openCamera(scene.video);
    }
    const record = await session(cx, duty, face, returnsFrom);
    if (face) {
      await pictures(cx, scene, record);
    }
    close(stream);
    if (voice) {
      await keep(cx, record, 'voice', await read(cx, record.session.prompt));
    }
    await finish(cx, record, await place);
  } catch (error) {
    close(stream);
    if (error.left) {
      return;
    }
    const again = button('main', AGAIN, () => begin(cx, duty, returnsFrom));
    show('trouble', heading({ zh: '没有成功', en: 'That did not work' }), notice('bad', error.words || line(error)), again,
      button('plain', HOME, cx.home));
    say(error.words || line(error));
  }
}

function newScene() {
  const video = el('video', { playsinline: true, muted: true, 'aria-label': '镜头 camera' });
  const hint = el('p', { class: 'hint', 'aria-live': 'polite' }, both(FACE));
  const shoot = button('main', SHOOT, () => {}, 'shoot');
  shoot.disabled = true;
  const all = [heading(FACE), el('div', { class: 'oval' }, video), hint, shoot];
  return { video, hint, shoot, all };
}

async function session(cx, duty, face, returnsFrom) {
  const can = face ? ['turn', 'flash'] : [];
  const opened = await openSession(cx.phone, newAction(cx.phone), duty.id, can);
  const record = newCapture(cx.phone, opened, duty.id);
  record.returns_from = returnsFrom || null;
  record.task = duty;
  record.begun_ms = Date.now();
  await shelf.keepCapture(record);
  return record;
}

/** Frontal stills, then what the session asks for to show presence. */
async function pictures(cx, scene, record) {
  say(FACE);
  await goodMoment(cx, scene);
  for (let index = 0; index < STILLS; index += 1) {
    await keep(cx, record, `selfie-${index}`, await fresh(scene.video, record));
    await pause(STILL_EVERY_MS);
  }
  const presence = record.session.presence || {};
  if (presence.turn) {
    await turn(presence.turn, scene.hint);
    await keep(cx, record, 'turn', await fresh(scene.video, record));
  }
  if (presence.flash) {
    const taken = await flash(scene.video, presence.flash, scene.hint);
    for (let index = 0; index < taken.length; index += 1) {
      await keep(cx, record, `flash-${index}`, taken[index]);
    }
  }
}

/** A still that is none of those before: a slow camera hands the same frame out twice, and the server takes no picture twice. */
async function fresh(video, record) {
  for (let tries = 1; ; tries += 1) {
    const still = await jpeg(frame(video));
    // No two stills of a living picture have the same length to the byte.
    const same = Object.keys(record.parts).some((name) => record.parts[name].len === still.length);
    if (!same || tries >= FRESH_TRIES_MAX) {
      return still;
    }
    await pause(STILL_EVERY_MS / 3);
  }
}

/** Waits until the light is good for a while, or the person presses. */
function goodMoment(cx, scene) {
  const look = newLook(scene.video);
  let good = 0;
  let lit = 0;
  let shown = null;
  scene.shoot.disabled = false;
  return new Promise((done, failed) => {
    const end = (finish, value) => {
      clearInterval(timer);
      scene.shoot.disabled = true;
      finish(value);
    };
    const timer = setInterval(() => {
      if (!cx.here()) {
        end(failed, { left: true });
        return;
      }
      const seen = look();
      good = seen === 'good' ? good + 1 : 0;
      lit = seen === 'good' || seen === 'moved' ? lit + 1 : 0;
      if (seen !== shown) {
        shown = seen;
        scene.hint.textContent = '';
        scene.hint.className = `hint ${seen}`;
        scene.hint.append(...both(HINTS[seen]));
        if (seen !== 'good') {
          say(HINTS[seen]);
        }
      }
      if (good >= GOOD_LOOKS || lit >= LIT_LOOKS) {
        end(done);
      }
    }, LOOK_EVERY_MS);
    scene.shoot.addEventListener('click', () => end(done));
  });
}

async function keep(cx, record, name, bytes) {
  if (!cx.here()) {
    throw { left: true };
  }
  await keepPart(cx.phone, shelf, record, name, bytes);
  courier.ahead(record);
}

async function finish(cx, record, location) {
  record.facts = { captured_at: new Date().toISOString(), platform: navigator.userAgent.slice(0, PLATFORM_LEN_MAX) };
  if (location) {
    record.facts.location = location;
  }
  record.stage = 'ready';
  await shelf.keepCapture(record);
  courier.now();
  hear(record, cx);
}

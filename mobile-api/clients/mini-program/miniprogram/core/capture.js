// One capture, step by step: permissions, pictures, a turn of the head, colours, digits. Each part is kept as soon as it is taken, and goes
// up while the next one is taken.

const { keepPart, newAction, newCapture, open: openSession } = require('../lib/protocol.js');
const { TROUBLE } = require('../lib/words.js');
const camera = require('./camera.js');
const { wait } = require('./call.js');
const courier = require('./courier.js');
const { shelf } = require('./keep.js');
const { connect } = require('./link.js');
const { permit } = require('./permission.js');
const { locate } = require('./place.js');
const { platform } = require('./platform.js');
const { flash, turn } = require('./presence.js');
const { read } = require('./reading.js');

const STILLS = 3;
const STILL_EVERY_MS = 450;

const FACE = { zh: '把脸放进圈里', en: 'Put your face into the oval' };
const HINTS = {
  good: { zh: '很好，不要动', en: 'Good: keep still' },
  dark: { zh: '太暗了，请面向窗户或灯', en: 'Too dark: turn to a window or a lamp' },
  bright: { zh: '太亮了，请避开强光', en: 'Too bright: turn away from the light' },
  moved: { zh: '请拿稳手机', en: 'Please hold the phone still' },
};

/** Takes a capture for a duty and hands it over to the courier; answers its record. Throws `{left}`, or what stopped it. */
async function take(scene, duty, returnsFrom) {
  const face = duty.factors !== 'voice';
  const voice = duty.factors !== 'face';
  // Before the session is opened: its time should not run while somebody looks for a switch.
  await permits(face, voice);
  const place = await placeFor(scene, duty);
  scene.check();
  const context = face ? await shown(scene) : null;
  const phone = await connect();
  const record = await session(phone, duty, face, returnsFrom);
  if (face) {
    await pictures(scene, phone, record, context);
    scene.show({ camera: false });
  }
  if (voice) {
    await keep(scene, phone, record, 'voice', await read(scene, record.session.prompt));
  }
  scene.show({ step: 'wait' });
  return finish(record, await settledPlace(scene, duty, place));
}

async function permits(face, voice) {
  if (face) {
    await permit('camera');
  }
  if (voice) {
    await permit('microphone');
  }
}

/** `{fix}`, a promise of where the phone is, or null where it may not be asked. Told only where the duty asks for a place. */
async function placeFor(scene, duty) {
  for (;;) {
    try {
      await permit('place');
      return { fix: locate() };
    } catch (error) {
      if (!duty.location_required || !(await again(scene, error.words, true))) {
        return null;
      }
    }
  }
}

/** The place once it is needed; where there is none and the duty asks for one, the person may try again or go on without. */
async function settledPlace(scene, duty, place) {
  let found = place ? await place.fix : null;
  while (place && !found && duty.location_required && (await again(scene, TROUBLE.placeMissing, false))) {
    found = await locate();
  }
  return found;
}

async function again(scene, words, settings) {
  scene.show({ step: 'place', trouble: words, settings });
  const pressed = await scene.pressed();
  scene.show({ step: 'wait', trouble: null });
  return pressed === 'again';
}

function shown(scene) {
  scene.show({ step: 'look', hint: FACE, tone: '', ready: false });
  return camera.open(scene);
}

async function session(phone, duty, face, returnsFrom) {
  const can = face ? ['turn', 'flash'] : [];
  const opened = await openSession(phone, newAction(phone), duty.id, can);
  const record = newCapture(phone, opened, duty.id);
  record.returns_from = returnsFrom || null;
  record.task = duty;
  record.begun_ms = Date.now();
  await shelf.keepCapture(record);
  return record;
}

/** Frontal stills, then what the session asks for to show presence. */
async function pictures(scene, phone, record, context) {
  scene.show({ ready: true });
  await camera.goodMoment(scene, context, (look) => scene.show({ hint: HINTS[look], tone: look }));
  scene.show({ ready: false });
  for (let index = 0; index < STILLS; index += 1) {
    await keep(scene, phone, record, `selfie-${index}`, await camera.take(context, camera.STILL));
    await wait(STILL_EVERY_MS);
  }
  const presence = record.session.presence || {};
  if (presence.turn) {
    await keep(scene, phone, record, 'turn', await turn(scene, context, presence.turn));
  }
  if (presence.flash) {
    const taken = await flash(scene, context, presence.flash);
    for (let index = 0; index < taken.length; index += 1) {
      await keep(scene, phone, record, `flash-${index}`, taken[index]);
    }
  }
}

async function keep(scene, phone, record, name, bytes) {
  scene.check();
  await keepPart(phone, shelf, record, name, bytes);
  courier.ahead(phone, record);
}

async function finish(record, location) {
  record.facts = { captured_at: new Date().toISOString(), platform: platform() };
  if (location) {
    record.facts.location = location;
  }
  record.stage = 'ready';
  await shelf.keepCapture(record);
  courier.now();
  return record;
}

module.exports = { take };

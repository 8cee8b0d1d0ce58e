// What shows that a person is there and not a picture: a turn of the head, and colours that light the face.

const { call, wait } = require('./call.js');
const { FLASH, STILL, take } = require('./camera.js');
const { shining } = require('./screen.js');

/** From the request to the picture: enough to read it, understand it and turn. */
const TURN_MS = 4000;
/** The picture is begun when this share of a colour's time is over: screen and camera need as long to follow. */
const FLASH_SHARE = 0.6;
/** Time to bring the phone near. */
const NEAR_MS = 3000;
const COLOURS = { red: '#ff0000', green: '#00ff00', blue: '#0000ff', cyan: '#00ffff', magenta: '#ff00ff', yellow: '#ffff00' };

const WORDS = {
  left: { zh: '把头慢慢转向您的左边', en: 'Turn your head to your left' },
  right: { zh: '把头慢慢转向您的右边', en: 'Turn your head to your right' },
  near: { zh: '把手机拿近一些，看着屏幕，不要动', en: 'Bring the phone near, look at the screen and keep still' },
};

/** One picture with the head turned. */
async function turn(scene, context, side) {
  // The preview is a mirror: the person's left is on the left of the screen.
  scene.show({ step: 'turn', hint: WORDS[side] || WORDS.left, tone: '', arrow: side === 'right' ? '→' : '←' });
  call('vibrateShort', { type: 'medium' }).catch(() => {});
  await wait(TURN_MS);
  scene.check();
  return take(context, STILL);
}

/** A picture under each colour, in order. A colour stays until its picture is taken, however slow the camera is. */
async function flash(scene, context, asked) {
  scene.show({ step: 'near', hint: WORDS.near, arrow: '' });
  await wait(NEAR_MS);
  return shining(async () => {
    const taken = [];
    for (const colour of asked.colours) {
      scene.check();
      scene.show({ step: 'flash', colour: COLOURS[colour] || '#ffffff' });
      await wait(asked.each_ms * FLASH_SHARE);
      const rest = wait(asked.each_ms * (1 - FLASH_SHARE));
      taken.push(await take(context, FLASH));
      await rest;
    }
    scene.show({ colour: '' });
    return taken;
  });
}

module.exports = { flash, turn };

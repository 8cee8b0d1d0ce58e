// The camera: stills as JPEG, not mirrored, and a simple look at the light.

const { TROUBLE } = require('../lib/words.js');
const { wait } = require('./call.js');
const { bytesOf } = require('./keep.js');
const { asJpeg } = require('./jpeg.js');
const { denied } = require('./trouble.js');

const READY_LIMIT_MS = 6000;
/** What a still may weigh, bytes, and its longer side, pixels, once it is made lighter. Colours need less detail. */
const STILL = { len_max: 900 * 1024, side: 1280 };
const FLASH = { len_max: 250 * 1024, side: 640 };
const LOOK_EVERY_MS = 200;
/** Good looks in a row before pictures are taken by themselves. */
const GOOD_LOOKS = 6;
/** The look at the light is taken on this raster. */
const RASTER = { width: 36, height: 48 };
/** Mean luma (0 to 255) below and above which the server would ask again anyway. */
const DARK = 55;
const BRIGHT = 215;
/** Mean difference of luma between two looks, above which the phone moves. */
const MOVED = 14;

/** Shows the front camera; throws `{words}`. */
async function open(scene) {
  const ready = scene.cameraReady();
  scene.show({ camera: true });
  const late = wait(READY_LIMIT_MS).then(() => {
    throw { words: TROUBLE.cameraBusy };
  });
  try {
    await Promise.race([ready, late]);
  } catch (error) {
    if (error.left || error.words) {
      throw error;
    }
    throw { words: denied(error, 'camera'), settings: true };
  }
  return wx.createCameraContext();
}

/** One JPEG. `kind`: `STILL` or `FLASH`. */
async function take(context, kind) {
  try {
    // Mirrored, left would be right, and a face would be another one.
    const options = { quality: 'high', selfieMirror: false };
    const { tempImagePath } = await new Promise((success, fail) => context.takePhoto(Object.assign({ success, fail }, options)));
    const bytes = await bytesOf(tempImagePath);
    // An iPhone's camera leaves PNG, many times as heavy.
    const fits = bytes[0] === 0xff && bytes[1] === 0xd8 && bytes.length <= kind.len_max;
    return fits ? bytes : await asJpeg(tempImagePath, bytes, kind.side);
  } catch (_) {
    throw { words: TROUBLE.cameraBusy };
  }
}

/** Waits until the light is good for a while, or the person presses; `seen(look)` hears `dark`, `bright`, `moved` or `good`. */
async function goodMoment(scene, context, seen) {
  let over = false;
  const pressed = scene.pressed();
  // Phones that give no frames have the button.
  const watched = typeof context.onCameraFrame === 'function' ? watch(context, seen, () => over || scene.left) : new Promise(() => {});
  try {
    await Promise.race([pressed, watched]);
  } finally {
    over = true;
  }
}

async function watch(context, seen, over) {
  let newest = null;
  const listener = context.onCameraFrame((frame) => {
    newest = frame;
  });
  listener.start();
  const look = newLook();
  let shown = null;
  try {
    for (let good = 0; good < GOOD_LOOKS && !over(); ) {
      await wait(LOOK_EVERY_MS);
      if (newest) {
        const now = look(newest);
        newest = null;
        good = now === 'good' ? good + 1 : 0;
        if (now !== shown) {
          shown = now;
          seen(now);
        }
      }
    }
  } finally {
    listener.stop();
  }
}

/** Looks at the middle of a frame (RGBA), where the face is. */
function newLook() {
  let before = null;
  return (frame) => {
    const luma = lumaOf(new Uint8Array(frame.data), frame.width, frame.height);
    const mean = luma.reduce((sum, value) => sum + value, 0) / luma.length;
    const change = before ? luma.reduce((sum, value, at) => sum + Math.abs(value - before[at]), 0) / luma.length : 0;
    before = luma;
    if (mean < DARK) {
      return 'dark';
    }
    if (mean > BRIGHT) {
      return 'bright';
    }
    return change > MOVED ? 'moved' : 'good';
  };
}

function lumaOf(pixels, frameWidth, frameHeight) {
  const height = frameHeight * 0.7;
  const width = Math.min(frameWidth, height * 0.75);
  const [left, top] = [(frameWidth - width) / 2, (frameHeight - height) / 2];
  const luma = [];
  for (let row = 0; row < RASTER.height; row += 1) {
    for (let column = 0; column < RASTER.width; column += 1) {
      const x = Math.floor(left + ((column + 0.5) * width) / RASTER.width);
      const y = Math.floor(top + ((row + 0.5) * height) / RASTER.height);
      const at = (y * frameWidth + x) * 4;
      luma.push(0.299 * pixels[at] + 0.587 * pixels[at + 1] + 0.114 * pixels[at + 2]);
    }
  }
  return luma;
}

module.exports = { FLASH, STILL, goodMoment, newLook, open, take };

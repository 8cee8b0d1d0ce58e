// What shows that a person is there and not a picture: a turn of the head, and colours that light the face.

import { frame, jpeg } from './camera.js';
import { say } from './speak.js';
import { both, el, heading } from './view.js';

/** From the request to the picture: enough to hear it, understand it and turn. */
const TURN_MS = 4000;
/** The picture is taken when this share of a colour's time is over: the screen and the camera need the rest to follow. */
const FLASH_SHARE = 0.8;
/** Time to bring the phone near. */
const NEAR_MS = 3000;
/** Longer side of a picture under a colour, pixels: colours need no detail. */
const FLASH_SIDE = 640;
const COLOURS = { red: '#ff0000', green: '#00ff00', blue: '#0000ff', cyan: '#00ffff', magenta: '#ff00ff', yellow: '#ffff00' };

const WORDS = {
  left: { zh: '把头慢慢转向您的左边', en: 'Turn your head to your left' },
  right: { zh: '把头慢慢转向您的右边', en: 'Turn your head to your right' },
  near: { zh: '把手机拿近一些，看着屏幕', en: 'Bring the phone near and look at the screen' },
  flash: { zh: '屏幕会闪几种颜色，请不要动', en: 'The screen shows colours: keep still' },
};

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/** Asks for the head to be turned, and waits until it should be. */
export async function turn(side, hint) {
  const words = WORDS[side] || WORDS.left;
  hint.textContent = '';
  // The preview is a mirror: the person's left is on the left of the screen.
  hint.append(el('span', { class: `arrow ${side}`, 'aria-hidden': 'true' }, side === 'right' ? '→' : '←'), ...both(words).filter(Boolean));
  say(words);
  await wait(TURN_MS);
}

/** A picture under each colour, in order. */
export async function flash(video, asked, hint) {
  hint.textContent = '';
  hint.append(...both(WORDS.near).filter(Boolean));
  say({ zh: `${WORDS.near.zh}。${WORDS.flash.zh}` });
  await wait(NEAR_MS);
  const cover = el('div', { class: 'flash', role: 'img', 'aria-label': WORDS.flash.zh }, heading(WORDS.flash));
  document.body.append(cover);
  const frames = [];
  try {
    for (const colour of asked.colours) {
      cover.style.backgroundColor = COLOURS[colour] || '#ffffff';
      await wait(asked.each_ms * FLASH_SHARE);
      frames.push(frame(video, FLASH_SIDE));
      await wait(asked.each_ms * (1 - FLASH_SHARE));
    }
  } finally {
    cover.remove();
  }
  return Promise.all(frames.map(jpeg));
}

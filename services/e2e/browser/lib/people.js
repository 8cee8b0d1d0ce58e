// Two people to test with: faces of the folder beside the checkout where there is one, of the demonstration's samples otherwise; voices of
// the samples. Nothing of them is kept.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SHELF } from './house.js';
import { say } from './speech.js';
import { views } from './views.js';

const ENROLMENT_TAKES = 3;
const CHECKIN_TAKE = 4;
const VOICES = ['a', 'b'];
/** Of the first silent moment and the last, what lets a recording begin late and end by itself. */
const LEAD_MS = 700;
const TAIL_MS = 4_000;

/**
 * Each: `enrolment` (pictures), `portrait` (another picture, for check-ins), `phrase(index, digits)` and `speech(digits)` (WAV).
 */
export async function people(browser) {
  const faces = process.env.MUSTER_SHARED ? join(process.env.MUSTER_SHARED, 'data/face/london') : null;
  const found = faces && existsSync(faces) ? await given(browser, faces) : await samples(browser);
  return found.map((face, index) => person(face, VOICES[index]));
}

function person(face, voice) {
  return {
    ...face,
    phrase: (index, digits) => say(voice, (index % ENROLMENT_TAKES) + 1, digits),
    speech: (digits) => say(voice, CHECKIN_TAKE, digits, { lead_ms: LEAD_MS, tail_ms: TAIL_MS }),
  };
}

/** Enrolled with one expression, checking in with another. */
async function given(browser, folder) {
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'smiling.jpg'))).slice(0, VOICES.length);
  return Promise.all(names.map(async (name, index) => {
    const neutral = readFileSync(join(folder, name, 'neutral.jpg'));
    const others = await views(browser, neutral, { count: 2, seed: 90 + index });
    return { enrolment: [neutral, ...others], portrait: readFileSync(join(folder, name, 'smiling.jpg')) };
  }));
}

/** The portraits of the demonstration: several of one man, one of the other. */
async function samples(browser) {
  const read = (name) => readFileSync(join(SHELF, 'samples/faces', name));
  const other = read('biden.jpg');
  return [
    { enrolment: ['obama.jpg', 'obama2.jpg', 'obama3.jpg'].map(read), portrait: read('obama2.jpg') },
    { enrolment: [other, ...(await views(browser, other, { count: 2, seed: 91 }))], portrait: other },
  ];
}

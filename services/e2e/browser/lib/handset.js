// A phone without a page: `muster phone`, which does what any phone does.

import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BINARY } from './house.js';
import { codeFor } from './office.js';

const VOICES = join(import.meta.dirname, '../../../xtask/samples/voices');
/** Verified, retry, review: a check-in that was judged. */
const JUDGED = [0, 3, 4];
const run = promisify(execFile);

/** A phone that is activated for the person. */
export async function handset(office, person) {
  const state = join(office.house.home, `phone-${randomUUID()}`);
  const phone = { house: office.house, state };
  await muster(phone, ['activate', '--server', office.house.url, '--code', await codeFor(office, person)]);
  return phone;
}

/** One check-in with these pictures and a sample voice, up to its verdict; `--no-wait` up to the acknowledgement. */
export async function checkInBy(phone, pictures, voice, flags = []) {
  const files = pictures.map((bytes) => {
    const file = join(phone.house.home, `selfie-${randomUUID()}.jpg`);
    writeFileSync(file, bytes);
    return file;
  });
  return muster(phone, ['check-in', '--selfie', ...files, '--speak', join(VOICES, voice, 'take4'), ...flags]);
}

async function muster(phone, what) {
  const done = await run(BINARY, ['phone', '--json', '--state', phone.state, ...what]).catch((failed) => failed);
  if (done.code !== undefined && !JUDGED.includes(done.code)) {
    throw new Error(`muster phone ${what[0]} failed (${done.code}): ${done.stdout}${done.stderr}`);
  }
  return JSON.parse(done.stdout.trim().split('\n').pop() || 'null');
}

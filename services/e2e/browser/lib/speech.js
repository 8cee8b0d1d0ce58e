// Digits that a sample voice says, as WAV.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const VOICES = join(import.meta.dirname, '../../../xtask/samples/voices');
const PAUSE_MS = 200;
const HEADER_LEN = 44;

/** `0.wav` to `9.wav` of a voice's take, joined. `lead_ms` and `tail_ms` of silence go before and after. */
export function say(voice, take, digits, { lead_ms = PAUSE_MS, tail_ms = PAUSE_MS } = {}) {
  const spoken = [...digits].map((digit) => read(join(VOICES, voice, `take${take}`, `${digit}.wav`)));
  const { rate } = spoken[0];
  const silence = (ms) => Buffer.alloc(2 * Math.round((rate * ms) / 1000));
  const pieces = spoken.flatMap(({ samples }, at) => (at === 0 ? [samples] : [silence(PAUSE_MS), samples]));
  return wav(rate, Buffer.concat([silence(lead_ms), ...pieces, silence(tail_ms)]));
}

/** Nothing but silence. */
export const quiet = (ms) => wav(16_000, Buffer.alloc(2 * 16 * ms));

/** 16-bit mono PCM of a RIFF file. */
function read(path) {
  const bytes = readFileSync(path);
  let rate = 0;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const [id, len] = [bytes.toString('latin1', at, at + 4), bytes.readUInt32LE(at + 4)];
    if (id === 'fmt ') {
      rate = bytes.readUInt32LE(at + 12);
    } else if (id === 'data') {
      return { rate, samples: bytes.subarray(at + 8, at + 8 + len) };
    }
    at += 8 + len + (len % 2);
  }
  throw new Error(`${path} holds no samples`);
}

function wav(rate, samples) {
  const header = Buffer.alloc(HEADER_LEN);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(HEADER_LEN - 8 + samples.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

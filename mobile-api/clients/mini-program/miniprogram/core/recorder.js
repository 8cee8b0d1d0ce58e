// The microphone: untouched 16 kHz mono samples as WAV, with their level; MP3 where a phone gives no samples.

const { TROUBLE } = require('../lib/words.js');
const { bytesOf } = require('./keep.js');
const { denied } = require('./trouble.js');

const RATE_HZ = 16000;
const DURATION_MS_MAX = 20000;
const FORMATS = ['PCM', 'mp3'];
const BITS_PER_SECOND = 48000;
/** Kibibytes of samples between two levels: 64 ms. */
const FRAME_KIB = 2;
/** Samples over which loudness is told. */
const WINDOW = 1024;
const HEAD_LEN = 44;

let manager = null;
/** The recording that runs. WeChat has one recorder for all, and no way to stop listening to it. */
let current = null;

/**
 * Begins to record; throws `{words}`. `level(0 … 1, ms)` hears how loud so many milliseconds were, on phones that tell. `stop()` answers `{bytes, loudest}`,
 * `loudest` null where it is not known.
 */
async function record(level) {
  listen();
  let failure = null;
  for (const format of FORMATS) {
    try {
      await start(format, level);
      return { stop };
    } catch (error) {
      failure = error;
      if (/auth|privacy|permission|denied/i.test(String(error.errMsg))) {
        throw { words: denied(error, 'microphone'), settings: true };
      }
    }
  }
  throw { words: TROUBLE.microphoneBusy, cause: failure };
}

function listen() {
  if (manager) {
    return;
  }
  manager = wx.getRecorderManager();
  manager.onStart(() => current && current.began());
  manager.onStop((taken) => current && current.ended(taken));
  manager.onError((error) => current && current.failed(error));
  manager.onFrameRecorded((frame) => current && current.frame(frame));
  manager.onInterruptionBegin(() => {
    if (current) {
      current.failed({ errMsg: 'interrupted' });
      manager.stop();
    }
  });
}

function start(format, level) {
  return new Promise((began, notBegun) => {
    const run = { format, began };
    run.over = new Promise((ended, failed) => {
      run.ended = ended;
      run.failed = (error) => {
        notBegun(error);
        failed(error);
      };
    });
    // Told when it is stopped; until then nobody listens.
    run.over.catch(() => {});
    run.frame = ({ frameBuffer }) => {
      if (format === 'PCM') {
        const samples = samplesOf(new Uint8Array(frameBuffer));
        level(loudness(samples), (1000 * samples.length) / RATE_HZ);
      }
    };
    current = run;
    const options = { duration: DURATION_MS_MAX, sampleRate: RATE_HZ, numberOfChannels: 1, encodeBitRate: BITS_PER_SECOND, format };
    manager.start(format === 'PCM' ? Object.assign({ frameSize: FRAME_KIB }, options) : options);
  });
}

async function stop() {
  const run = current;
  try {
    manager.stop();
    const { tempFilePath } = await run.over;
    const bytes = await bytesOf(tempFilePath);
    return run.format === 'PCM' ? { bytes: wav(bytes), loudest: loudest(bytes) } : { bytes, loudest: null };
  } catch (_) {
    throw { words: TROUBLE.microphoneBusy };
  } finally {
    current = null;
  }
}

function samplesOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const samples = [];
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    samples.push(view.getInt16(at, true) / 32768);
  }
  return samples;
}

function loudness(samples) {
  const power = samples.reduce((sum, value) => sum + value * value, 0) / Math.max(1, samples.length);
  return Math.sqrt(power);
}

function loudest(bytes) {
  const samples = samplesOf(bytes);
  let most = 0;
  for (let at = 0; at < samples.length; at += WINDOW) {
    most = Math.max(most, loudness(samples.slice(at, at + WINDOW)));
  }
  return most;
}

/** Samples with the head of a WAV file; a file that has one stays as it is. */
function wav(samples) {
  if (String.fromCharCode(...samples.slice(0, 4)) === 'RIFF') {
    return samples;
  }
  const whole = new Uint8Array(HEAD_LEN + samples.length);
  const view = new DataView(whole.buffer);
  const text = (at, letters) => letters.split('').forEach((letter, index) => view.setUint8(at + index, letter.charCodeAt(0)));
  text(0, 'RIFF');
  view.setUint32(4, HEAD_LEN - 8 + samples.length, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE_HZ, true);
  view.setUint32(28, RATE_HZ * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, samples.length, true);
  whole.set(samples, HEAD_LEN);
  return whole;
}

module.exports = { record, wav };

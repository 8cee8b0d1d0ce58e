// The microphone: its level, and what was said as webm/opus, mp4/aac or, where the browser records nothing itself, WAV.

import { TROUBLE } from './words.js';
import { cannotCapture, device } from './trouble.js';

const TYPES = ['audio/webm;codecs=opus', 'audio/webm', 'audio/mp4', 'audio/ogg;codecs=opus'];
const BITS_PER_SECOND = 48000;
const LEVEL_EVERY_MS = 60;
/** A WAV is brought down towards this rate: more is not heard by the server. */
const WAV_RATE = 16000;
const WAV_BUFFER = 4096;

/** Opens the microphone and begins to record at once; throws `{words}`. `level(0 … 1)` hears how loud it is. */
export async function record(level) {
  if (cannotCapture()) {
    throw { words: TROUBLE.browser };
  }
  // Made before anything is awaited: Safari lets sound begin only within the press of a button.
  const Context = self.AudioContext || self.webkitAudioContext;
  const context = new Context();
  let stream = null;
  try {
    // Untouched sound: what cleans it up for calls takes away what tells voices apart.
    stream = await navigator.mediaDevices.getUserMedia({
      video: false,
      audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 },
    });
  } catch (error) {
    context.close();
    throw { words: device(error, 'microphone') };
  }
  if (context.state === 'suspended') {
    await context.resume();
  }
  const source = context.createMediaStreamSource(stream);
  const meter = measure(context, source, level);
  const taken = typeof MediaRecorder === 'function' ? compressed(stream) : plain(context, source);
  return {
    stop: async () => {
      clearInterval(meter);
      const bytes = await taken();
      stream.getTracks().forEach((track) => track.stop());
      context.close();
      return bytes;
    },
  };
}

function measure(context, source, level) {
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  source.connect(analyser);
  const samples = new Uint8Array(analyser.fftSize);
  return setInterval(() => {
    analyser.getByteTimeDomainData(samples);
    const power = samples.reduce((sum, value) => sum + (value - 128) * (value - 128), 0) / samples.length;
    level(Math.sqrt(power) / 128);
  }, LEVEL_EVERY_MS);
}

/** Recorded by the browser; the returned function ends it. */
function compressed(stream) {
  const type = TYPES.find((one) => MediaRecorder.isTypeSupported(one));
  const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: BITS_PER_SECOND });
  const pieces = [];
  recorder.ondataavailable = (event) => pieces.push(event.data);
  recorder.start();
  return () => new Promise((done, failed) => {
    recorder.onstop = () => new Response(new Blob(pieces)).arrayBuffer().then((all) => done(new Uint8Array(all)), failed);
    recorder.stop();
  });
}

/** Recorded sample by sample, as 16-bit WAV. */
function plain(context, source) {
  const step = Math.max(1, Math.floor(context.sampleRate / WAV_RATE));
  const tap = context.createScriptProcessor(WAV_BUFFER, 1, 1);
  const samples = [];
  tap.onaudioprocess = (event) => {
    const heard = event.inputBuffer.getChannelData(0);
    for (let at = 0; at + step <= heard.length; at += step) {
      let sum = 0;
      for (let near = 0; near < step; near += 1) {
        sum += heard[at + near];
      }
      samples.push(sum / step);
    }
  };
  source.connect(tap);
  tap.connect(context.destination);
  return async () => {
    tap.disconnect();
    return wav(samples, Math.round(context.sampleRate / step));
  };
}

function wav(samples, rate) {
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const text = (at, letters) => letters.split('').forEach((letter, index) => view.setUint8(at + index, letter.charCodeAt(0)));
  text(0, 'RIFF');
  view.setUint32(4, 36 + samples.length * 2, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, at) => view.setInt16(44 + at * 2, Math.max(-1, Math.min(1, sample)) * 32767, true));
  return new Uint8Array(view.buffer);
}

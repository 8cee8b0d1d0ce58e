// The camera: frames as they are, stills as JPEG, and a simple look at the light.

import { TROUBLE } from './words.js';
import { cannotCapture, device } from './trouble.js';

/** Longer side of a still, pixels. */
const SIDE_MAX = 1280;
const JPEG_QUALITY = 0.9;
/** The look at the light is taken on this raster. */
const RASTER = { width: 36, height: 48 };
/** Mean luma (0 to 255) below and above which the server would ask again anyway. */
const DARK = 55;
const BRIGHT = 215;
/** Mean difference of luma between two looks, above which the phone moves. */
const MOVED = 14;
const FRAME_LIMIT_MS = 6000;

/** Opens the front camera and shows it; throws `{words}`. */
export async function open(video) {
  if (cannotCapture()) {
    throw { words: TROUBLE.browser };
  }
  let stream = null;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: 'user', width: { ideal: 1280 }, height: { ideal: 960 } },
    });
  } catch (error) {
    throw { words: device(error, 'camera') };
  }
  video.srcObject = stream;
  video.muted = true;
  video.setAttribute('playsinline', '');
  await video.play().catch(() => {});
  await firstFrame(video, stream);
  return stream;
}

/** A camera that another app holds opens and shows nothing. */
async function firstFrame(video, stream) {
  for (let waited = 0; video.videoWidth === 0 || video.readyState < 2; waited += 100) {
    if (waited >= FRAME_LIMIT_MS) {
      close(stream);
      throw { words: TROUBLE.cameraBusy };
    }
    await new Promise((done) => setTimeout(done, 100));
  }
}

export function close(stream) {
  if (stream) {
    stream.getTracks().forEach((track) => track.stop());
  }
}

/** The frame of this moment on a canvas, its longer side at most `side`. */
export function frame(video, side) {
  const scale = Math.min(1, (side || SIDE_MAX) / Math.max(video.videoWidth, video.videoHeight));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  canvas.getContext('2d').drawImage(video, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** A canvas as JPEG bytes. */
export async function jpeg(canvas) {
  const blob = await new Promise((done) => canvas.toBlob(done, 'image/jpeg', JPEG_QUALITY));
  return new Uint8Array(await new Response(blob).arrayBuffer());
}

/** Looks at the middle of the picture, where the face is: `dark`, `bright`, `moved` or `good`. Call again and again. */
export function newLook(video) {
  const canvas = document.createElement('canvas');
  canvas.width = RASTER.width;
  canvas.height = RASTER.height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  let before = null;
  return () => {
    const height = video.videoHeight * 0.7;
    const width = Math.min(video.videoWidth, height * 0.75);
    const [left, top] = [(video.videoWidth - width) / 2, (video.videoHeight - height) / 2];
    context.drawImage(video, left, top, width, height, 0, 0, RASTER.width, RASTER.height);
    const luma = lumaOf(context.getImageData(0, 0, RASTER.width, RASTER.height).data);
    const change = before ? luma.reduce((sum, value, at) => sum + Math.abs(value - before[at]), 0) / luma.length : 0;
    before = luma;
    return judge(luma.reduce((sum, value) => sum + value, 0) / luma.length, change);
  };
}

function lumaOf(pixels) {
  const luma = [];
  for (let at = 0; at < pixels.length; at += 4) {
    luma.push(0.299 * pixels[at] + 0.587 * pixels[at + 1] + 0.114 * pixels[at + 2]);
  }
  return luma;
}

function judge(mean, change) {
  if (mean < DARK) {
    return 'dark';
  }
  if (mean > BRIGHT) {
    return 'bright';
  }
  return change > MOVED ? 'moved' : 'good';
}

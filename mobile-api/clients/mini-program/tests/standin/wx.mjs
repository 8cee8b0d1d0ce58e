// A phone with WeChat on it, as far as the mini-program asks it: storage and files that outlive a restart, requests over the real network,
// a camera, a recorder, permissions that can be refused. Where the platform has a limit, so has this one.

import { randomBytes, webcrypto } from 'node:crypto';
import http from 'node:http';

const REQUESTS_MAX = 10;
const USER_DATA_PATH = 'wxfile://usr';
const PHOTO_LEN = 90_000;
const FRAME = { width: 96, height: 128 };
/** 64 ms of samples. */
const SAMPLES = 1024;
/** Frames of speech, three seconds, before the silence. */
const SPOKEN = 47;

/** What stays when the process ends, and what a test may turn. */
export function newHandset() {
  return {
    storage: new Map(),
    secrets: new Map(),
    files: new Map(),
    denied: new Set(),
    camera: 'good',
    luma: 128,
    photoLen: PHOTO_LEN,
    photoType: 'jpg',
    drawn: [],
    samples: true,
    loud: 0.3,
    fix: { latitude: 30.25, longitude: 120.17, accuracy: 65, horizontalAccuracy: 30 },
    online: true,
    needsConsent: false,
    subscribed: {},
    authorized: [],
    went: [],
    brightness: 0.4,
    brightnessSet: [],
    photos: [],
    flying: new Set(),
    flyingMost: 0,
    hear: {},
  };
}

/** The line is cut: what flies fails, as WeChat does five seconds after it went to the background. */
export function cut(handset) {
  handset.flying.forEach((flight) => flight.cut());
}

/** The process is killed: what flies ends, and nobody hears of it. */
export function kill(handset) {
  handset.flying.forEach((flight) => flight.drop());
}

/** `wx` on this handset, for one life of the mini-program: once `life.dead`, nothing is done and nothing calls back. */
export function newWx(handset, life) {
  const all = Object.assign({ env: { USER_DATA_PATH } }, storage(handset), files(handset), network(handset), devices(handset), rest(handset));
  return new Proxy(all, { get: (_, name) => (life.dead ? NOTHING : handset.old && name === 'getRandomValues' ? undefined : all[name]) });
}

/** Whatever is asked of it, it says nothing; who awaits it waits for ever. */
const NOTHING = new Proxy(() => {}, { get: () => NOTHING, apply: () => NOTHING });

/** An asynchronous function of WeChat: `work` answers, or throws `errMsg`. */
function later(name, work) {
  return (options = {}) => {
    queueMicrotask(() => {
      let answer = null;
      try {
        answer = work(options);
      } catch (error) {
        const failed = { errMsg: `${name}:fail ${error.message}` };
        options.fail?.(failed);
        options.complete?.(failed);
        return;
      }
      const good = { errMsg: `${name}:ok`, ...answer };
      options.success?.(good);
      options.complete?.(good);
    });
  };
}

const refuse = (why) => {
  throw new Error(why);
};

function storage(handset) {
  const shelf = (encrypt) => (encrypt ? handset.secrets : handset.storage);
  return {
    getStorage: later('getStorage', ({ key, encrypt }) =>
      (shelf(encrypt).has(key) ? { data: JSON.parse(shelf(encrypt).get(key)) } : refuse('data not found'))),
    setStorage: later('setStorage', ({ key, data, encrypt }) => {
      if (handset.full) {
        refuse('exceed storage max size 10Mb');
      }
      shelf(encrypt).set(key, JSON.stringify(data));
    }),
    removeStorage: later('removeStorage', ({ key }) => void handset.storage.delete(key)),
    clearStorage: later('clearStorage', () => {
      handset.storage.clear();
      handset.secrets.clear();
    }),
    getStorageInfo: later('getStorageInfo', () => ({ keys: [...handset.storage.keys()] })),
  };
}

function files(handset) {
  const { files: all } = handset;
  const manager = {
    mkdir: later('mkdir', () => ({})),
    writeFile: later('writeFile', ({ filePath, data }) => void all.set(filePath, new Uint8Array(data).slice())),
    readFile: later('readFile', ({ filePath }) => (all.has(filePath) ? { data: all.get(filePath).slice().buffer } : refuse('no such file or directory'))),
    rmdir: later('rmdir', ({ dirPath }) => [...all.keys()].filter((path) => path.startsWith(`${dirPath}/`)).forEach((path) => all.delete(path))),
  };
  return {
    getFileSystemManager: () => manager,
    createOffscreenCanvas: ({ width, height }) => newCanvas(width, height),
    canvasToTempFilePath: later('canvasToTempFilePath', ({ canvas, fileType }) => {
      const tempFilePath = `${canvas.drawn}.${fileType}`;
      handset.drawn.push([canvas.width, canvas.height]);
      all.set(tempFilePath, picture('jpg', 40_000));
      return { tempFilePath };
    }),
  };
}

/** Bytes that begin as such a picture does. */
function picture(type, len) {
  const bytes = new Uint8Array(randomBytes(len));
  bytes.set(type === 'jpg' ? [0xff, 0xd8, 0xff] : [0x89, 0x50, 0x4e, 0x47]);
  return bytes;
}

/** A canvas for one picture of three by four thousand pixels. */
function newCanvas(width, height) {
  const canvas = { width, height, drawn: '' };
  canvas.getContext = () => ({ drawImage: (image) => void (canvas.drawn = image.path) });
  canvas.createImage = () => ({
    width: 3000,
    height: 4000,
    set src(path) {
      this.path = path;
      queueMicrotask(() => this.onload());
    },
  });
  return canvas;
}

function network(handset) {
  return {
    request: (options) => fly(handset, options),
    getNetworkType: later('getNetworkType', () => ({ networkType: handset.online ? '4g' : 'none' })),
    onNetworkStatusChange: (hear) => {
      handset.hear.network = hear;
    },
    login: later('login', () => ({ code: 'login-code' })),
  };
}

function fly(handset, options) {
  if (handset.flying.size >= REQUESTS_MAX || !handset.online) {
    queueMicrotask(() => options.fail({ errMsg: handset.online ? 'request:fail exceed max concurrent' : 'request:fail ' }));
    return { abort: () => {} };
  }
  const asked = http.request(options.url, { method: options.method, headers: options.header });
  const destroy = () => asked.destroy(new Error('interrupted'));
  const land = () => handset.flying.delete(flight);
  const flight = { cut: destroy, abort: destroy, drop: () => land() && destroy() };
  handset.flying.add(flight);
  handset.flyingMost = Math.max(handset.flyingMost, handset.flying.size);
  asked.on('error', (error) => land() && options.fail({ errMsg: `request:fail ${error.message}` }));
  asked.on('response', (answer) => {
    const pieces = [];
    answer.on('data', (piece) => pieces.push(piece));
    answer.on('error', (error) => land() && options.fail({ errMsg: `request:fail ${error.message}` }));
    answer.on('end', () => {
      // Names come as the server wrote them on some phones, and in capitals on others.
      const header = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name.toUpperCase(), value]));
      if (land()) {
        options.success({ statusCode: answer.statusCode, header, data: Buffer.concat(pieces).toString() });
      }
    });
  });
  const { data } = options;
  if (data !== undefined && typeof data !== 'string' && !(data instanceof ArrayBuffer)) {
    throw new Error('WeChat sends texts and buffers only');
  }
  asked.end(data === undefined ? undefined : typeof data === 'string' ? data : Buffer.from(data));
  return flight;
}

function devices(handset) {
  return {
    authorize: later('authorize', ({ scope }) => {
      handset.authorized.push(scope);
      return handset.denied.has(scope) ? refuse('auth deny') : {};
    }),
    getLocation: later('getLocation', ({ type }) => {
      if (handset.denied.has('scope.userLocation') || !handset.fix) {
        refuse(handset.fix ? 'auth deny' : 'ERROR_NOCELL&WIFI_LOCATIONSWITCHOFF');
      }
      return type === 'gcj02' ? handset.fix : refuse('a type that was not agreed on');
    }),
    getRandomValues: later('getRandomValues', ({ length }) => ({ randomValues: webcrypto.getRandomValues(new Uint8Array(length)).buffer })),
    createCameraContext: () => camera(handset),
    getRecorderManager: () => {
      handset.recorder = handset.recorder || newRecorder(handset);
      return handset.recorder;
    },
    setKeepScreenOn: later('setKeepScreenOn', () => ({})),
    vibrateShort: later('vibrateShort', () => ({})),
    getScreenBrightness: later('getScreenBrightness', () => ({ value: handset.brightness })),
    setScreenBrightness: later('setScreenBrightness', ({ value }) => {
      handset.brightness = value;
      handset.brightnessSet.push(value);
    }),
  };
}

function camera(handset) {
  return {
    takePhoto: later('takePhoto', ({ selfieMirror }) => {
      const tempImagePath = `wxfile://tmp/${handset.photos.length}.jpg`;
      handset.files.set(tempImagePath, picture(handset.photoType, handset.photoLen));
      handset.photos.push({ selfieMirror, colour: handset.colour?.() || '', brightness: handset.brightness });
      return { tempImagePath };
    }),
    onCameraFrame: (hear) => {
      let timer = 0;
      return {
        start: () => {
          timer = setInterval(() => hear({ ...FRAME, data: new Uint8Array(FRAME.width * FRAME.height * 4).fill(handset.luma).buffer }), 2);
        },
        stop: () => clearInterval(timer),
      };
    },
  };
}

function newRecorder(handset) {
  const hear = {};
  let timer = 0;
  let taken = [];
  let run = null;
  const on = (what) => (listener) => {
    hear[what] = listener;
  };
  return {
    onStart: on('start'), onStop: on('stop'), onError: on('error'), onFrameRecorded: on('frame'), onInterruptionBegin: on('interruption'),
    interrupt: () => hear.interruption(),
    start: (options) => {
      const why = handset.denied.has('scope.record') ? 'auth deny' : options.format === 'PCM' && !handset.samples ? 'format not supported' : null;
      if (why) {
        setTimeout(() => hear.error({ errMsg: `operateRecorder:fail ${why}` }), 1);
        return;
      }
      [run, taken] = [options, []];
      timer = setInterval(() => {
        const frame = samples(taken.length < SPOKEN ? handset.loud : 0);
        taken.push(frame);
        if (options.frameSize) {
          hear.frame({ frameBuffer: frame.buffer.slice(0), isLastFrame: false });
        }
      }, 2);
      setTimeout(() => hear.start(), 1);
    },
    stop: () => {
      clearInterval(timer);
      // Sound does not wait for a busy machine.
      while (taken.length < SPOKEN) {
        taken.push(samples(handset.loud));
      }
      const tempFilePath = `wxfile://tmp/voice.${run.format}`;
      handset.files.set(tempFilePath, new Uint8Array(Buffer.concat(taken.map((frame) => new Uint8Array(frame.buffer)))));
      setTimeout(() => hear.stop({ tempFilePath }), 1);
    },
  };
}

function samples(loud) {
  return Int16Array.from({ length: SAMPLES }, (_, at) => Math.round(Math.sin(at / 3) * loud * Math.SQRT2 * 32767));
}

function rest(handset) {
  const go = (how) => later(how, ({ url }) => void handset.went.push([how, url]));
  return {
    getDeviceInfo: () => ({ brand: 'Brand', model: 'M1', system: 'Android 13' }),
    getAppBaseInfo: () => ({ version: '8.0.50', SDKVersion: '3.7.1' }),
    getPrivacySetting: later('getPrivacySetting', () => ({ needAuthorization: handset.needsConsent })),
    openPrivacyContract: later('openPrivacyContract', () => ({})),
    requestSubscribeMessage: later('requestSubscribeMessage', () => handset.subscribed),
    scanCode: later('scanCode', () => ({ result: handset.scanned || refuse('cancel') })),
    navigateTo: go('navigateTo'), redirectTo: go('redirectTo'), switchTab: go('switchTab'), reLaunch: go('reLaunch'), navigateBack: go('navigateBack'),
    stopPullDownRefresh: () => {},
  };
}

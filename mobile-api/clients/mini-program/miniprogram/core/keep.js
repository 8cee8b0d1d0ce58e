// What stays on this phone: its key, captures on their way, receipts. Small things in WeChat's storage, pictures and recordings as files.

const { call } = require('./call.js');

/** Captures whose receipts are kept, the newest. */
const CAPTURES_MAX = 60;
const CAPTURE = 'capture/';
const SECRET = 'secret';

const folder = () => `${wx.env.USER_DATA_PATH}/muster`;
const missing = (error) => /not found|no such file/i.test(String(error && error.errMsg));

/** What is kept under a key, or null. */
async function get(key, encrypt) {
  try {
    return (await call('getStorage', encrypt ? { key, encrypt } : { key })).data;
  } catch (error) {
    if (missing(error)) {
      return null;
    }
    throw error;
  }
}

const put = (key, data) => call('setStorage', { key, data });
const drop = (key) => call('removeStorage', { key });

/** The private key, in the storage that WeChat encrypts. */
const secret = () => get(SECRET, true);
const putSecret = (data) => call('setStorage', { key: SECRET, data, encrypt: true });

/** All kept captures, the newest first. */
async function captures() {
  const { keys } = await call('getStorageInfo', {});
  const all = await Promise.all(keys.filter((key) => key.indexOf(CAPTURE) === 0).map((key) => get(key)));
  return all.filter(Boolean).sort((one, other) => other.begun_ms - one.begun_ms);
}

/** One of the functions of the file system, as a promise. */
function file(name, options) {
  return new Promise((success, fail) => {
    wx.getFileSystemManager()[name](Object.assign({}, options, { success, fail }));
  });
}

/** The bytes of a file, such as one that the camera left. */
async function bytesOf(filePath) {
  return new Uint8Array((await file('readFile', { filePath })).data);
}

async function keepPart(id, name, bytes) {
  await file('mkdir', { dirPath: `${folder()}/${id}`, recursive: true }).catch((error) => {
    if (!/already exists/i.test(String(error.errMsg))) {
      throw error;
    }
  });
  await file('writeFile', { filePath: `${folder()}/${id}/${name}`, data: bytes.slice().buffer });
}

async function dropParts(id) {
  await file('rmdir', { dirPath: `${folder()}/${id}`, recursive: true }).catch((error) => {
    if (!missing(error)) {
      throw error;
    }
  });
}

/** The store of a delivery; see `../../../protocol/delivery.js`. */
const shelf = {
  capture: (id) => get(CAPTURE + id),
  keepCapture: (record) => put(CAPTURE + record.checkin, record),
  partBytes: async (id, name) => {
    try {
      return await bytesOf(`${folder()}/${id}/${name}`);
    } catch (error) {
      throw missing(error) ? { lost: true } : error;
    }
  },
  keepPart,
  dropParts,
};

/** Forgets a capture and its parts. */
async function dropCapture(id) {
  await dropParts(id);
  await drop(CAPTURE + id);
}

/** Captures that were cut short can never be completed: camera and microphone are gone. Old receipts make room. */
async function tidy() {
  const all = await captures();
  const cut = all.filter((record) => record.stage === 'taking');
  const old = all.filter((record) => record.stage === 'settled' || record.stage === 'refused').slice(CAPTURES_MAX);
  for (const record of cut.concat(old)) {
    await dropCapture(record.checkin);
  }
}

/** Forgets everything, as when the phone is given away. */
async function forget() {
  for (const record of await captures()) {
    await dropCapture(record.checkin);
  }
  await call('clearStorage', {});
}

module.exports = { bytesOf, captures, drop, forget, get, put, putSecret, secret, shelf, tidy };

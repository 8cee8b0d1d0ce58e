// What stays on this phone: its key, captures on their way, receipts. IndexedDB, since it alone keeps keys that nobody can read out.

const NAME = 'muster';
const VERSION = 1;
/** Captures whose receipts are kept, the newest. */
const CAPTURES_MAX = 60;

let opened = null;

function database() {
  if (!opened) {
    opened = new Promise((done, failed) => {
      const request = indexedDB.open(NAME, VERSION);
      request.onupgradeneeded = () => {
        ['things', 'captures', 'parts'].forEach((store) => request.result.createObjectStore(store));
      };
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(request.error);
      request.onblocked = () => failed(new Error('blocked'));
    });
    opened.catch(() => {
      opened = null;
    });
  }
  return opened;
}

/** Durable when it resolves: the transaction is complete, not only the request. */
async function run(store, mode, work) {
  const db = await database();
  return new Promise((done, failed) => {
    const transaction = db.transaction(store, mode);
    const request = work(transaction.objectStore(store));
    transaction.oncomplete = () => done(request ? request.result : undefined);
    transaction.onerror = () => failed(transaction.error);
    transaction.onabort = () => failed(transaction.error || new Error('aborted'));
  });
}

export const get = (key) => run('things', 'readonly', (store) => store.get(key));
export const put = (key, value) => run('things', 'readwrite', (store) => store.put(value, key));
export const drop = (key) => run('things', 'readwrite', (store) => store.delete(key));

/** All kept captures, the newest first. */
export async function captures() {
  const all = await run('captures', 'readonly', (store) => store.getAll());
  return all.sort((one, other) => other.begun_ms - one.begun_ms);
}

/** The store of a delivery; see `../protocol/delivery.js`. */
export const shelf = {
  capture: (id) => run('captures', 'readonly', (store) => store.get(id)),
  keepCapture: (record) => run('captures', 'readwrite', (store) => store.put(record, record.checkin)),
  partBytes: async (id, name) => new Uint8Array(await run('parts', 'readonly', (store) => store.get(`${id}/${name}`))),
  // Plain buffers: old Safari loses blobs.
  keepPart: (id, name, bytes) => run('parts', 'readwrite', (store) => store.put(bytes.slice().buffer, `${id}/${name}`)),
  dropParts: (id) => run('parts', 'readwrite', (store) => store.delete(IDBKeyRange.bound(`${id}/`, `${id}/\uffff`))),
};

/** Forgets a capture and its parts. */
export async function dropCapture(id) {
  await shelf.dropParts(id);
  await run('captures', 'readwrite', (store) => store.delete(id));
}

/** Captures that a reload cut short can never be completed: camera and microphone are gone. Old receipts make room. */
export async function tidy() {
  const all = await captures();
  const cut = all.filter((record) => record.stage === 'taking');
  const old = all.filter((record) => record.stage === 'settled' || record.stage === 'refused').slice(CAPTURES_MAX);
  for (const record of cut.concat(old)) {
    await dropCapture(record.checkin);
  }
}

/** Forgets everything, as when the phone is given away. */
export async function forget() {
  for (const store of ['things', 'captures', 'parts']) {
    await run(store, 'readwrite', (all) => all.clear());
  }
}

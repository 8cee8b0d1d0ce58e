// Where the phone is: asked for while pictures are taken, never waited for long. GCJ-02, the datum of maps in China, and said so.

const { call, wait } = require('./call.js');

const LIMIT_MS = 15000;
/** WeChat gives a coarser fix once this is over. */
const FINE_MS = 8000;

/** A location for the facts of a check-in, or null. */
function locate() {
  const found = call('getLocation', { type: 'gcj02', isHighAccuracy: true, highAccuracyExpireTime: FINE_MS }).then(
    (fix) => ({
      latitude: fix.latitude,
      longitude: fix.longitude,
      accuracy_m: fix.horizontalAccuracy || fix.accuracy || 0,
      datum: 'gcj02',
    }),
    () => null,
  );
  return Promise.race([found, wait(LIMIT_MS).then(() => null)]);
}

module.exports = { locate };

// Where the phone is: asked for while pictures are taken, never waited for long. Browsers give WGS-84.

const LIMIT_MS = 15000;
const OLD_MS = 60000;

/** A location for the facts of a check-in, or null. */
export function locate() {
  return new Promise((done) => {
    if (!navigator.geolocation) {
      done(null);
      return;
    }
    setTimeout(() => done(null), LIMIT_MS + 1000);
    navigator.geolocation.getCurrentPosition(
      (found) => done({
        latitude: found.coords.latitude,
        longitude: found.coords.longitude,
        accuracy_m: found.coords.accuracy || 0,
        datum: 'wgs84',
      }),
      () => done(null),
      { enableHighAccuracy: true, timeout: LIMIT_MS, maximumAge: OLD_MS },
    );
  });
}

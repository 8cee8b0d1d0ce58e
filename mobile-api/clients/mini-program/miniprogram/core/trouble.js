// What stands in the way, as a sentence that says what to do.

const { REFUSED, TROUBLE } = require('../lib/words.js');
const { online } = require('./network.js');

/** Why something failed: in the words of this phone where it has any, else in the server's. */
function words(error) {
  if (error.kind === 'refused') {
    return error.status === 401 ? TROUBLE.unbound : REFUSED[error.name] || error.words;
  }
  if (error.kind === 'garbled') {
    return TROUBLE.garbled;
  }
  if (error.kind === 'unreachable') {
    return online() ? TROUBLE.server : TROUBLE.offline;
  }
  return error.words || storage(error);
}

function storage(error) {
  return /exceed|full|no space|maximum size/i.test(String(error && error.errMsg)) ? TROUBLE.full : TROUBLE.storage;
}

/** Why WeChat did not let the camera, the microphone or the place be used. `what`: `camera`, `microphone` or `place`. */
function denied(error, what) {
  const text = String(error && error.errMsg);
  if (/privacy/i.test(text) || error.errno === 104) {
    return TROUBLE.privacyRefused;
  }
  return /system permission|system denied/i.test(text) ? TROUBLE.systemDenied : TROUBLE[`${what}Denied`];
}

module.exports = { denied, words };

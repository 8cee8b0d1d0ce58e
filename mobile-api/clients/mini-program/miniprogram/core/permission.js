const { call } = require('./call.js');
const { denied } = require('./trouble.js');

const SCOPES = { camera: 'scope.camera', microphone: 'scope.record', place: 'scope.userLocation' };

/** Asks for the camera, the microphone or the place; throws `{words, settings}`. Once refused, only WeChat's settings can change it. */
async function permit(what) {
  try {
    await call('authorize', { scope: SCOPES[what] });
  } catch (error) {
    throw { words: denied(error, what), settings: true };
  }
}

module.exports = { permit };

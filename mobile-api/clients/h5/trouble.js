// What stands in the way, as a sentence that says what to do.

import { REFUSED, TROUBLE } from './words.js';

/** What this browser lacks for the page to work at all, or null. */
export async function lacking(open) {
  if (typeof isSecureContext === 'boolean' && !isSecureContext) {
    return TROUBLE.insecure;
  }
  if (typeof fetch !== 'function' || !self.crypto || !crypto.subtle) {
    return TROUBLE.browser;
  }
  if (!self.indexedDB) {
    return TROUBLE.storage;
  }
  try {
    await open();
    return null;
  } catch (error) {
    return storage(error);
  }
}

/** Can this browser take pictures and record at all? */
export function cannotCapture() {
  return !navigator.mediaDevices || !navigator.mediaDevices.getUserMedia;
}

/** Why camera or microphone did not open. `what`: camera or microphone. */
export function device(error, what) {
  if (error.name === 'NotFoundError' || error.name === 'OverconstrainedError' || error.name === 'DevicesNotFoundError') {
    return TROUBLE[`${what}Missing`];
  }
  if (error.name === 'NotReadableError' || error.name === 'TrackStartError' || error.name === 'AbortError') {
    return TROUBLE[`${what}Busy`];
  }
  return TROUBLE[`${what}Denied`];
}

export function storage(error) {
  return error && error.name === 'QuotaExceededError' ? TROUBLE.full : TROUBLE.storage;
}

/** Why a request failed, in words. */
export function line(error) {
  if (error.kind === 'refused') {
    if (error.status === 401) {
      return TROUBLE.unbound;
    }
    return REFUSED[error.name] || error.words;
  }
  if (error.kind === 'garbled') {
    return TROUBLE.garbled;
  }
  if (error.kind === 'unreachable') {
    return navigator.onLine === false ? TROUBLE.offline : TROUBLE.server;
  }
  return storage(error);
}

// Bytes as texts and texts as bytes. A mini-program has neither TextEncoder nor btoa, so both are written out here.

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** UTF-8 bytes of a text. */
export function utf8(text) {
  const escaped = encodeURIComponent(text);
  const bytes = [];
  for (let at = 0; at < escaped.length; at += 1) {
    if (escaped[at] === '%') {
      bytes.push(parseInt(escaped.slice(at + 1, at + 3), 16));
      at += 2;
    } else {
      bytes.push(escaped.charCodeAt(at));
    }
  }
  return Uint8Array.from(bytes);
}

/** The text of UTF-8 bytes; throws when they are none. */
export function fromUtf8(bytes) {
  let escaped = '';
  for (const byte of bytes) {
    escaped += `%${byte < 16 ? '0' : ''}${byte.toString(16)}`;
  }
  return decodeURIComponent(escaped);
}

/** Without padding (RFC 7515 §2). */
export function base64url(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const word = (bytes[at] << 16) | ((bytes[at + 1] || 0) << 8) | (bytes[at + 2] || 0);
    text += LETTERS[word >> 18] + LETTERS[(word >> 12) & 63];
    text += left > 1 ? LETTERS[(word >> 6) & 63] : '';
    text += left > 2 ? LETTERS[word & 63] : '';
  }
  return text;
}

/** The bytes of a base64url text without padding; null when it is none. */
export function fromBase64url(text) {
  if (text.length % 4 === 1) {
    return null;
  }
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let held = 0;
  let bits = 0;
  let written = 0;
  for (const letter of text) {
    const value = LETTERS.indexOf(letter);
    if (value < 0) {
      return null;
    }
    held = ((held << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[written] = (held >> bits) & 255;
      written += 1;
    }
  }
  return bytes;
}

/** Lower-case hexadecimal. */
export function hex(bytes) {
  let text = '';
  for (const byte of bytes) {
    text += (byte < 16 ? '0' : '') + byte.toString(16);
  }
  return text;
}

/** A random UUID (RFC 9562, version 4) from 16 random bytes. */
export function uuid(random) {
  const bytes = random(16);
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const text = hex(bytes);
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base64url, fromBase64url, fromUtf8, hex, utf8, uuid } from '../bytes.js';

test('texts become bytes and come back', () => {
  for (const text of ['', 'a', 'DPoP', '签到', 'é😀%']) {
    assert.deepEqual(Buffer.from(utf8(text)), Buffer.from(text, 'utf8'));
    assert.equal(fromUtf8(utf8(text)), text);
  }
});

test('base64url agrees with another implementation at every length', () => {
  for (let len = 0; len < 70; len += 1) {
    const bytes = Uint8Array.from({ length: len }, (_, at) => (at * 37 + len) & 255);
    const text = Buffer.from(bytes).toString('base64url');
    assert.equal(base64url(bytes), text);
    assert.deepEqual(fromBase64url(text), bytes);
  }
  for (const wrong of ['a', 'a+b/', 'ab=', '中文']) {
    assert.equal(fromBase64url(wrong), null, wrong);
  }
});

test('ids are version 4 and hexadecimal is lower case', () => {
  assert.equal(uuid((len) => new Uint8Array(len).fill(255)), 'ffffffff-ffff-4fff-bfff-ffffffffffff');
  assert.equal(hex(Uint8Array.from([0, 10, 255])), '000aff');
});

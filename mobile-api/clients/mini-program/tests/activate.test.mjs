import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { problem } from '../../protocol/tests/standin/house.js';
import { hide, launch, newStage, open, show, until } from './standin/stage.mjs';

let stage = null;
beforeEach(async () => {
  stage = await newStage();
});
afterEach(() => stage.close());

const went = (how, url) => stage.handset.went.some(([one, to]) => one === how && to.startsWith(url));
const asked = (path) => stage.server.house.requests.filter((request) => new URL(request.url).pathname === path);

function type(view, code) {
  view.happen('#code', 'input', { value: code });
  return until('the code is typed', () => view.data().code === code);
}

test('a phone that is not linked is led to the activation', async () => {
  open(stage, 'home');
  await until('activation', () => went('reLaunch', '/pages/activate/'));
});

test('a code links this phone\'s key, over the mini-program\'s channel', async () => {
  const view = open(stage, 'activate');
  await type(view, 'ABCD-1234');
  view.press('#link');
  await until('home', () => went('switchTab', '/pages/home/'));
  const [request] = asked('/v1/devices').slice(-1);
  const body = JSON.parse(request.body);
  assert.ok(request.about.good, 'the proof of the software key is good');
  assert.equal(body.code, 'ABCD-1234');
  assert.equal(body.channel, 'mini_program');
  assert.match(body.label, /key=software,wx-storage-encrypted/);
  assert.ok(stage.handset.secrets.has('secret'), 'the key lies in the encrypted storage');
  assert.ok(!JSON.stringify([...stage.handset.storage]).includes(JSON.parse(stage.handset.secrets.get('secret'))), 'and nowhere else');
  assert.ok(!stage.handset.storage.has('activation'));
});

test('an empty field is told, and nothing is sent', async () => {
  const view = open(stage, 'activate');
  view.press('#link');
  await until('the sentence', () => view.has('#trouble'));
  assert.match(view.text(), /请先输入激活码/);
  assert.equal(stage.server.house.requests.length, 0);
});

test('a wrong code shows the server\'s words in both languages', async () => {
  stage.server.hooks.before = () => problem(422, 'code', {}, stage.server.house);
  const view = open(stage, 'activate');
  await type(view, 'WRONG');
  view.press('#link');
  await until('the sentence', () => view.has('#trouble'));
  assert.match(view.text(), /中文.*English\./);
  await until('the button again', () => !view.data().busy);
  assert.ok(!stage.handset.storage.has('device'));
});

test('a lost answer and a restart ask again with the same key and the same action', async () => {
  stage.server.hooks.after = (request) => {
    if (request.url.endsWith('/v1/devices')) {
      throw new Error('line');
    }
  };
  const view = open(stage, 'activate');
  await type(view, 'ABCD');
  view.press('#link');
  await until('no line', () => view.has('#trouble'));
  stage.server.hooks.after = () => null;
  const before = asked('/v1/devices').length;
  launch(stage);
  const again = open(stage, 'activate');
  await type(again, 'ABCD');
  again.press('#link');
  await until('home', () => went('switchTab', '/pages/home/'));
  const all = asked('/v1/devices');
  assert.ok(all.length > before);
  assert.equal(new Set(all.map((request) => request.headers['idempotency-key'])).size, 1);
  assert.equal(new Set(all.map((request) => keyOf(request))).size, 1);
});

const keyOf = (request) => JSON.parse(Buffer.from(request.headers.dpop.split('.')[0], 'base64url')).jwk.x;

test('a revoked key gets a fresh one for the new code', async () => {
  let refused = null;
  stage.server.hooks.before = (request) => {
    if (request.url.endsWith('/v1/devices') && !refused) {
      refused = keyOf(request);
      return problem(409, 'device-revoked', {}, stage.server.house);
    }
    return null;
  };
  const view = open(stage, 'activate');
  await type(view, 'ABCD');
  view.press('#link');
  await until('home', () => went('switchTab', '/pages/home/'));
  const [last] = asked('/v1/devices').slice(-1);
  assert.notEqual(keyOf(last), refused);
});

test('a scanned picture fills the code in; one without a code is told', async () => {
  const view = open(stage, 'activate');
  stage.handset.scanned = 'https://example.org/';
  view.press('#scan');
  await until('the sentence', () => view.has('#trouble'));
  stage.handset.scanned = 'https://muster.test/h5/#code=QR-77';
  view.press('#scan');
  await until('the code', () => view.data().code === 'QR-77');
  assert.ok(!view.has('#trouble'));
});

test('a link opens with its code filled in', async () => {
  launch(stage, { query: { code: 'LINK-1' } });
  const home = open(stage, 'home');
  await until('activation', () => went('reLaunch', '/pages/activate/'));
  hide(stage, home);
  show(stage, home);
  const view = open(stage, 'activate');
  assert.equal(view.data().code, 'LINK-1');
});

test('the privacy guide comes first, and a refusal says which other way there is', async () => {
  stage.handset.needsConsent = true;
  const view = open(stage, 'activate');
  await until('the guide', () => view.data().consentNeeded);
  assert.ok(!view.has('#link'));
  const guide = view.inner('#consent');
  guide.press('#refuse');
  await until('the other way', () => /可以到司法所当面签到/.test(guide.text()) && guide.data().refused);
  guide.happen('#agree', 'agreeprivacyauthorization');
  await until('the field', () => view.has('#link'));
});

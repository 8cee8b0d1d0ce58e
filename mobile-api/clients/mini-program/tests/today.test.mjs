import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { duty } from './standin/server.mjs';
import { newStage, open, until } from './standin/stage.mjs';

let stage = null;
beforeEach(async () => {
  stage = await newStage();
  stage.handset.storage.set('device', '{"device":"d"}');
});
afterEach(() => stage.close());

const ahead = (hours) => new Date(Date.now() + hours * 3_600_000).toISOString();

test('what is due now has one big button, the rest is a list', async () => {
  const due = duty();
  stage.server.turn.duties = [due, duty({ attendance: 'missed', phase: 'closed' }), duty({ phase: 'upcoming', opens_at: ahead(24), closes_at: ahead(25) })];
  const home = open(stage, 'home');
  await until('the button', () => home.has('#go'));
  assert.match(home.text(), /现在要签到.*Please check in now/);
  assert.match(home.text(), /拍照，读数字/);
  assert.equal(home.all('.duty').length, 2);
  assert.match(home.text(), /没有签到.*还没开始/);
  home.press('#go');
  await until('the capture', () => stage.handset.went.some(([how, url]) => how === 'navigateTo' && url === '/pages/capture/index'));
  assert.equal(JSON.parse(stage.handset.storage.get('task')).duty.id, due.id);
});

test('a window that ends on another day says so', async () => {
  const [opens, closes] = [new Date(), new Date()];
  opens.setHours(48, 0, 0, 0);
  closes.setHours(72 + 15, 59, 0, 0);
  stage.server.turn.duties = [duty({ phase: 'upcoming', opens_at: opens.toISOString(), closes_at: closes.toISOString() })];
  const home = open(stage, 'home');
  await until('the list', () => home.all('.duty').length === 1);
  assert.match(home.text(), new RegExp(`${opens.getMonth() + 1}月${opens.getDate()}日 00:00—${closes.getMonth() + 1}月${closes.getDate()}日 15:59`));
});

test('a late duty says so', async () => {
  stage.server.turn.duties = [duty({ phase: 'late' })];
  const home = open(stage, 'home');
  await until('the button', () => home.has('#go'));
  assert.match(home.text(), /签到晚了/);
});

test('a duty that is not for the mini-program names the ways that are', async () => {
  stage.server.turn.duties = [duty({ channels: ['h5', 'in_person'] })];
  const home = open(stage, 'home');
  await until('the ways', () => home.has('#warn'));
  assert.match(home.text(), /这次请用：工作人员给的网页、到司法所当面。/);
  assert.ok(!home.has('#go'));
});

test('nothing to do, done for today', async () => {
  const home = open(stage, 'home');
  await until('rest', () => /现在不用签到/.test(home.text()));
  stage.server.turn.duties = [duty({ phase: 'closed', attendance: 'on_time', opens_at: new Date().toISOString() })];
  await home.page.load();
  await until('done', () => /今天已签到/.test(home.text()));
});

test('without a line the sentence says what to do, and the button asks again', async () => {
  stage.handset.online = false;
  stage.handset.hear.network({ isConnected: false });
  const home = open(stage, 'home');
  await until('the sentence', () => home.has('#trouble'));
  assert.match(home.text(), /没有网络。请打开手机流量或无线网/);
  stage.handset.online = true;
  stage.handset.hear.network({ isConnected: true });
  stage.server.turn.duties = [duty()];
  home.press('#again');
  await until('the button', () => home.has('#go'));
});

test('a dead server is another sentence', async () => {
  stage.server.hooks.before = () => {
    throw new Error('line');
  };
  const home = open(stage, 'home');
  await until('the sentence', () => home.has('#trouble'));
  assert.match(home.text(), /系统暂时连不上/);
});

test('a phone that was taken out is led to the activation', async () => {
  stage.server.hooks.before = (request) => (request.url.endsWith('/v1/token') ? refused() : null);
  open(stage, 'home');
  await until('activation', () => stage.handset.went.some(([how, url]) => how === 'reLaunch' && url === '/pages/activate/index?why=unbound'));
  const view = open(stage, 'activate', { why: 'unbound' });
  assert.match(view.text(), /这部手机还没有绑定，或已被停用/);
});

function refused() {
  const body = { type: 'urn:muster:problem:device-unknown', status: 401, title: '不认识', detail: 'unknown' };
  return { status: 401, headers: { 'content-type': 'application/problem+json', 'dpop-nonce': stage.server.house.nonce }, text: JSON.stringify(body) };
}

test('a WeChat without what the key needs is told to be updated', async () => {
  stage.handset.old = true;
  const home = open(stage, 'home');
  await until('the sentence', () => home.has('#trouble'));
  assert.match(home.text(), /微信版本太旧/);
});

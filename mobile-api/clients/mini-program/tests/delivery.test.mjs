import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, test } from 'node:test';
import { problem } from '../../protocol/tests/standin/house.js';
import { arrived, duty } from './standin/server.mjs';
import { core, hide, launch, newStage, open, show, sleep, until } from './standin/stage.mjs';
import { cut } from './standin/wx.mjs';

const LEN = 400_000;
let stage = null;
beforeEach(async () => {
  stage = await newStage();
  stage.handset.storage.set('device', '{"device":"d"}');
});
afterEach(() => stage.close());

/** A capture that was just taken: everything is kept, nothing is sent. */
async function taken() {
  stage.app.onHide();
  const { keepPart, newAction, newCapture, open: openSession } = core('lib/protocol');
  const { shelf } = core('core/keep');
  const phone = await core('core/link').connect();
  const asked = duty({ factors: 'face' });
  const record = newCapture(phone, await openSession(phone, newAction(phone), asked.id, []), asked.id);
  Object.assign(record, { returns_from: null, task: asked, begun_ms: Date.now(), facts: { platform: 'test' } });
  await keepPart(phone, shelf, record, 'selfie-0', new Uint8Array(randomBytes(LEN)));
  record.stage = 'ready';
  await shelf.keepCapture(record);
  return record;
}

const kept = (record) => JSON.parse(stage.handset.storage.get(`capture/${record.checkin}`));
const pieces = () => stage.server.house.requests.filter((request) => request.method === 'PUT').length;
const settled = (record) => until('the verdict', () => kept(record).stage === 'settled');
const whole = () => arrived(stage.server, 'selfie-0').sha256 === arrived(stage.server, 'selfie-0').said.sha256;

test('requests that WeChat cuts in the background go on from where the server stands', async () => {
  const record = await taken();
  stage.app.onShow();
  const view = open(stage, 'outcome', { checkin: record.checkin });
  await until('two pieces', () => pieces() >= 2);
  hide(stage, view);
  // Five seconds later whatever flies is cut, and the line with it.
  stage.server.hooks.before = () => {
    throw new Error('line');
  };
  cut(stage.handset);
  await until('silence', () => stage.handset.flying.size === 0);
  stage.server.hooks.before = () => null;
  show(stage, view);
  await settled(record);
  assert.ok(whole());
  await until('the words', () => /签到成功/.test(view.text()));
  assert.equal(stage.server.house.submissions.size, 1);
});

test('nothing is begun in the background', async () => {
  const record = await taken();
  const before = stage.server.house.requests.length;
  await core('core/courier').now();
  await sleep(50);
  assert.equal(stage.server.house.requests.length, before);
  stage.app.onShow();
  await settled(record);
});

test('a process that is killed in the middle of an upload loses nothing', async () => {
  const record = await taken();
  stage.app.onShow();
  await until('two pieces', () => pieces() >= 2);
  stage.server.hooks.before = () => {
    throw new Error('line');
  };
  cut(stage.handset);
  launch(stage);
  await sleep(20);
  assert.equal(kept(record).stage, 'ready');
  stage.server.hooks.before = () => null;
  launch(stage);
  await settled(record);
  assert.ok(whole());
  const sent = stage.server.house.requests.filter((request) => request.method === 'PUT').map((request) => Number(request.headers['upload-offset']));
  assert.ok(sent.filter((offset) => offset === 0).length < sent.length);
});

test('a submission whose answer was lost counts once, across a restart', async () => {
  const record = await taken();
  stage.server.hooks.after = (request) => {
    if (request.url.endsWith('/submit')) {
      throw new Error('line');
    }
  };
  stage.app.onShow();
  await until('handed in', () => stage.server.house.submissions.size === 1);
  launch(stage);
  stage.server.hooks.after = () => null;
  launch(stage);
  await settled(record);
  assert.equal(stage.server.house.submissions.size, 1);
});

test('the line that comes back is noticed without a press', async () => {
  const record = await taken();
  stage.handset.online = false;
  stage.handset.hear.network?.({ isConnected: false });
  stage.app.onShow();
  const view = open(stage, 'outcome', { checkin: record.checkin });
  await until('the sentence', () => view.has('#trouble'));
  assert.match(view.text(), /没有网络/);
  assert.match(view.text(), /已保存在这部手机里/);
  stage.handset.online = true;
  stage.handset.hear.network({ isConnected: true });
  await settled(record);
});

test('a dark picture comes back with what to do, and a button to do it', async () => {
  stage.server.turn.state = () => 'retry';
  stage.server.turn.coaching = [{ code: 'too_dark', message: { zh: '太暗：请转向窗户', en: 'Too dark: turn to the window' } }];
  const record = await taken();
  stage.app.onShow();
  const view = open(stage, 'outcome', { checkin: record.checkin });
  await until('advice', () => view.all('.advice').length === 1);
  assert.match(view.text(), /请再试一次.*不会影响您。.*太暗：请转向窗户/);
  view.press('#anew');
  await until('the capture', () => stage.handset.went.some(([how, url]) => how === 'redirectTo' && url === '/pages/capture/index'));
  assert.equal(JSON.parse(stage.handset.storage.get('task')).duty.id, record.duty);
});

test('an officer\'s word reaches the open page', async () => {
  stage.server.turn.state = () => 'review';
  const record = await taken();
  stage.app.onShow();
  const view = open(stage, 'outcome', { checkin: record.checkin });
  await until('review', () => /等工作人员查看/.test(view.text()));
  stage.server.turn.state = () => 'accepted';
  await until('the decision', () => /签到有效/.test(view.text()));
  assert.equal(kept(record).told.state, 'accepted');
});

test('an expired session asks for a new capture, and blames nobody', async () => {
  stage.server.hooks.before = (request) => (request.method === 'PUT' ? problem(409, 'session-expired', {}, stage.server.house) : null);
  const record = await taken();
  stage.app.onShow();
  const view = open(stage, 'outcome', { checkin: record.checkin });
  await until('the words', () => /这次没有交成/.test(view.text()));
  assert.match(view.text(), /时间过了，请重新拍一次。不会影响您。/);
  assert.ok(view.has('#anew'));
  assert.equal(kept(record).stage, 'refused');
});

test('pictures that the phone deleted are told, and hold nothing else up', async () => {
  const lost = await taken();
  stage.handset.files.clear();
  const record = await taken();
  stage.app.onShow();
  await settled(record);
  assert.equal(kept(lost).stage, 'refused');
  const view = open(stage, 'outcome', { checkin: lost.checkin });
  await until('the words', () => /手机清掉了还没送出的照片/.test(view.text()));
});

test('a capture that was cut short is tidied up at the next start', async () => {
  const record = await taken();
  const { shelf } = core('core/keep');
  record.stage = 'taking';
  await shelf.keepCapture(record);
  launch(stage);
  await until('tidy', () => !stage.handset.storage.has(`capture/${record.checkin}`));
  assert.equal([...stage.handset.files.keys()].filter((path) => path.includes(record.checkin)).length, 0);
});

test('never more than ten requests fly, and none is lost', async () => {
  let release = null;
  const held = new Promise((done) => {
    release = done;
  });
  const { duties } = core('lib/protocol');
  const phone = await core('core/link').connect();
  await duties(phone);
  stage.server.turn.tell = () => held;
  const all = Array.from({ length: 25 }, () => duties(phone));
  await until('ten', () => stage.handset.flying.size === 10);
  await sleep(30);
  assert.equal(stage.handset.flyingMost, 10);
  release();
  assert.equal((await Promise.all(all)).length, 25);
  assert.equal(stage.handset.flyingMost, 10);
  assert.equal(stage.server.house.requests.filter((request) => request.url.endsWith('/v1/duties')).length, 26);
});

test('a request of which WeChat says nothing is given up, and frees its place', async () => {
  const { transport } = core('core/requests');
  stage.server.turn.tell = () => new Promise(() => {});
  const ask = () => transport({ method: 'GET', url: `${stage.server.base}/v1/duties`, headers: {}, body: null, limit_ms: 100 });
  const all = await Promise.allSettled(Array.from({ length: 12 }, ask));
  assert.ok(all.every((one) => one.status === 'rejected'));
  assert.equal(stage.handset.flying.size, 0);
});

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { duty } from './standin/server.mjs';
import { core, launch, newStage, open, until } from './standin/stage.mjs';

let stage = null;
afterEach(() => stage.close());

async function begin(config) {
  stage = await newStage(config);
  stage.handset.storage.set('device', '{"device":"d"}');
  launch(stage);
}

beforeEach(() => {
  stage = null;
});

/** A capture that was handed in, with a verdict. */
async function handedIn() {
  const { keepPart, newAction, newCapture, open: openSession } = core('lib/protocol');
  const { shelf } = core('core/keep');
  const phone = await core('core/link').connect();
  const asked = duty({ factors: 'face' });
  const record = newCapture(phone, await openSession(phone, newAction(phone), asked.id, []), asked.id);
  Object.assign(record, { returns_from: null, task: asked, begun_ms: Date.now() });
  await keepPart(phone, shelf, record, 'selfie-0', new Uint8Array(500).fill(7));
  record.stage = 'ready';
  await shelf.keepCapture(record);
  await core('core/courier').now();
  await until('the verdict', () => kept(record).stage === 'settled');
  return record;
}

const kept = (record) => JSON.parse(stage.handset.storage.get(`capture/${record.checkin}`));
const went = (how, url) => stage.handset.went.some(([one, to]) => one === how && to.startsWith(url));

test('a receipt is kept, checked against the server\'s keys, and still there without a line', async () => {
  await begin();
  const record = await handedIn();
  const view = open(stage, 'receipts');
  await until('the row', () => view.all('.receipt').length === 1);
  assert.match(view.text(), /签名有效.*签到成功/);
  stage.handset.online = false;
  launch(stage);
  const later = open(stage, 'receipts');
  await until('the row', () => later.all('.receipt').length === 1);
  assert.match(later.text(), /签名有效/);
  later.press('.receipt');
  await until('the outcome', () => went('navigateTo', `/pages/outcome/index?checkin=${record.checkin}`));
});

test('a receipt that somebody changed is told', async () => {
  await begin();
  const record = kept(await handedIn());
  record.parts['selfie-0'].sha256 = '00';
  stage.handset.storage.set(`capture/${record.checkin}`, JSON.stringify(record));
  const view = open(stage, 'receipts');
  await until('the row', () => view.all('.receipt').length === 1);
  assert.match(view.text(), /签名无效，请告诉司法所/);
});

test('leave is asked for, shown and taken back', async () => {
  await begin();
  const form = open(stage, 'leave-form');
  form.press('#send');
  await until('the sentence', () => form.has('#trouble'));
  assert.match(form.text(), /请把每一项都填好/);
  const filled = { reason: '看病', province: '浙江省', city: '杭州市', address: '某路 1 号' };
  for (const [name, value] of Object.entries(filled)) {
    form.happen(`#${name}`, 'input', { value });
  }
  form.happen('#fromDay', 'change', { value: '2126-03-01' });
  form.happen('#untilDay', 'change', { value: '2126-03-02' });
  form.happen('#purpose', 'change', { value: 1 });
  await until('filled', () => form.data().form.untilDay && form.data().form.address && form.data().form.purpose === 'family');
  form.press('#send');
  await until('back', () => stage.handset.went.some(([how]) => how === 'navigateBack'));
  const { request } = stage.server.leaves[0];
  assert.equal(request.kind, 'ordinary');
  assert.equal(request.from, new Date('2126-03-01T08:00:00').toISOString());
  assert.deepEqual(request.destinations, [{ province: '浙江省', city: '杭州市', county: '', address: '某路 1 号' }]);
  const list = open(stage, 'leave');
  await until('the card', () => list.all('.leave').length === 1);
  assert.match(list.text(), /家里有事：已提交，等待审批/);
  list.press('.withdraw');
  await until('taken back', () => /已撤回/.test(list.text()));
});

test('whoever is back from leave says so by the check-in that is due', async () => {
  await begin();
  const request = { kind: 'ordinary', from: '2020-01-01T00:00:00Z', purpose: 'work', destinations: [{ address: 'A' }] };
  stage.server.leaves.push({ id: 'leave-1', request, due_at: '2020-01-02T00:00:00Z', state: 'approved', steps: [] });
  const list = open(stage, 'leave');
  await until('the card', () => list.all('.return').length === 1);
  list.press('.return');
  await until('the sentence', () => /到司法所当面销假/.test(list.text()));
  stage.server.turn.duties = [duty()];
  list.press('.return');
  await until('the capture', () => went('navigateTo', '/pages/capture/'));
  assert.equal(JSON.parse(stage.handset.storage.get('task')).returns_from, 'leave-1');
});

test('points are shown, and one that was taken can be contested', async () => {
  await begin();
  const entry = { entry: 'e1', title: { zh: '迟到', en: 'Late' }, fact: { zh: '', en: '' }, at: '2026-03-01T00:00:00Z', points: -2, counted: -2, reason: '晚了' };
  stage.server.turn.points = { opening: 10, base: 5, total: 3, closing: 13, lines: [entry] };
  const view = open(stage, 'points');
  await until('the line', () => view.all('.line').length === 1);
  assert.match(view.text(), /月初.*10.*迟到.*-2 分/);
  view.press('.contest');
  await until('the field', () => view.has('#why'));
  view.press('#send');
  await until('the sentence', () => /请写下原因/.test(view.text()));
  view.happen('#why', 'input', { value: '那天在医院' });
  await until('typed', () => view.data().text !== '');
  view.press('#send');
  await until('received', () => /由另一名工作人员处理/.test(view.text()));
  assert.deepEqual(stage.server.appeals, [{ entry: 'e1', text: '那天在医院' }]);
});

test('a declined check-in can be contested, and the answer is shown', async () => {
  await begin();
  Object.assign(stage.server.turn, { state: () => 'declined', appeal_until: '2126-03-01T00:00:00Z' });
  const record = await handedIn();
  const view = open(stage, 'outcome', { checkin: record.checkin });
  await until('the offer', () => view.has('#contest'));
  assert.match(view.text(), /这次没有通过.*前可以申诉/);
  view.press('#contest');
  await until('the field', () => view.has('#why'));
  view.press('#send');
  await until('the sentence', () => /请写下原因/.test(view.text()));
  assert.equal(stage.server.appeals.length, 0);
  view.happen('#why', 'input', { value: '那天光线不好' });
  await until('typed', () => view.data().text !== '');
  view.press('#send');
  await until('received', () => /那天光线不好.*由另一名工作人员处理/.test(view.text()));
  assert.ok(!view.has('#contest') && !view.has('#why'));
  assert.deepEqual(stage.server.appeals, [{ checkin: record.checkin, text: '那天光线不好' }]);
  stage.server.turn.appeal = { ...stage.server.turn.appeal, finding: 'upheld', reason: '照片里不是同一人' };
  await until('the answer', () => /维持原决定.*答复：照片里不是同一人/.test(view.text()));
  assert.equal(kept(record).told.appeal.finding, 'upheld');
});

test('an appeal that cannot be sent keeps what was written', async () => {
  await begin();
  Object.assign(stage.server.turn, { state: () => 'declined', appeal_until: '2126-03-01T00:00:00Z' });
  const record = await handedIn();
  const view = open(stage, 'outcome', { checkin: record.checkin });
  await until('the offer', () => view.has('#contest'));
  view.press('#contest');
  await until('the field', () => view.has('#why'));
  view.happen('#why', 'input', { value: '那天光线不好' });
  await until('typed', () => view.data().text !== '');
  stage.handset.online = false;
  view.press('#send');
  await until('the sentence', () => view.has('#told'));
  assert.equal(view.data().text, '那天光线不好');
  stage.handset.online = true;
  view.press('#send');
  await until('received', () => view.has('#appeal'));
  assert.equal(stage.server.appeals.length, 1);
});

test('what is stored and who looked is shown, and the phone can be cleared', async () => {
  await begin();
  const record = await handedIn();
  stage.server.turn.me = {
    held: [{ what: { zh: '照片', en: 'Pictures' }, count: 3, newest_at: '2026-03-01T00:00:00Z' }],
    looks: [{ what: { zh: '照片', en: 'Picture' }, who: { zh: '司法所', en: 'office' }, at: '2026-03-01T00:00:00Z' }],
    until: { zh: '期满后删除', en: 'deleted after the end' },
  };
  const view = open(stage, 'about');
  await until('the lists', () => view.all('.held').length === 1 && view.all('.look').length === 1);
  assert.match(view.text(), /期满后删除/);
  view.press('#clear');
  await until('the question', () => view.has('#sure'));
  view.press('#sure');
  await until('activation', () => went('reLaunch', '/pages/activate/'));
  assert.equal(stage.handset.storage.size + stage.handset.secrets.size, 0);
  assert.ok(!stage.handset.files.has(`wxfile://usr/muster/${record.checkin}/selfie-0`));
});

test('one consent for a reminder arrives once, after the server was told a login code and nothing else of the user', async () => {
  await begin({ TEMPLATES: ['template-1', 'template-2'] });
  const record = await handedIn();
  stage.handset.subscribed = { 'template-1': 'accept', 'template-2': 'reject' };
  const view = open(stage, 'outcome', { checkin: record.checkin });
  await until('the offer', () => view.has('#remind'));
  view.press('#remind');
  await until('the consent', () => stage.server.consents.length === 1 && !stage.handset.storage.has('consents'));
  const { action, ...consent } = stage.server.consents[0];
  assert.match(action, /^[0-9a-f-]{36}$/);
  assert.deepEqual(consent, { template_id: 'template-1', consents: 1 });
  await until('the words', () => /会提醒您一次/.test(view.text()));
  assert.deepEqual(stage.server.logins, [{ code: 'login-code' }]);
});

test('a consent that was given without a line is kept for the next', async () => {
  await begin({ TEMPLATES: ['template-1'] });
  const record = await handedIn();
  stage.handset.subscribed = { 'template-1': 'accept' };
  stage.handset.online = false;
  const view = open(stage, 'outcome', { checkin: record.checkin });
  await until('the offer', () => view.has('#remind'));
  view.press('#remind');
  await until('kept', () => stage.handset.storage.has('consents'));
  stage.handset.online = true;
  launch(stage);
  await until('the consent', () => stage.server.consents.length === 1);
});

test('without a template that was granted no reminder is offered', async () => {
  await begin({});
  const record = await handedIn();
  const view = open(stage, 'outcome', { checkin: record.checkin });
  await until('the verdict', () => /签到成功/.test(view.text()));
  assert.ok(!view.has('#remind'));
});

// What became of a capture: on its way, received, judged; in plain words, with the receipt.

import { progress } from '../protocol/delivery.js';
import { appealCheckin } from '../protocol/phone.js';
import { shortNumber } from '../protocol/receipt.js';
import { offer, standing } from './appeal.js';
import * as courier from './courier.js';
import { shelf } from './keep.js';
import { moment } from './moment.js';
import { renew, waits } from './renewal.js';
import { say } from './speak.js';
import { AGAIN, HOME, REFUSED, STATE, TROUBLE } from './words.js';
import { both, button, el, heading, lead, notice, show, sign } from './view.js';

const DECISION_EVERY_MS = 5000;
const DECISIONS_ASKED_MAX = 240;

const SENDING = { zh: '正在送出', en: 'Sending' };
const KEPT = { zh: '已保存在这部手机里。可以放下手机，不用等。', en: 'Kept on this phone. You need not wait.' };
const RECEIVED = { zh: '已收到，正在核对', en: 'Received; being checked' };

const LOOKS = {
  verified: ['good', { zh: '签到成功', en: 'You are checked in' }],
  accepted: ['good', { zh: '签到有效', en: 'Your check-in counts' }],
  retry: ['again', { zh: '请再试一次', en: 'Please try again' }],
  review: ['wait', { zh: '已收到，等工作人员查看', en: 'Received; an officer will look' }],
  declined: ['bad', { zh: '这次没有通过', en: 'This one does not count' }],
  asked_again: ['again', { zh: '请再签到一次', en: 'Please check in once more' }],
  expired: ['again', { zh: '时间过了', en: 'Time ran out' }],
};

/** Below the title, where it is not the server's sentence over again. */
const SAID = {
  verified: { zh: '可以放下手机了。', en: 'You may put the phone away.' },
  retry: { zh: '不会影响您。', en: 'This costs you nothing.' },
  review: { zh: '不用再做什么，结果会显示在这里。', en: 'There is nothing more to do; the result appears here.' },
  expired: REFUSED['session-expired'],
};

/** Shows how a capture goes on until it is settled. */
export async function hear(record, cx) {
  cx.enter('outcome');
  const kept = (await shelf.capture(record.checkin)) || record;
  const here = cx.here;
  let shown = null;
  const stop = courier.listen((now, moved, trouble) => {
    if (!here()) {
      stop();
    } else if (now.checkin === record.checkin) {
      shown = paint(now, moved, trouble, cx, shown);
    }
  });
  // Known at once: the courier notices only after its repeats.
  shown = paint(kept, null, navigator.onLine === false ? TROUBLE.offline : null, cx, shown);
  if (kept.stage === 'ready' || kept.stage === 'handed') {
    courier.now();
  }
  await decision(kept, cx, here);
}

/** While an officer looks, his word is asked for now and then, as long as the page is open. */
async function decision(kept, cx, here) {
  for (let asked = 0; asked < DECISIONS_ASKED_MAX && here(); asked += 1) {
    await new Promise((done) => setTimeout(done, DECISION_EVERY_MS));
    const record = (await shelf.capture(kept.checkin)) || kept;
    const open = record.stage === 'settled' && waits(record.told);
    if (!open && (record.stage === 'settled' || record.stage === 'refused')) {
      return;
    }
    if (open && here() && (await renew(cx.phone, record)) && here()) {
      judged(record, cx);
      return;
    }
  }
}

function paint(record, moved, trouble, cx, shown) {
  const bar = document.getElementById('bar');
  if (shown === 'sending' && record.stage === 'ready' && moved && bar) {
    bar.value = moved.at;
    bar.max = moved.len;
    return shown;
  }
  if (record.stage === 'ready') {
    sending(record, moved, trouble, cx);
    return trouble ? 'stuck' : 'sending';
  }
  if (record.stage === 'handed') {
    show('outcome', sign('wait'), heading(RECEIVED), lead(KEPT), trouble ? notice('warn', trouble) : null, proof(record),
      button('plain', HOME, cx.home));
    return 'handed';
  }
  judged(record, cx);
  return 'judged';
}

function sending(record, moved, trouble, cx) {
  const at = moved || progress(record);
  show('outcome', sign('wait'), heading(SENDING),
    el('progress', { id: 'bar', max: Math.max(1, at.len), value: at.at, 'aria-label': SENDING.zh }), lead(KEPT),
    trouble ? notice('warn', trouble, button('plain', AGAIN, courier.now)) : null, button('plain', HOME, cx.home));
}

function judged(record, cx) {
  if (record.stage === 'refused') {
    const words = REFUSED[record.problem.name] || record.problem.words;
    show('outcome', sign('again'), heading({ zh: '这次没有交成', en: 'This one was not taken' }), lead(words), anew(record, cx, words),
      button('plain', HOME, cx.home));
    say(words);
    return;
  }
  const { told } = record;
  const [look, title] = LOOKS[told.state] || ['wait', STATE[told.state]];
  const words = SAID[told.state] || (told.verdict && told.verdict.message);
  const again = told.state === 'retry' || told.state === 'asked_again' || told.state === 'expired';
  const advice = told.verdict ? told.verdict.coaching.map((one) => el('li', {}, both(one.message))) : [];
  show('outcome', sign(look), heading(title), words ? lead(words) : null, advice.length > 0 ? el('ul', { class: 'advice' }, advice) : null,
    again ? anew(record, cx) : null, contested(record, cx), proof(record), button(again ? 'plain' : 'main', HOME, cx.home));
  const coached = told.verdict ? told.verdict.coaching.map((one) => one.message.zh).join('') : '';
  say({ zh: `${title.zh}。${coached}` });
}

/** What the person may say, or said, against it that it was declined. */
function contested(record, cx) {
  const { told } = record;
  if (told.appeal) {
    return standing(told.appeal);
  }
  if (!told.appeal_until) {
    return null;
  }
  const until = moment(told.appeal_until);
  const send = (action, text) => appealCheckin(cx.phone, action, record.checkin, text);
  const done = async (appeal) => {
    record.told = { ...told, appeal, appeal_until: null };
    await shelf.keepCapture(record);
    if (cx.here()) {
      hear(record, cx);
    }
  };
  return el('div', {}, el('p', { class: 'note' }, both({ zh: `${until.zh}前可以申诉。`, en: `You may appeal until ${until.en}.` })),
    offer(cx.phone, record.checkin, send, done));
}

function anew(record, cx, words) {
  const over = words && words === REFUSED['window-closed'];
  return over || !record.task ? null : button('main', AGAIN, () => cx.go(record.task, record.returns_from), 'again');
}

/** The receipt in one line: number and time by the server's clock. */
function proof(record) {
  const { told } = record;
  if (!told || !told.submitted_at) {
    return null;
  }
  const at = moment(told.submitted_at);
  const words = {
    zh: `回执 ${shortNumber(record.checkin)} · ${at.zh} 收到`,
    en: `Receipt ${shortNumber(record.checkin)}, received ${at.en}`,
  };
  return el('p', { class: 'proof' }, both(words));
}

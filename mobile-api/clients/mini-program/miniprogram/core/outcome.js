// What became of a capture, in plain words. Pure.

const { progress, shortNumber } = require('../lib/protocol.js');
const { REFUSED, STATE } = require('../lib/words.js');
const { standing, until } = require('./appeal.js');
const { moment } = require('../lib/moment.js');

const SENDING = { zh: '正在送出', en: 'Sending' };
const KEPT = { zh: '已保存在这部手机里。可以放下手机，不用等。', en: 'Kept on this phone. You need not wait.' };
const RECEIVED = { zh: '已收到，正在核对', en: 'Received; being checked' };
const NOT_TAKEN = { zh: '这次没有交成', en: 'This one was not taken' };

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

/** → `{stage, sign, title, lead, percent, advice, proof, trouble, again, appeal, appealUntil}`; `moved`: `{at, len}` or null; `trouble`: words or null. */
function outcome(record, moved, trouble) {
  const plain = { stage: record.stage, percent: null, advice: [], proof: null, trouble, again: false, appeal: null, appealUntil: null };
  return Object.assign(plain, seen(record, moved || progress(record)));
}

function seen(record, at) {
  if (record.stage === 'ready') {
    return { sign: 'wait', title: SENDING, lead: KEPT, percent: Math.floor((100 * at.at) / Math.max(1, at.len)) };
  }
  if (record.stage === 'handed') {
    return { sign: 'wait', title: RECEIVED, lead: KEPT, proof: proof(record) };
  }
  if (record.stage === 'refused') {
    const { name, words } = record.problem;
    return { sign: 'again', title: NOT_TAKEN, lead: REFUSED[name] || words, again: name !== 'window-closed' && Boolean(record.task), trouble: null };
  }
  return judged(record);
}

function judged(record) {
  const { appeal, state, verdict } = record.told;
  const [sign, title] = LOOKS[state] || ['wait', STATE[state]];
  return {
    sign,
    title,
    lead: SAID[state] || (verdict && verdict.message) || null,
    advice: verdict ? verdict.coaching.map((one) => one.message) : [],
    proof: proof(record),
    again: (state === 'retry' || state === 'asked_again' || state === 'expired') && Boolean(record.task),
    appeal: appeal ? standing(appeal) : null,
    appealUntil: until(record.told),
    trouble: null,
  };
}

/** The receipt in one line: number and time by the server's clock. */
function proof(record) {
  if (!record.told || !record.told.submitted_at) {
    return null;
  }
  const at = moment(record.told.submitted_at);
  const number = shortNumber(record.checkin);
  return { zh: `回执 ${number} · ${at.zh} 收到`, en: `Receipt ${number}, received ${at.en}` };
}

module.exports = { outcome };

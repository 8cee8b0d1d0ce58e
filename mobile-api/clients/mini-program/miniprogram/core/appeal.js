// 申诉: what the person says against a decision, and the answer. Pure.

const { moment } = require('../lib/moment.js');

const CONTEST = { zh: '我不同意，申诉', en: 'I disagree: appeal' };
const WHY = { zh: '为什么不同意', en: 'Why you disagree' };
const EMPTY = { zh: '请写下原因。', en: 'Please write why.' };
const SEND = { zh: '提交申诉', en: 'Send the appeal' };
const RECEIVED = { zh: '已收到。由另一名工作人员处理。', en: 'Received: another officer decides.' };
const FOUND = {
  granted: ['good', { zh: '申诉成立。', en: 'Your appeal was granted.' }],
  upheld: ['warn', { zh: '维持原决定。如不服，可以向检察院反映。', en: 'The decision stands. You may turn to the procurators.' }],
};

/** What was said, and what came of it. */
function standing(appeal) {
  const filed = moment(appeal.filed_at);
  const [tone, found] = appeal.finding ? FOUND[appeal.finding] : ['calm', RECEIVED];
  const answer = appeal.reason ? { zh: `答复：${appeal.reason}`, en: `Answer: ${appeal.reason}` } : null;
  return { title: { zh: `申诉 ${filed.zh}`, en: `Appeal ${filed.en}` }, text: appeal.text, tone, found, answer };
}

/** Until when one may be made, where it still may. */
function until(told) {
  if (told.appeal || !told.appeal_until) {
    return null;
  }
  const at = moment(told.appeal_until);
  return { zh: `${at.zh}前可以申诉。`, en: `You may appeal until ${at.en}.` };
}

module.exports = { CONTEST, EMPTY, RECEIVED, SEND, WHY, standing, until };

// Today, as the first page shows it: what is asked now, what comes, what is on its way. Pure: nothing is drawn here.

import { moment, span } from './moment.js';
import { ATTENDANCE, FACTORS, STATE } from './words.js';

const ANSWERED = ['on_time', 'late', 'excused'];
const CHANNELS = {
  app: { zh: '手机应用', en: 'the app' },
  h5: { zh: '工作人员给的网页', en: 'the page that the officer gave you' },
  mini_program: { zh: '小程序', en: 'the mini-program' },
  kiosk: { zh: '司法所的自助机', en: 'the machine in the office' },
  in_person: { zh: '到司法所当面', en: 'in person at the office' },
};
const KEPT = { zh: '已保存在手机里，连上网就送出', en: 'Kept on this phone; goes out when there is a line' };

/**
 * `answer`: the server's duties; `kept`: captures of this phone; `channel`: what this client is to a plan.
 * → `{duty, title, lead, warn, note, sign, waiting, rows}`: `duty` can be answered here and now, `sign` is `good` or `wait` where nothing is asked.
 */
export function today(answer, kept, channel) {
  const waiting = onTheirWay(kept);
  const asking = answer.duties.filter((duty) => asks(duty) && !waiting.some((record) => record.duty === duty.id));
  const current = asking.find((duty) => duty.attendance === 'due') || asking[0];
  const seen = current ? asked(current, answer.now, channel) : rest(answer, waiting);
  return Object.assign({ duty: null, lead: null, warn: null, note: null, sign: '' }, seen, {
    waiting: waiting.map(stage),
    rows: answer.duties.filter((duty) => duty !== current).map((duty) => row(duty, answer.now)),
  });
}

/** Those of the kept captures that the server has not judged yet. */
export const onTheirWay = (kept) => kept.filter((record) => record.stage === 'ready' || record.stage === 'handed');

/** Where a kept capture is. */
export const stage = (record) => ({ checkin: record.checkin, words: record.stage === 'handed' ? STATE.queued : KEPT });

/** Can and should be answered now. */
function asks(duty) {
  return (duty.phase === 'open' || duty.phase === 'late') && (duty.attendance === 'due' || duty.attendance === 'under_review');
}

function asked(duty, now, channel) {
  if (duty.channels.indexOf(channel) < 0) {
    const ways = duty.channels.map((name) => CHANNELS[name]).filter(Boolean);
    const warn = {
      zh: `这次请用：${ways.map((way) => way.zh).join('、')}。`,
      en: `This time please use ${ways.map((way) => way.en).join(', ')}.`,
    };
    return { title: { zh: '现在要签到', en: 'A check-in is due' }, warn };
  }
  const late = duty.phase === 'late';
  const until = moment(late ? duty.late_until : duty.closes_at, now);
  return {
    duty,
    title: late ? { zh: '签到晚了，请马上签', en: 'Late: please check in now' } : { zh: '现在要签到', en: 'Please check in now' },
    lead: duty.attendance === 'under_review'
      ? { zh: '工作人员正在查看。您也可以再试一次。', en: 'An officer looks at it. You may also try again.' }
      : { zh: `请在${until.zh}前完成。`, en: `Please finish before ${until.en}.` },
    note: { zh: `要做：${FACTORS[duty.factors].zh}`, en: FACTORS[duty.factors].en },
  };
}

/** Nothing is asked right now. */
function rest(answer, waiting) {
  if (waiting.length > 0) {
    return { title: { zh: '签到正在路上', en: 'Your check-in is on its way' } };
  }
  const next = answer.duties.find((duty) => duty.phase === 'upcoming');
  const midnight = (at) => new Date(at).toDateString();
  const done = answer.duties.some((duty) => ANSWERED.indexOf(duty.attendance) >= 0 && midnight(duty.opens_at) === midnight(answer.now));
  const opens = next ? moment(next.opens_at, answer.now) : null;
  return {
    sign: done ? 'good' : 'wait',
    title: done ? { zh: '今天已签到', en: 'Done for today' } : { zh: '现在不用签到', en: 'Nothing to do now' },
    lead: opens
      ? { zh: `下次签到：${opens.zh}开始。`, en: `Next check-in opens ${opens.en}.` }
      : { zh: '有新的签到会显示在这里。', en: 'New check-ins appear here.' },
  };
}

function row(duty, now) {
  return {
    id: duty.id,
    attendance: duty.phase === 'upcoming' ? 'upcoming' : duty.attendance,
    when: { zh: span(duty.opens_at, duty.closes_at, now).zh, en: FACTORS[duty.factors].en },
    words: duty.phase === 'upcoming' ? { zh: '还没开始', en: 'Not open yet' } : ATTENDANCE[duty.attendance],
  };
}

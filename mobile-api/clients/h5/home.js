// Today: what is asked now, what comes, what is on its way.

import { duties } from '../protocol/phone.js';
import { captures } from './keep.js';
import { say } from './speak.js';
import { line } from './trouble.js';
import { ATTENDANCE, FACTORS, STATE, TROUBLE } from './words.js';
import { both, button, clock, el, heading, lead, moment, notice, show, sign } from './view.js';

const GO = { zh: '开始签到', en: 'Check in' };
const ANSWERED = ['on_time', 'late', 'excused'];
const CHANNELS = {
  app: { zh: '手机应用', en: 'the app' },
  mini_program: { zh: '小程序', en: 'the mini-program' },
  kiosk: { zh: '司法所的自助机', en: 'the machine in the office' },
  in_person: { zh: '到司法所当面', en: 'in person at the office' },
};

/** `go(duty)` begins a capture; `hear(record)` shows how one goes on; `unbound(words)` when the server does not know this phone. */
export async function view(cx) {
  let answer = null;
  let trouble = null;
  const kept = await captures();
  show('home', el('h1', { class: 'loading' }, both({ zh: '正在连接', en: 'Connecting' })));
  try {
    answer = navigator.onLine === false ? null : await duties(cx.phone);
    trouble = answer ? null : TROUBLE.offline;
  } catch (error) {
    if (error.kind === 'refused' && error.status === 401) {
      cx.unbound(line(error));
      return;
    }
    trouble = line(error);
  }
  if (!cx.here()) {
    return;
  }
  const all = answer ? answer.duties : [];
  const waiting = kept.filter((record) => record.stage === 'ready' || record.stage === 'handed');
  const asking = all.filter((duty) => asks(duty) && !waiting.some((record) => record.duty === duty.id));
  const current = asking.find((duty) => duty.attendance === 'due') || asking[0];
  show('home', trouble ? troubled(trouble, cx) : top(current, all, answer, waiting, cx),
    waiting.map((record) => onItsWay(record, cx)), comes(all, answer, current));
}

/** Can and should be answered now. */
function asks(duty) {
  return (duty.phase === 'open' || duty.phase === 'late') && (duty.attendance === 'due' || duty.attendance === 'under_review');
}

function troubled(words, cx) {
  return [heading({ zh: '暂时连不上', en: 'No connection' }), notice('bad', words), button('main', { zh: '再连一次', en: 'Try again' }, cx.again)];
}

function top(current, all, answer, waiting, cx) {
  if (!current) {
    return rest(all, answer, waiting);
  }
  if (current.channels.indexOf('h5') < 0) {
    const ways = current.channels.map((name) => CHANNELS[name]).filter(Boolean);
    const words = {
      zh: `这次请用：${ways.map((way) => way.zh).join('、')}。`,
      en: `This time please use ${ways.map((way) => way.en).join(', ')}.`,
    };
    return [heading({ zh: '现在要签到', en: 'A check-in is due' }), notice('warn', words)];
  }
  const late = current.phase === 'late';
  const until = moment(late ? current.late_until : current.closes_at, answer.now);
  const words = current.attendance === 'under_review'
    ? { zh: '工作人员正在查看。您也可以再试一次。', en: 'An officer looks at it. You may also try again.' }
    : { zh: `请在${until.zh}前完成。`, en: `Please finish before ${until.en}.` };
  say({ zh: `现在要签到。${words.zh}请按中间的大按钮。` });
  return [
    heading(late ? { zh: '签到晚了，请马上签', en: 'Late: please check in now' } : { zh: '现在要签到', en: 'Please check in now' }),
    lead(words),
    el('div', { class: 'round' }, button('big', GO, () => cx.go(current), 'go')),
    el('p', { class: 'note' }, both({ zh: `要做：${FACTORS[current.factors].zh}`, en: FACTORS[current.factors].en })),
  ];
}

/** Nothing is asked right now. */
function rest(all, answer, waiting) {
  const next = all.find((duty) => duty.phase === 'upcoming');
  const midnight = (at) => new Date(at).toDateString();
  const done = all.some((duty) => ANSWERED.indexOf(duty.attendance) >= 0 && midnight(duty.opens_at) === midnight(answer.now));
  if (waiting.length > 0) {
    return heading({ zh: '签到正在路上', en: 'Your check-in is on its way' });
  }
  const opens = next ? moment(next.opens_at, answer.now) : null;
  const words = opens
    ? { zh: `下次签到：${opens.zh}开始。`, en: `Next check-in opens ${opens.en}.` }
    : { zh: '有新的签到会显示在这里。', en: 'New check-ins appear here.' };
  return el('div', { class: 'rest' }, sign(done ? 'good' : 'wait'),
    heading(done ? { zh: '今天已签到', en: 'Done for today' } : { zh: '现在不用签到', en: 'Nothing to do now' }), lead(words));
}

function onItsWay(record, cx) {
  const words = record.stage === 'handed' ? STATE.queued : { zh: '已保存在手机里，连上网就送出', en: 'Kept on this phone; goes out when there is a line' };
  const box = notice('calm', words, button('plain', { zh: '看看进度', en: 'See how it goes' }, () => cx.hear(record)));
  return box;
}

function comes(all, answer, current) {
  const rows = all.filter((duty) => duty !== current).map((duty) => {
    const opens = moment(duty.opens_at, answer.now);
    const words = duty.phase === 'upcoming' ? { zh: '还没开始', en: 'Not open yet' } : ATTENDANCE[duty.attendance];
    return el('li', { class: duty.attendance },
      el('span', {}, both({ zh: `${opens.zh}—${clock(duty.closes_at)}`, en: FACTORS[duty.factors].en })), el('b', {}, both(words)));
  });
  if (rows.length === 0) {
    return null;
  }
  return el('section', { class: 'card' }, el('h2', {}, both({ zh: '昨天、今天和明天', en: 'Yesterday, today, tomorrow' })), el('ul', { class: 'rows' }, rows));
}

// Today: what is asked now, what comes, what is on its way.

import { duties } from '../protocol/phone.js';
import { captures } from './keep.js';
import { say } from './speak.js';
import { onTheirWay, stage, today } from './today.js';
import { line } from './trouble.js';
import { TROUBLE } from './words.js';
import { both, button, el, heading, lead, notice, show, sign } from './view.js';

const CHANNEL = 'h5';
const GO = { zh: '开始签到', en: 'Check in' };

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
  const onItsWay = (one) => notice('calm', one.words,
    button('plain', { zh: '看看进度', en: 'See how it goes' }, () => cx.hear(kept.find((record) => record.checkin === one.checkin))));
  if (trouble) {
    show('home', troubled(trouble, cx), onTheirWay(kept).map(stage).map(onItsWay));
    return;
  }
  const seen = today(answer, kept, CHANNEL);
  show('home', top(seen, cx), seen.waiting.map(onItsWay), comes(seen.rows));
}

function troubled(words, cx) {
  return [heading({ zh: '暂时连不上', en: 'No connection' }), notice('bad', words), button('main', { zh: '再连一次', en: 'Try again' }, cx.again)];
}

function top(seen, cx) {
  if (seen.warn) {
    return [heading(seen.title), notice('warn', seen.warn)];
  }
  if (!seen.duty) {
    return seen.sign ? el('div', { class: 'rest' }, sign(seen.sign), heading(seen.title), lead(seen.lead)) : heading(seen.title);
  }
  say({ zh: `现在要签到。${seen.lead.zh}请按中间的大按钮。` });
  return [
    heading(seen.title),
    lead(seen.lead),
    el('div', { class: 'round' }, button('big', GO, () => cx.go(seen.duty), 'go')),
    el('p', { class: 'note' }, both(seen.note)),
  ];
}

function comes(rows) {
  if (rows.length === 0) {
    return null;
  }
  const lines = rows.map((row) => el('li', { class: row.attendance }, el('span', {}, both(row.when)), el('b', {}, both(row.words))));
  return el('section', { class: 'card' }, el('h2', {}, both({ zh: '昨天、今天和明天', en: 'Yesterday, today, tomorrow' })), el('ul', { class: 'rows' }, lines));
}

// Points of a month, and an appeal against what took some.

import { appeal, points } from '../protocol/phone.js';
import { offer } from './appeal.js';
import { moment } from './moment.js';
import { line } from './trouble.js';
import { both, button, el, heading, notice, show } from './view.js';

const w = (zh, en) => ({ zh, en });
/** How many months back one may look. */
const MONTHS_BACK = 12;

export function view(cx) {
  return month(cx, 0);
}

function name(back) {
  const today = new Date();
  const date = new Date(today.getFullYear(), today.getMonth() - back, 1);
  return `${date.getFullYear()}-${date.getMonth() < 9 ? '0' : ''}${date.getMonth() + 1}`;
}

async function month(cx, back) {
  const title = name(back);
  const turn = el('div', { class: 'pair' },
    back < MONTHS_BACK ? button('plain', w('上个月', 'Month before'), () => month(cx, back + 1)) : null,
    back > 0 ? button('plain', w('下个月', 'Month after'), () => month(cx, back - 1)) : null);
  const box = el('div', {});
  show('points', heading(w(`积分 ${title.replace('-', '年')}月`, `Points ${title}`)), box, turn);
  try {
    const sheet = await points(cx.phone, title);
    if (cx.here()) {
      box.append(...sums(sheet), ...sheet.lines.map((entry) => card(entry, cx)));
    }
  } catch (error) {
    if (cx.here()) {
      box.append(notice('warn', line(error)));
    }
  }
}

function sums(sheet) {
  const row = (words, value) => el('li', {}, el('span', {}, both(words)), el('b', {}, String(value)));
  return [el('ul', { class: 'rows card' }, row(w('月初', 'At the beginning'), sheet.opening), row(w('每月基础分', 'Everybody\'s base'), sheet.base),
    row(w('本月合计', 'This month'), sheet.total), row(w('现在', 'Now'), sheet.closing))];
}

function card(entry, cx) {
  const counted = entry.counted > 0 ? `+${entry.counted}` : String(entry.counted);
  const open = entry.points < 0 && !entry.reversed_by;
  const send = (action, text) => appeal(cx.phone, action, entry.entry, text);
  return el('article', { class: 'card' }, el('h2', {}, both(entry.title)), el('p', {}, both(w(`${counted} 分 · ${moment(entry.at).zh}`, moment(entry.at).en))),
    entry.fact.zh ? el('p', {}, both(entry.fact)) : null, entry.reason ? el('p', {}, entry.reason) : null,
    open ? offer(cx.phone, entry.entry, send, () => {}) : null);
}

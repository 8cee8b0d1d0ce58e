// What is stored of the person, until when, who looked; and how to take this phone out.

import { stored } from '../protocol/phone.js';
import { forget } from './keep.js';
import { moment } from './moment.js';
import { line } from './trouble.js';
import { both, button, el, heading, lead, notice, show } from './view.js';

const w = (zh, en) => ({ zh, en });

export async function view(cx) {
  const box = el('div', {});
  show('about', heading(w('我的信息', 'My data')), lead(w('系统存了什么，存到什么时候，谁看过。', 'What is stored, until when, and who looked.')), box, leaving(cx));
  try {
    const answer = await stored(cx.phone);
    if (cx.here()) {
      box.append(...cards(answer));
    }
  } catch (error) {
    if (cx.here()) {
      box.append(notice('warn', line(error)));
    }
  }
}

function cards(answer) {
  const held = answer.held.map((one) => {
    const newest = one.newest_at ? moment(one.newest_at) : null;
    return el('li', {}, el('span', {}, both(one.what), newest ? el('em', {}, both(w(`最近 ${newest.zh}`, `newest ${newest.en}`))) : null),
      el('b', {}, String(one.count)));
  });
  const looks = answer.looks.map((look) => {
    const at = moment(look.at);
    return el('li', {}, el('span', {}, both(look.what), el('em', {}, both(w(at.zh, at.en)))), el('b', {}, both(look.who)));
  });
  return [
    el('section', { class: 'card' }, el('h2', {}, both(w('存了什么', 'What is stored'))), el('ul', { class: 'rows' }, held), el('p', {}, both(answer.until))),
    el('section', { class: 'card' }, el('h2', {}, both(w('谁看过您的照片和录音', 'Who looked at your pictures and recordings'))),
      looks.length > 0 ? el('ul', { class: 'rows' }, looks) : el('p', {}, both(w('最近没有人看过。', 'Nobody, lately.')))),
  ];
}

/** Forgets what this phone holds; the office still has what was handed in. */
function leaving(cx) {
  const told = el('div', { 'aria-live': 'polite' });
  const sure = () => {
    told.textContent = '';
    told.append(notice('warn', w('清除后，这部手机不能再签到，要重新绑定。没有送出的内容会丢失。',
      'After this the phone can no longer check in until it is linked again. What was not sent is lost.'),
    button('danger', w('确定清除', 'Yes, clear it'), async () => {
      await forget();
      cx.unbound(null);
    })));
  };
  return el('section', { class: 'card' }, el('h2', {}, both(w('换手机', 'Another phone'))),
    button('plain', w('清除这部手机里的内容', 'Clear this phone'), sure), told);
}

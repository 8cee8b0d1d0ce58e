// 申诉: what the person says against a decision, and the answer.

import { newAction } from '../protocol/phone.js';
import { moment } from './moment.js';
import { line } from './trouble.js';
import { both, button, el, notice } from './view.js';

const w = (zh, en) => ({ zh, en });
const CONTEST = w('我不同意，申诉', 'I disagree: appeal');
const RECEIVED = w('已收到。由另一名工作人员处理。', 'Received: another officer decides.');
const FOUND = {
  granted: ['good', w('申诉成立。', 'Your appeal was granted.')],
  upheld: ['warn', w('维持原决定。如不服，可以向检察院反映。', 'The decision stands. You may turn to the procurators.')],
};

/** A button that becomes the form. `send(action, text)` hands it in; `done` is called when it was taken. */
export function offer(phone, id, send, done) {
  const box = el('div', {});
  box.append(button('plain', CONTEST, () => {
    box.textContent = '';
    box.append(form(phone, id, send, done));
    box.querySelector('textarea').focus();
  }, `contest-${id}`));
  return box;
}

function form(phone, id, send, done) {
  const name = `why-${id}`;
  const action = newAction(phone);
  const told = el('div', { 'aria-live': 'polite' });
  const submit = async (event) => {
    event.preventDefault();
    const text = event.target.elements[name].value.trim();
    told.textContent = '';
    if (!text) {
      told.append(notice('warn', w('请写下原因。', 'Please write why.')));
      return;
    }
    try {
      const taken = await send(action, text);
      told.append(notice('good', RECEIVED));
      event.target.querySelector('button').remove();
      await done(taken);
    } catch (error) {
      told.append(notice('bad', line(error)));
    }
  };
  return el('form', { novalidate: true, on: { submit } }, el('label', { for: name }, both(w('为什么不同意', 'Why you disagree'))),
    el('textarea', { id: name, name, rows: 4, maxlength: 1000 }), told,
    el('button', { type: 'submit', class: 'main' }, el('span', {}, both(w('提交申诉', 'Send the appeal')))));
}

/** What was said, and what came of it. */
export function standing(appeal) {
  const filed = moment(appeal.filed_at);
  const [look, words] = appeal.finding ? FOUND[appeal.finding] : ['calm', RECEIVED];
  return el('section', { class: 'card', id: 'appeal' }, el('h2', {}, both(w(`申诉 ${filed.zh}`, `Appeal ${filed.en}`))), el('p', {}, appeal.text),
    notice(look, words), appeal.reason ? el('p', { class: 'answer' }, both(w(`答复：${appeal.reason}`, `Answer: ${appeal.reason}`))) : null);
}

// Links this phone to a person by the code of an officer: typed, or from a link's fragment, which no server and no log ever sees.

import { activate, newAction } from '../protocol/phone.js';
import { drop, get, put } from './keep.js';
import { connect, newKey } from './link.js';
import { line } from './trouble.js';
import { say } from './speak.js';
import { both, button, el, heading, lead, notice, show } from './view.js';

const TITLE = { zh: '绑定这部手机', en: 'Link this phone' };
const LEAD = { zh: '请输入工作人员给您的激活码。', en: 'Please enter the code that the officer gave you.' };
const LEAD_LINK = { zh: '激活码已填好，请按下面的按钮。', en: 'The code is filled in: please press the button.' };
const GO = { zh: '绑定', en: 'Link' };
const BUSY = { zh: '正在绑定，请稍等', en: 'Linking, please wait' };
const EMPTY = { zh: '请先输入激活码。', en: 'Please enter the code first.' };
const LABEL_LEN_MAX = 200;

/** The code of a link such as `…/h5/#code=ABCD`, taken out of the address at once. */
export function codeOfLink() {
  const found = /[#&]code=([^&]+)/.exec(location.hash);
  if (!found) {
    return null;
  }
  history.replaceState(null, '', location.pathname);
  try {
    return decodeURIComponent(found[1]);
  } catch (_) {
    return null;
  }
}

/** Asks for the code; `done(phone)` once the phone is linked. */
export function view(phone, code, trouble, done) {
  const field = el('input', {
    id: 'code', type: 'text', value: code || null, autocomplete: 'one-time-code', autocapitalize: 'characters', spellcheck: 'false',
    maxlength: 64, required: true, 'aria-describedby': 'told',
  });
  const told = el('div', { id: 'told', 'aria-live': 'polite' }, trouble ? notice('warn', trouble) : null);
  const go = el('button', { type: 'submit', class: 'main' }, el('span', {}, both(GO)));
  const submit = async (event) => {
    event.preventDefault();
    told.textContent = '';
    if (!field.value.trim()) {
      told.append(notice('warn', EMPTY));
      field.focus();
      return;
    }
    go.disabled = true;
    told.append(notice('calm', BUSY));
    try {
      done(await link(phone, field.value.trim()));
    } catch (error) {
      told.textContent = '';
      told.append(notice('bad', line(error)));
      go.disabled = false;
    }
  };
  show('activate', heading(TITLE), lead(code ? LEAD_LINK : LEAD),
    el('form', { class: 'card', novalidate: true, on: { submit } },
      el('label', { for: 'code' }, both({ zh: '激活码', en: 'Code' })), field, told, go));
  say(code ? LEAD_LINK : LEAD);
}

/** The same code asks under the same key again, so that a lost answer costs nothing. */
async function link(phone, code) {
  let begun = await get('activation');
  if (!begun || begun.code !== code) {
    begun = { code, action: newAction(phone) };
    await put('activation', begun);
  }
  const label = navigator.userAgent.slice(0, LABEL_LEN_MAX);
  let linked = phone;
  let device = null;
  try {
    device = await activate(phone, begun.action, code, label, 'h5');
  } catch (error) {
    // The key of an earlier time is known and no longer taken: the code gets a new one.
    if (error.name !== 'device-revoked' && error.name !== 'device-key-taken') {
      throw error;
    }
    await newKey();
    linked = await connect();
    device = await activate(linked, newAction(phone), code, label, 'h5');
  }
  await put('device', device);
  await drop('activation');
  return linked;
}

/** A button to the same view for those who changed phones. */
export function again(press) {
  return button('plain', { zh: '输入新的激活码', en: 'Enter a new code' }, press);
}

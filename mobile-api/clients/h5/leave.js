// Leave: asked for, looked at, taken back, returned from.

import { askLeave, duties, leaves, newAction, withdrawLeave } from '../protocol/phone.js';
import { moment } from './moment.js';
import { line } from './trouble.js';
import { BACK } from './words.js';
import { both, button, el, heading, lead, notice, show } from './view.js';

const w = (zh, en) => ({ zh, en });
const PURPOSES = {
  medical: w('看病', 'Medical'), family: w('家里有事', 'Family'), work: w('工作', 'Work'), study: w('上学', 'Study'),
  litigation: w('打官司', 'Court'), other: w('其他', 'Other'),
};
const STATES = {
  requested: w('已提交，等待审批', 'Asked for'), reviewed: w('审批中', 'Under review'), approved: w('已批准', 'Approved'),
  recalled: w('要求提前返回', 'Called back'), refused: w('没有批准', 'Refused'), withdrawn: w('已撤回', 'Withdrawn'),
  cancelled: w('已取消', 'Cancelled'), returned: w('已销假', 'Returned'), replaced: w('已被新申请代替', 'Replaced'),
};
/** A request at shorter notice is an emergency (实施办法). */
const NOTICE_DAYS = 3;
const NONE = w('还没有请过假。要离开本地，请先申请。', 'No leave so far. Ask before you travel.');
const DAY_MS = 86400000;

export async function view(cx) {
  show('leave', heading(w('请假', 'Leave')), button('main', w('申请请假', 'Ask for leave'), () => form(cx), 'ask'), el('div', { id: 'list' }));
  const list = document.getElementById('list');
  try {
    const all = await leaves(cx.phone);
    if (cx.here()) {
      list.append(...(all.length > 0 ? all.slice().reverse().map((leave) => card(leave, cx)) : [lead(NONE)]));
    }
  } catch (error) {
    if (cx.here()) {
      list.append(notice('bad', line(error)));
    }
  }
}

function card(leave, cx) {
  const { request } = leave;
  const [from, until] = [moment(request.from), moment(leave.due_at)];
  const where = request.destinations.map((place) => [place.province, place.city, place.county, place.address].filter(Boolean).join(' ')).join('；');
  const away = (leave.state === 'approved' || leave.state === 'recalled') && request.kind !== 'standing' && Date.parse(request.from) <= Date.now();
  const pending = leave.state === 'requested' || leave.state === 'reviewed';
  const told = el('div', { 'aria-live': 'polite' });
  const last = leave.steps.length > 0 ? leave.steps[leave.steps.length - 1].reason : '';
  return el('article', { class: 'card' },
    el('h2', {}, both(w(`${PURPOSES[request.purpose].zh}：${STATES[leave.state].zh}`, `${PURPOSES[request.purpose].en}: ${STATES[leave.state].en}`))),
    el('p', {}, both(w(`${from.zh} 到 ${until.zh}`, `${from.en} to ${until.en}`))), el('p', {}, where), last ? el('p', {}, last) : null, told,
    pending ? button('plain', w('撤回', 'Take back'), (event) => withdraw(event, leave, cx, told)) : null,
    away ? button('main', w('我回来了，签到销假', 'I am back: check in'), () => goBack(leave, cx, told)) : null);
}

async function withdraw(event, leave, cx, told) {
  event.currentTarget.disabled = true;
  try {
    await withdrawLeave(cx.phone, newAction(cx.phone), leave.id);
    view(cx);
  } catch (error) {
    told.append(notice('bad', line(error)));
  }
}

/** A return is said by the check-in that is due. */
async function goBack(leave, cx, told) {
  told.textContent = '';
  try {
    const due = (await duties(cx.phone)).duties.find((duty) => (duty.phase === 'open' || duty.phase === 'late') && duty.attendance === 'due');
    if (due) {
      cx.go(due, leave.id);
    } else {
      told.append(notice('warn', w('现在没有要签的到。请到司法所当面销假。', 'No check-in is due now: please report at the justice office.')));
    }
  } catch (error) {
    told.append(notice('bad', line(error)));
  }
}

function field(id, words, attributes) {
  return [el('label', { for: id }, both(words)), el('input', Object.assign({ id, name: id, required: true }, attributes))];
}

function form(cx) {
  cx.enter('leave');
  const told = el('div', { 'aria-live': 'polite' });
  const action = newAction(cx.phone);
  const ask = el('button', { type: 'submit', class: 'main' }, el('span', {}, both(w('提交', 'Send'))));
  const purposes = Object.keys(PURPOSES).map((code) => el('option', { value: code }, `${PURPOSES[code].zh} ${PURPOSES[code].en}`));
  const submit = async (event) => {
    event.preventDefault();
    told.textContent = '';
    if (!event.currentTarget.checkValidity()) {
      told.append(notice('warn', w('请把每一项都填好。', 'Please fill in every field.')));
      const first = event.currentTarget.querySelector(':invalid');
      first.focus();
      return;
    }
    ask.disabled = true;
    try {
      await askLeave(cx.phone, action, wanted(event.target.elements));
      view(cx);
    } catch (error) {
      ask.disabled = false;
      told.append(notice('bad', refused(error)));
    }
  };
  show('leave', heading(w('申请请假', 'Ask for leave')), el('form', { class: 'card', novalidate: true, on: { submit } },
    el('label', { for: 'purpose' }, both(w('为什么', 'Why'))), el('select', { id: 'purpose', name: 'purpose' }, purposes),
    field('reason', w('具体原因', 'Reason'), { maxlength: 200 }),
    field('from', w('什么时候走', 'From'), { type: 'datetime-local' }), field('until', w('什么时候回来', 'Back by'), { type: 'datetime-local' }),
    field('province', w('去哪个省', 'Province'), { maxlength: 40, autocomplete: 'address-level1' }),
    field('city', w('去哪个市', 'City'), { maxlength: 40, autocomplete: 'address-level2' }),
    field('county', w('县或区（没有可不填）', 'County, if any'), { maxlength: 40, required: false }),
    field('address', w('详细地址', 'Address'), { maxlength: 200 }), told, ask), button('plain', BACK, () => view(cx)));
}

function wanted(fields) {
  const at = (name) => new Date(fields[name].value);
  const soon = at('from').getTime() - Date.now() < NOTICE_DAYS * DAY_MS;
  const place = {};
  ['province', 'city', 'county', 'address'].forEach((name) => {
    place[name] = fields[name].value.trim();
  });
  return {
    kind: soon ? 'emergency' : 'ordinary',
    from: at('from').toISOString(),
    until: at('until').toISOString(),
    purpose: fields.purpose.value,
    reason: fields.reason.value.trim(),
    destinations: [place],
  };
}

function refused(error) {
  const words = line(error);
  return error.facts && error.facts.field ? w(`${words.zh}：${words.en}`, null) : words;
}

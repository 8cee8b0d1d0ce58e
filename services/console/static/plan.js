// The editor of a plan. It writes what the API takes, and shows what the API says would follow; nothing is decided here.

const PREVIEW_DAYS = 34;
const SETTLE_MS = 350;

const place = document.getElementById('plan');
const person = `/v1/console/persons/${place.dataset.person}`;
const list = document.getElementById('rules');
const blank = document.getElementById('rule');
let zone = 'Asia/Shanghai';
let waiting = null;
let asked = 0;

function say(element, zh, en) {
  const english = document.createElement('span');
  english.lang = 'en';
  english.textContent = en;
  element.replaceChildren(`${zh} `, english);
}

function note(id, zh, en) {
  for (const other of ['wrong', 'done']) document.getElementById(other).hidden = other !== id;
  if (!id) return;
  const line = document.createElement('p');
  say(line, zh, en);
  document.getElementById(id).replaceChildren(line);
}

async function call(method, path, body) {
  const headers = { 'x-muster-csrf': document.body.dataset.csrf, accept: 'application/json' };
  if (body) Object.assign(headers, { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() });
  const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  const read = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(read.title), { problem: read });
  return read;
}

// --- a rule as a form

const field = (form, name) => form.querySelector(`[data-field=${name}]`);

function arrange(form) {
  const [kind, freq] = [field(form, 'kind').value, field(form, 'freq').value];
  for (const part of form.querySelectorAll('[data-when]')) part.hidden = ![kind, freq].includes(part.dataset.when);
}

function add(rule) {
  const form = blank.content.cloneNode(true).querySelector('.rule');
  if (rule) fill(form, rule);
  form.kept = rule ? rule.channels : null;
  if (!form.kept) field(form, 'channels').querySelector('[value=kept]').remove();
  form.querySelector('.remove').addEventListener('click', () => {
    form.remove();
    soon();
  });
  list.append(form);
  arrange(form);
  return form;
}

function fill(form, rule) {
  const parts = Object.fromEntries(rule.days.split(';').map((part) => part.split('=')));
  const set = (name, value) => { field(form, name).value = value; };
  set('freq', parts.FREQ);
  for (const day of (parts.BYDAY || '').split(',')) {
    const box = form.querySelector(`[data-day="${day}"]`);
    if (box) box.checked = true;
  }
  if (parts.BYMONTHDAY) set('monthday', parts.BYMONTHDAY);
  // Days that these fields cannot say stay as they are until somebody changes them.
  form.days = rule.days;
  set('on', rule.on);
  set('factors', rule.factors);
  set('channels', rule.channels.length === 5 ? 'all' : 'kept');
  field(form, 'location').checked = rule.location_required;
  set('grace', rule.grace_min);
  const { times } = rule;
  set('kind', times.kind);
  set('from', (times.opens || times.from).slice(0, 5));
  set('until', (times.closes || times.until).slice(0, 5));
  if (times.kind === 'random') {
    set('count', times.count);
    set('every', times.every);
    set('answer', times.answer_min);
    set('gap', times.gap_min);
  }
}

function read(form) {
  const get = (name) => field(form, name).value;
  const number = (name) => Number(get(name));
  const days = [...form.querySelectorAll('[data-day]:checked')].map((box) => box.dataset.day);
  const ways = { DAILY: 'FREQ=DAILY', WEEKLY: `FREQ=WEEKLY;BYDAY=${days.join(',') || 'MO'}`, MONTHLY: `FREQ=MONTHLY;BYMONTHDAY=${number('monthday')}` };
  const times = get('kind') === 'window'
    ? { kind: 'window', opens: get('from'), closes: get('until') }
    : { kind: 'random', from: get('from'), until: get('until'), count: number('count'), every: get('every'), answer_min: number('answer'), gap_min: number('gap') };
  const rule = { days: form.days || ways[get('freq')], on: get('on'), times, factors: get('factors'), location_required: field(form, 'location').checked };
  rule.grace_min = number('grace');
  if (get('channels') === 'office') rule.channels = ['kiosk', 'in_person'];
  if (get('channels') === 'kept') rule.channels = form.kept;
  return rule;
}

function plan() {
  const value = (id) => document.getElementById(id).value;
  const rules = [...list.querySelectorAll('.rule')].map(read);
  return { zone, quiet: { from: value('quiet-from'), until: value('quiet-until') }, rules, effective_from: value('effective') || null };
}

// --- what would follow

function days(first, count) {
  const start = new Date(`${first}T00:00:00Z`);
  return Array.from({ length: count }, (_, index) => new Date(start.getTime() + index * 86_400_000).toISOString().slice(0, 10));
}

async function preview() {
  waiting = null;
  asked += 1;
  const turn = asked;
  const wanted = plan();
  const first = wanted.effective_from || place.dataset.today;
  const shown = days(first, PREVIEW_DAYS + 1);
  try {
    const { entries } = await call('POST', `${person}/plan/preview`, { plan: wanted, first, last: shown[PREVIEW_DAYS] });
    if (turn !== asked) return;
    note(null);
    draw(shown, entries);
  } catch (error) {
    if (turn !== asked) return;
    const { problem } = error;
    note('wrong', problem ? problem.title : '服务器没有应答', problem ? problem.detail : String(error));
  }
}

function draw(shown, entries) {
  const grid = document.getElementById('preview');
  const cells = [];
  for (const day of ['一', '二', '三', '四', '五', '六', '日']) {
    const head = document.createElement('span');
    head.className = 'month-head';
    head.textContent = day;
    cells.push(head);
  }
  const weekday = (new Date(`${shown[0]}T00:00:00Z`).getUTCDay() + 6) % 7;
  for (let index = 0; index < weekday; index += 1) cells.push(document.createElement('span'));
  for (const day of shown) {
    const cell = document.createElement('span');
    cell.className = 'month-day';
    const number = document.createElement('span');
    number.className = 'month-number';
    number.textContent = day.slice(5);
    cell.append(number);
    for (const entry of entries.filter((one) => one.day <= day && day <= one.last)) {
      const mark = document.createElement('span');
      const week = entry.day !== entry.last;
      mark.className = `due ${entry.unannounced ? 'random' : 'fixed'}`;
      const hours = `${entry.opens.slice(0, 5)}–${entry.closes.slice(0, 5)}`;
      mark.textContent = entry.unannounced ? `${week ? '本周' : ''}抽${entry.count}` : hours;
      mark.title = entry.unannounced ? `${hours} 随机 ${entry.count} 次 at random` : hours;
      cell.append(mark);
    }
    cells.push(cell);
  }
  grid.replaceChildren(...cells);
}

function soon() {
  if (waiting !== null) clearTimeout(waiting);
  waiting = setTimeout(preview, SETTLE_MS);
}

// --- the page

list.addEventListener('input', (event) => {
  const form = event.target.closest('.rule');
  if (event.target.matches('[data-day], [data-field=freq], [data-field=monthday]')) form.days = null;
  arrange(form);
  soon();
});
for (const id of ['effective', 'quiet-from', 'quiet-until']) document.getElementById(id).addEventListener('input', soon);
document.getElementById('add').addEventListener('click', () => {
  add(null).querySelector('select').focus();
  soon();
});
document.getElementById('template').addEventListener('click', async () => {
  const { templates } = await call('GET', '/v1/console/plan-templates');
  const found = templates.find((one) => one.level === place.dataset.level);
  list.replaceChildren();
  for (const rule of found.rules) add(rule);
  soon();
});
document.getElementById('rules-form').addEventListener('submit', async (event) => {
  event.preventDefault();
  try {
    const saved = await call('POST', `${person}/plan`, plan());
    say(document.getElementById('version'), `第 ${saved.version} 版`, `version ${saved.version}`);
    note('done', `已保存为第 ${saved.version} 版，新产生 ${saved.duties} 项任务。`, `Saved as version ${saved.version}; ${saved.duties} duties were made.`);
  } catch (error) {
    const { problem } = error;
    note('wrong', problem ? problem.title : '服务器没有应答', problem ? problem.detail : String(error));
  }
});

const { plans } = await call('GET', `${person}/plan`);
if (plans.length > 0) {
  const [newest] = plans;
  zone = newest.zone;
  document.getElementById('quiet-from').value = newest.quiet.from.slice(0, 5);
  document.getElementById('quiet-until').value = newest.quiet.until.slice(0, 5);
  say(document.getElementById('version'), `当前第 ${newest.version} 版`, `version ${newest.version}`);
  for (const rule of newest.rules) add(rule);
} else {
  say(document.getElementById('version'), '尚无方案', 'no plan yet');
  add(null);
}
soon();

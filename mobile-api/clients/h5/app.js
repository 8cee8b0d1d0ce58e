// The page's frame: what the browser lacks, whose phone this is, which view is shown. The first screen waits for nothing that it does
// not show: what it can do without comes right after it.

import * as activation from './activate.js';
import * as home from './home.js';
import { get, tidy } from './keep.js';
import { connect } from './link.js';
import * as speak from './speak.js';
import { lacking } from './trouble.js';
import { AGAIN, TROUBLE } from './words.js';
import { both, button, el, heading, notice, show } from './view.js';

const PARTS = {
  capture: () => import('./capture.js'),
  outcome: () => import('./outcome.js'),
  leave: () => import('./leave.js'),
  points: () => import('./points.js'),
  receipts: () => import('./receipts.js'),
  about: () => import('./about.js'),
};
const TABS = [
  ['home', { zh: '签到', en: 'Check-in' }],
  ['leave', { zh: '请假', en: 'Leave' }],
  ['points', { zh: '积分', en: 'Points' }],
  ['receipts', { zh: '回执', en: 'Receipts' }],
  ['about', { zh: '我的', en: 'Me' }],
];

let phone = null;
/** Counts views, so that one that was left paints nothing any more. */
let entered = 0;

/** What a view may use of the frame. */
function frame(at) {
  const cx = {
    get phone() {
      return phone;
    },
    here: () => at.view === entered,
    enter: (tab) => enter(at, tab),
    // A place of its own: what was entered before must not take itself for still there.
    go: (duty, returnsFrom) => {
      const there = { view: 0 };
      enter(there, 'capture');
      part(there, 'capture', (capture) => capture.begin(frame(there), duty, returnsFrom));
    },
    hear: (record) => part(at, 'outcome', (outcome) => outcome.hear(record, cx)),
    home: () => open('home'),
    again: () => open('home'),
    unbound: (words) => ask(words),
  };
  return cx;
}

/** Uses a part of the page once it is here, if one still is where it was asked for. */
async function part(at, name, use) {
  let module = null;
  try {
    [module] = await Promise.all([PARTS[name](), deliver()]);
  } catch (_) {
    if (at.view === entered) {
      // Browsers remember that a module did not come: only opening the page again asks anew.
      show('trouble', heading({ zh: '暂时连不上', en: 'No connection' }), notice('bad', TROUBLE.offline),
        button('main', AGAIN, () => location.reload()));
    }
    return;
  }
  if (at.view === entered) {
    await use(module);
  }
}

/** Brings kept captures to the server. */
async function deliver() {
  const courier = await import('./courier.js');
  courier.start(phone);
}

/** Brings what the first screen did without, so that nothing is missing should the line go. */
async function rest() {
  await Promise.all(Object.keys(PARTS).map((name) => PARTS[name]()));
}

function enter(at, tab) {
  entered += 1;
  at.view = entered;
  mark(tab);
}

async function open(tab) {
  const at = { view: 0 };
  enter(at, tab);
  speak.hush();
  if (location.hash !== `#/${tab}`) {
    history.replaceState(null, '', `#/${tab}`);
  }
  await (PARTS[tab] ? part(at, tab, (module) => module.view(frame(at))) : home.view(frame(at)));
}

/** Shows which tab one is in; while a capture runs there are none, so that nothing is pressed by mistake. */
function mark(tab) {
  const tabs = document.getElementById('tabs');
  tabs.hidden = tab === 'capture' || tab === 'activate';
  Array.from(tabs.children).forEach((link) => {
    if (link.getAttribute('data-tab') === tab) {
      link.setAttribute('aria-current', 'page');
    } else {
      link.removeAttribute('aria-current');
    }
  });
}

async function ask(words) {
  entered += 1;
  mark('activate');
  phone = await connect();
  activation.view(phone, activation.codeOfLink(), words, (linked) => {
    phone = linked;
    deliver().catch(() => {});
    open('home');
  });
}

function frameOnce() {
  const tabs = document.getElementById('tabs');
  TABS.forEach(([name, words]) => tabs.append(el('a', { href: `#/${name}`, 'data-tab': name }, both(words))));
  const voice = document.getElementById('voice');
  const label = () => {
    const on = speak.speaking();
    voice.textContent = '';
    voice.append(...both(on ? { zh: '声音 开', en: 'Voice on' } : { zh: '声音 关', en: 'Voice off' }));
    voice.setAttribute('aria-pressed', String(on));
  };
  if (speak.able()) {
    voice.hidden = false;
    label();
    voice.addEventListener('click', () => speak.toggle().then(label));
  }
  // A capture leaves the address as it is, so a press counts even where the address stays the same.
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#/"]');
    if (link) {
      event.preventDefault();
    }
    if (link && !tabs.hidden) {
      open(link.getAttribute('href').slice(2));
    }
  });
  self.addEventListener('hashchange', () => {
    const code = /[#&]code=/.test(location.hash);
    const tab = location.hash.replace('#/', '');
    if (code) {
      ask(null);
    } else if (!document.getElementById('tabs').hidden && TABS.some(([name]) => name === tab)) {
      open(tab);
    }
  });
}

async function start() {
  const words = await lacking(() => get('device'));
  if (words) {
    show('trouble', heading({ zh: '现在打不开', en: 'This cannot open now' }), notice('bad', words),
      button('main', { zh: '再试一次', en: 'Try again' }, () => location.reload()));
    return;
  }
  await speak.restore();
  frameOnce();
  await tidy();
  await first();
  await rest().catch(() => {});
  if ('serviceWorker' in navigator) {
    navigator.serviceWorker.register('sw.js').catch(() => {});
  }
}

/** The first screen: a code where the phone is nobody's yet, else the tab of the address. */
async function first() {
  if (!(await get('device')) || /[#&]code=/.test(location.hash)) {
    await ask(null);
    return;
  }
  phone = await connect();
  deliver().catch(() => {});
  await open((TABS.find(([name]) => location.hash === `#/${name}`) || TABS[0])[0]);
}

start();

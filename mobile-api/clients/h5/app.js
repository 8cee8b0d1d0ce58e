// The page's frame: what the browser lacks, whose phone this is, which view is shown.

import * as about from './about.js';
import * as activation from './activate.js';
import { begin } from './capture.js';
import * as courier from './courier.js';
import * as home from './home.js';
import { get, tidy } from './keep.js';
import * as leave from './leave.js';
import { connect } from './link.js';
import * as points from './points.js';
import * as receipts from './receipts.js';
import * as speak from './speak.js';
import { lacking } from './trouble.js';
import { both, button, el, heading, notice, show } from './view.js';

const TABS = [
  ['home', { zh: '签到', en: 'Check-in' }, home],
  ['leave', { zh: '请假', en: 'Leave' }, leave],
  ['points', { zh: '积分', en: 'Points' }, points],
  ['receipts', { zh: '回执', en: 'Receipts' }, receipts],
  ['about', { zh: '我的', en: 'Me' }, about],
];

let phone = null;
/** Counts views, so that one that was left paints nothing any more. */
let entered = 0;

/** What a view may use of the frame. */
function frame(at) {
  return {
    get phone() {
      return phone;
    },
    here: () => at.view === entered,
    enter: (tab) => enter(at, tab),
    // A place of its own: what was entered before must not take itself for still there.
    go: (duty, returnsFrom) => {
      const there = { view: 0 };
      enter(there, 'capture');
      begin(frame(there), duty, returnsFrom);
    },
    home: () => open('home'),
    again: () => open('home'),
    unbound: (words) => ask(words),
  };
}

function enter(at, tab) {
  entered += 1;
  at.view = entered;
  mark(tab);
}

function open(tab) {
  const at = { view: 0 };
  enter(at, tab);
  speak.hush();
  if (location.hash !== `#/${tab}`) {
    history.replaceState(null, '', `#/${tab}`);
  }
  const [, , module] = TABS.find(([name]) => name === tab) || TABS[0];
  module.view(frame(at));
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
    courier.start(phone);
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
  if ('serviceWorker' in navigator) {
    navigator.serviceWorker.register('sw.js').catch(() => {});
  }
  await tidy();
  if (!(await get('device')) || /[#&]code=/.test(location.hash)) {
    await ask(null);
    return;
  }
  phone = await connect();
  courier.start(phone);
  open((TABS.find(([name]) => location.hash === `#/${name}`) || TABS[0])[0]);
}

start();

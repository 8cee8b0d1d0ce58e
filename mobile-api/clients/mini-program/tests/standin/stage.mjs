// The mini-program on a stand-in phone: `miniprogram-simulate` renders its pages into a DOM; time of the pages runs faster.

import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { JSDOM } from 'jsdom';
import { kill, newHandset, newWx } from './wx.mjs';
import { newServer } from './server.mjs';

const ROOT = fileURLToPath(new URL('../../miniprogram', import.meta.url));
const require = createRequire(import.meta.url);
/** Pauses of the pages take this much less, and longer limits not quite so much: a busy machine must not run into them. */
const PAUSE_MS_MAX = 5000;
const FASTER = 25;
const LIMITS_FASTER = 4;
const UNTIL_MS = 60000;

const { window } = new JSDOM('<!doctype html><html><head></head><body></body></html>', { pretendToBeVisual: true });
Object.assign(globalThis, {
  window, document: window.document, CustomEvent: window.CustomEvent, Event: window.Event, TouchEvent: window.TouchEvent, HTMLElement: window.HTMLElement,
  Element: window.Element, Node: window.Node, MutationObserver: window.MutationObserver,
});
const real = { setTimeout: globalThis.setTimeout, setInterval: globalThis.setInterval };
globalThis.setTimeout = (work, ms = 0, ...rest) => real.setTimeout(work, ms / (ms > PAUSE_MS_MAX ? LIMITS_FASTER : FASTER), ...rest);
/** In which life of the mini-program code runs: what is left of an earlier one must not see the phone of a later. */
const lives = new AsyncLocalStorage();
let newest = null;
Object.defineProperty(globalThis, 'wx', { get: () => (lives.getStore() || newest).wx, set: () => {} });
newest = { wx: {} };
const simulate = require('miniprogram-simulate');

export const sleep = (ms) => new Promise((done) => real.setTimeout(done, ms));

/** A phone, a server and no mini-program started yet. `config` overrides `config.js`. */
export async function newStage(config = {}) {
  const handset = newHandset();
  const server = await newServer();
  const stage = { handset, server, app: null, life: null, pages: [], config: { BASE: server.base, ...config } };
  stage.close = async () => {
    leave(stage);
    await server.close();
  };
  launch(stage);
  return stage;
}

/** The mini-program starts, with nothing in memory: as after a kill, what is not kept is gone. */
export function launch(stage, options = {}) {
  leave(stage);
  // What is bundled into `lib` keeps nothing, and is slow to load.
  const forgotten = (path) => path.startsWith(`${ROOT}/`) && !path.startsWith(`${ROOT}/lib/`);
  Object.keys(require.cache).filter(forgotten).forEach((path) => delete require.cache[path]);
  const life = { dead: false };
  life.wx = newWx(stage.handset, life);
  stage.life = life;
  newest = life;
  Object.assign(require(`${ROOT}/config.js`), stage.config);
  globalThis.App = (app) => {
    stage.app = app;
  };
  globalThis.getApp = () => stage.app;
  lives.run(life, () => {
    require(`${ROOT}/app.js`);
    stage.app.onLaunch(options);
    stage.app.onShow();
  });
}

/** The process is killed: no page hears of it. */
function leave(stage) {
  stage.pages.splice(0).forEach((component) => component.detach());
  if (stage.life) {
    stage.life.dead = true;
    kill(stage.handset);
  }
}

/** A module of the mini-program as it runs now. */
export const core = (name) => require(`${ROOT}/${name}.js`);

/** Opens a page, as WeChat does: loaded, then shown. */
export function open(stage, name, query = {}) {
  return lives.run(stage.life, () => {
    const id = simulate.load(`${ROOT}/pages/${name}/index`, { compiler: 'simulate', rootPath: ROOT });
    const component = simulate.render(id);
    const holder = document.createElement('main');
    document.body.append(holder);
    component.attach(holder);
    stage.pages.push(component);
    component.instance.onLoad?.(query);
    component.instance.onShow?.();
    return seen(component, stage.life);
  });
}

/** What can be seen and pressed of a page, or of a component on it. */
function seen(component, life) {
  return {
    page: component.instance,
    data: () => component.data,
    text: () => component.dom.textContent.replace(/\s+/g, ' '),
    has: (selector) => Boolean(component.querySelector(selector)),
    all: (selector) => component.querySelectorAll(selector),
    inner: (selector) => seen(component.querySelector(selector), life),
    /** A finger on what the selector finds; a disabled button feels nothing. */
    press: (selector, index = 0) => lives.run(life, () => touch(component.querySelectorAll(selector)[index], selector)),
    /** An event of a component of WeChat's own, such as a typed text. */
    happen: (selector, event, detail) => lives.run(life, () => component.querySelector(selector).dispatchEvent(event, { detail })),
  };
}

function touch(found, selector) {
  if (!found) {
    throw new Error(`there is no ${selector} to press`);
  }
  found.dispatchEvent('touchstart');
  found.dispatchEvent('touchend');
}

/** The mini-program goes to the background with this page on top, and comes back. */
export function hide(stage, view) {
  lives.run(stage.life, () => {
    view.page.onHide?.();
    stage.app.onHide();
  });
}

export function show(stage, view) {
  lives.run(stage.life, () => {
    stage.app.onShow();
    view.page.onShow?.();
  });
}

/** Resolves once `seen()` is true. */
export async function until(what, seen) {
  const end = Date.now() + UNTIL_MS;
  while (!(await seen())) {
    if (Date.now() > end) {
      throw new Error(`never came: ${what}`);
    }
    await sleep(5);
  }
}

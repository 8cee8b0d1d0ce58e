// The officers' pages against the real server: in, live, by keyboard, two at once, and usable by everybody.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openPage } from '../lib/browser.js';
import { atConsole, signInBy } from '../lib/console.js';
import { checkInBy, handset } from '../lib/handset.js';
import { faults, picture } from '../lib/look.js';
import { newDuty } from '../lib/office.js';
import { lastVerdictAt } from '../lib/record.js';
import { setUp, tearDown } from '../lib/stage.js';

const LIMIT = { timeout: 240_000 };
/** An officer is told within this time. */
const TOLD_MS = 2_000;

describe('the officers’ pages', { concurrency: 1 }, () => {
  let set = null;
  let seat = null;
  let phone = null;
  before(async () => {
    set = await setUp();
    await newDuty(set.office, set.first.id);
    phone = await handset(set.office, set.first.id);
  }, LIMIT);
  after(() => tearDown(set), LIMIT);

  test('a cookie that no script reads is taken over plain HTTP from the machine itself', LIMIT, async () => {
    seat = await openPage(set.stage, `${set.house.url}/console`, { permissions: [], viewport: { width: 1366, height: 768 } });
    assert.match(seat.page.url(), /\/console\/sign-in$/);
    assert.deepEqual(await faults(seat.page), []);
    await picture(seat.page, 'console-sign-in');
    await signInBy(seat.page, set.house.accounts.officer);
    assert.equal(new URL(seat.page.url()).pathname, '/console');
    assert.equal(await seat.page.evaluate(() => document.cookie), '');
    const [cookie] = await seat.context.cookies();
    assert.deepEqual([cookie.name, cookie.httpOnly, cookie.secure, cookie.sameSite], ['__Host-muster', true, true, 'Strict']);
    assert.deepEqual(await faults(seat.page), []);
    await picture(seat.page, 'console-today');
  });

  test('a verdict reaches the open page within two seconds of its commit', LIMIT, async () => {
    const { page } = seat;
    await page.waitForFunction(() => document.documentElement.dataset.live === 'on');
    await page.evaluate(() => {
      globalThis.heard = [];
      document.addEventListener('muster:event', ({ detail }) => globalThis.heard.push({ kind: detail.kind, at: Date.now() }));
      const part = document.getElementById('reviews').parentElement;
      new MutationObserver(() => { globalThis.shown = Date.now(); }).observe(part, { childList: true });
    });
    assert.equal(await page.locator('#reviews .count').innerText(), '0');
    await checkInBy(phone, [set.second.portrait], 'a');
    await page.locator('#reviews .count', { hasText: '1' }).waitFor({ timeout: 10_000 });
    const concluded = lastVerdictAt(set.house);
    const { heard, shown } = await page.evaluate(() => ({ heard: globalThis.heard, shown: globalThis.shown }));
    const told = heard.find((one) => one.kind === 'checkin_concluded');
    console.log(`told ${told.at - concluded} ms and shown ${shown - concluded} ms after the commit`);
    assert.ok(told.at - concluded < TOLD_MS && shown - concluded < TOLD_MS);
    await picture(page, 'console-today-review');
  });

  test('two officers never work on one case', LIMIT, async () => {
    const { page } = seat;
    await page.locator('#reviews a.button.main').click();
    await page.locator('#queue a.line').first().click();
    await page.locator('#decide').waitFor();
    assert.deepEqual(await faults(page), []);
    await picture(page, 'console-case');
    const other = await atConsole(set.stage, set.house, set.house.accounts.second);
    await other.page.goto(page.url());
    await other.page.locator('.note', { hasText: '正在核查此案' }).waitFor();
    assert.equal(await other.page.locator('#decide').count(), 0);
    assert.deepEqual(await faults(other.page), []);
    await picture(other.page, 'console-case-held');
    // The first one leaves: the case is free at once.
    const path = page.url();
    await page.goto(`${set.house.url}/console`);
    await other.page.waitForTimeout(500);
    await other.page.goto(path);
    await other.page.locator('#decide').waitFor();
    await other.page.goto(`${set.house.url}/console`);
    await other.page.waitForTimeout(500);
    await other.context.close();
    await page.goto(path);
    await page.locator('#decide').waitFor();
  });

  test('a case is judged by keyboard alone', LIMIT, async () => {
    const { page } = seat;
    await page.keyboard.press('?');
    await page.locator('dialog[open]').waitFor();
    assert.deepEqual(await faults(page), []);
    await page.keyboard.press('Escape');
    await page.keyboard.press('z');
    assert.match(await page.locator('.lens img').first().getAttribute('style'), /scale\(2\.5\)/);
    await page.keyboard.press('z');
    await page.keyboard.press('r');
    await page.keyboard.type('照片中不是本人');
    await page.keyboard.press('Enter');
    await page.waitForURL(/done=second_look/);
    await page.locator('.note.good', { hasText: '另一名工作人员' }).waitFor();
    assert.deepEqual(await faults(page), []);
    await picture(page, 'console-queue-empty');
  });

  test('a refusal counts when another officer, who is told nothing of it, refuses too', LIMIT, async () => {
    const { page } = seat;
    await page.goBack();
    const path = page.url();
    await page.goto(`${set.house.url}/console`);
    await page.goto(path);
    await page.locator('.note', { hasText: '您的意见已记录' }).waitFor();
    assert.equal(await page.locator('#decide').count(), 0);
    assert.deepEqual(await faults(page), []);
    await picture(page, 'console-case-second-look');
    const other = await atConsole(set.stage, set.house, set.house.accounts.second);
    await other.page.goto(`${set.house.url}/console/reviews`);
    await other.page.locator('#queue a.line').first().click();
    await other.page.locator('#decide').waitFor();
    assert.equal(other.page.url(), path);
    assert.ok(!/照片中不是本人/.test(await other.page.locator('main').innerText()), 'a second look is blind');
    await other.page.keyboard.press('r');
    await other.page.keyboard.type('不像');
    await other.page.keyboard.press('Enter');
    await other.page.waitForURL(/done=settled/);
    await other.context.close();
    await page.goto(path);
    await page.locator('#h-opinions').waitFor();
    assert.equal(await page.locator('.badge.bad', { hasText: '不予认可' }).count() >= 2, true);
    assert.deepEqual(await faults(page), []);
    await picture(page, 'console-case-declined');
  });

  test('a plan is written with the calendar that it makes before one’s eyes', LIMIT, async () => {
    const { page } = seat;
    await page.goto(`${set.house.url}/console/persons/${set.second.id}`);
    assert.deepEqual(await faults(page), []);
    await picture(page, 'console-person');
    await page.goto(`${set.house.url}/console/persons/${set.second.id}/plan`);
    await page.locator('#template').click();
    await page.locator('#preview .due.random').first().waitFor();
    assert.ok((await page.locator('#preview .due.fixed').count()) > 20);
    assert.deepEqual(await faults(page), []);
    await picture(page, 'console-plan');
    await page.locator('#rules-form button[type=submit]').click();
    await page.locator('#done:not([hidden])').waitFor();
  });

  test('every other page is there, and usable by everybody', LIMIT, async () => {
    const { page, seen } = seat;
    for (const name of ['reviews', 'alerts', 'persons', 'leaves', 'appeals', 'reports']) {
      await page.goto(`${set.house.url}/console/${name}`);
      assert.deepEqual(await faults(page), [], name);
      await picture(page, `console-${name}`);
    }
    await page.goto(`${set.house.url}/console/persons/${set.second.id}/enrolment`);
    assert.deepEqual(await faults(page), []);
    await picture(page, 'console-enrolment');
    const chief = await atConsole(set.stage, set.house, set.house.accounts.administrator);
    assert.equal(new URL(chief.page.url()).pathname, '/console/users');
    assert.deepEqual(await faults(chief.page), []);
    await picture(chief.page, 'console-users');
    for (const one of [seen, chief.seen]) {
      assert.deepEqual(one.errors, []);
      assert.deepEqual([...one.origins], [set.house.url], 'nothing is asked of others');
    }
  });

  test('a phone is given its code as text and as a link to scan', LIMIT, async () => {
    const { page } = seat;
    await page.goto(`${set.house.url}/console/persons/${set.second.id}`);
    await page.locator('form[action$=activation] button').click();
    await page.locator('.big-code').waitFor();
    assert.match(await page.locator('.big-code').innerText(), /^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    assert.equal(await page.locator('.qr svg').count(), 1);
    assert.deepEqual(await faults(page), []);
  });

  test('who signs out is out', LIMIT, async () => {
    const { page } = seat;
    await page.locator('form[action="/console/sign-out"] button').click();
    await page.waitForURL(/sign-in/);
    await page.goto(`${set.house.url}/console`);
    assert.match(page.url(), /sign-in/);
  });
});

// The officers' pages against the real server: in, live, by keyboard, two at once, and usable by everybody.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openPage } from '../lib/browser.js';
import { atConsole, signInBy } from '../lib/console.js';
import { checkInBy, handset } from '../lib/handset.js';
import { faults, picture } from '../lib/look.js';
import { account } from '../lib/house.js';
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

  test('a key opens the person’s number beside the case, and what came of the call stays in his file', LIMIT, async () => {
    const { page } = seat;
    await page.goto(`${set.house.url}/console/persons/${set.first.id}`);
    await page.locator('#contacts input[name=address]').fill('13900001234');
    await page.locator('#contacts button').click();
    await page.locator('#contacts dd', { hasText: '13****34' }).waitFor();
    const recent = page.locator('a[href^="/console/reviews/"]').first();
    await recent.click();
    await page.locator('#call').waitFor();
    const [call] = await Promise.all([page.context().waitForEvent('page'), page.keyboard.press('c')]);
    await call.locator('a[href="tel:13900001234"]').waitFor();
    assert.deepEqual(await faults(call), []);
    await picture(call, 'console-call');
    await call.locator('textarea[name=note]').fill('本人在家，声音一致');
    await call.locator('button.main').click();
    await call.locator('#contacts .badge.good', { hasText: '本人接听' }).waitFor();
    // The page stands at the calls, where the bar covers half of what lies above: that is no small target.
    await call.evaluate(() => scrollTo(0, 0));
    assert.deepEqual(await faults(call), []);
    await call.locator('a[href$="/points"]').click();
    await call.locator('select[name=what]').selectOption('education');
    await call.locator('input[name=hours]').fill('2');
    await call.locator('section:last-of-type input[name=reason]').fill('参加集中学习');
    await call.locator('button.main').click();
    await call.locator('#h-entries .count', { hasText: '1' }).waitFor();
    assert.deepEqual(await faults(call), []);
    await picture(call, 'console-points');
    await call.close();
  });

  test('a procurator writes from a person’s file, the county answers, and the thread is closed', LIMIT, async () => {
    const { house, stage } = set;
    const written = account(house, 'demo.procurator', '演示检察官', 'procurator', house.units.county);
    const procurator = await atConsole(stage, house, written);
    await procurator.page.goto(`${house.url}/console/persons/${set.second.id}`);
    await procurator.page.locator('a[href^="/console/corrections?person="]').click();
    await procurator.page.locator('textarea[name=found]').fill('两次签到未按方案核查');
    await procurator.page.locator('textarea[name=asked]').fill('补充核查并书面说明');
    assert.deepEqual(await faults(procurator.page), []);
    await picture(procurator.page, 'console-corrections');
    await procurator.page.locator('#new button[type=submit]').click();
    await procurator.page.waitForURL(/corrections\/[0-9a-f-]{36}$/);
    const path = procurator.page.url();
    const county = await atConsole(stage, house, house.accounts.county);
    await county.page.locator('.note.look a', { hasText: '1 件待处理' }).click();
    await county.page.locator('main a.line').first().click();
    assert.equal(county.page.url(), path);
    assert.deepEqual(await faults(county.page), []);
    await picture(county.page, 'console-correction');
    await county.page.locator('select[name=adoption]').selectOption('part');
    await county.page.locator('textarea[name=text]').fill('已重新核查');
    await county.page.locator('textarea[name=why_not]').fill('其中一次本人住院，已有证明');
    await county.page.locator('button.main').click();
    await county.page.locator('.badge', { hasText: '部分采纳' }).waitFor();
    await procurator.page.reload();
    await procurator.page.locator('button.good').click();
    await procurator.page.locator('.badge.good', { hasText: '办结' }).first().waitFor();
    assert.deepEqual(await faults(procurator.page), []);
    await picture(procurator.page, 'console-correction-closed');
    await county.context.close();
    await procurator.context.close();
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
    await chief.page.locator('a[href="/console/thresholds"]').click();
    await chief.page.locator('#h-bounds').waitFor();
    assert.deepEqual(await faults(chief.page), []);
    await picture(chief.page, 'console-thresholds');
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

// The person's page against the real server, with a camera and a microphone that play files.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { sound } from '../lib/browser.js';
import { atConsole } from '../lib/console.js';
import { attempt, decide, newDuty, signIn } from '../lib/office.js';
import { faults, picture } from '../lib/look.js';
import { checkIn, goHome, linkedPhone, readDigits, takePictures, verdict } from '../lib/phone.js';
import { askPresence } from '../lib/presence.js';
import { setUp, tearDown } from '../lib/stage.js';
import { expireSessions } from '../lib/tamper.js';

const LIMIT = { timeout: 400_000 };

describe('a check-in on the page', { concurrency: 1 }, () => {
  let set = null;
  let phone = null;
  before(async () => {
    set = await setUp();
  }, LIMIT);
  after(() => tearDown(set), LIMIT);

  test('a link with a code makes the phone the person’s, and the code reaches no log', LIMIT, async () => {
    await newDuty(set.office, set.first.id);
    phone = await linkedPhone(set.stage, set.office, set.first.id);
    const { page, seen, code } = phone;
    assert.equal(new URL(page.url()).hash, '#/home');
    assert.ok(seen.urls.every((url) => !url.split('#')[0].includes(code)));
    assert.ok(!readFileSync(join(set.house.home, 'serve.log'), 'utf8').includes(code));
    assert.match(await page.locator('h1').innerText(), /现在要签到/);
    assert.deepEqual(await faults(page), []);
    await picture(page, 'home-due');
  });

  test('the key of the phone cannot be read out', LIMIT, async () => {
    const extractable = await phone.page.evaluate(async () => {
      const { get } = await import('./keep.js');
      return (await get('key')).privateKey.extractable;
    });
    assert.equal(extractable, false);
  });

  test('the person’s own face and voice are verified', LIMIT, async () => {
    const { page } = phone;
    await takePictures(phone, set.first.portrait);
    assert.deepEqual(await faults(page), []);
    await picture(page, 'digits');
    await readDigits(phone, set.first.speech);
    assert.equal(await verdict(phone), '签到成功');
    assert.deepEqual(await faults(page), []);
    await picture(page, 'verified');
  });

  test('the receipt is kept, and its signature is checked', LIMIT, async () => {
    const { page } = phone;
    await page.locator('#tabs [data-tab=receipts]').click();
    await page.waitForSelector('[data-view=receipts] li');
    assert.match(await page.locator('[data-view=receipts] li').first().innerText(), /签名有效[\s\S]*签到成功/);
    assert.deepEqual(await faults(page), []);
    await picture(page, 'receipts');
  });

  test('in the dark the page says so, the server advises, and a second try in good light is verified', LIMIT, async () => {
    const { page } = phone;
    await newDuty(set.office, set.first.id);
    await goHome(phone);
    await takePictures(phone, set.first.portrait, { light: 0.12, press: true });
    await readDigits(phone, set.first.speech);
    assert.equal(await verdict(phone), '请再试一次');
    assert.ok((await page.locator('.advice li').allInnerTexts()).some((text) => /暗/.test(text)));
    assert.deepEqual(await faults(page), []);
    await picture(page, 'retry');
    assert.equal(await checkIn(phone, set.first.portrait, set.first.speech), '签到成功');
  });

  test('another person’s face goes to an officer, whose word the phone shows', LIMIT, async () => {
    const { page } = phone;
    await newDuty(set.office, set.first.id);
    await goHome(phone);
    assert.equal(await checkIn(phone, set.second.portrait, set.first.speech), '已收到，等工作人员查看');
    await picture(page, 'review');
    const id = await page.evaluate(async () => {
      const { captures } = await import('./keep.js');
      return (await captures())[0].checkin;
    });
    assert.equal((await attempt(set.office, id)).state, 'review');
    await decide(set.office, id, 'decline', '照片中不是本人');
    assert.equal((await attempt(set.office, id)).state, 'review', 'one officer refuses nothing');
    await decide(await signIn(set.house, set.house.accounts.second), id, 'decline', '不像');
    await page.locator('h1', { hasText: '这次没有通过' }).waitFor({ timeout: 20_000 });
    assert.deepEqual(await faults(page), []);
    await picture(page, 'declined');
  });

  test('what was declined is contested, and another officer’s answer is shown', LIMIT, async () => {
    const { page } = phone;
    await page.locator('button', { hasText: '我不同意，申诉' }).click();
    await page.locator('textarea').waitFor();
    assert.deepEqual(await faults(page), []);
    await page.locator('button[type=submit]').click();
    await page.locator('.notice.warn').waitFor();
    await page.locator('textarea').fill('我刚理了发，请再看一次');
    await picture(page, 'appeal');
    await page.locator('button[type=submit]').click();
    await page.locator('#appeal', { hasText: '由另一名工作人员处理' }).waitFor();
    assert.deepEqual(await faults(page), []);
    const county = await atConsole(set.stage, set.house, set.house.accounts.county);
    await county.page.goto(`${set.house.url}/console/appeals`);
    assert.deepEqual(await faults(county.page), []);
    await picture(county.page, 'console-appeals');
    await county.page.locator('#checkins a.line').click();
    await county.page.locator('#appeal').waitFor();
    assert.deepEqual(await faults(county.page), []);
    await picture(county.page, 'console-appeal');
    await county.page.locator('#appeal input[name=reason]').fill('与建档为同一人');
    await county.page.locator('#appeal button[value=granted]').click();
    await county.page.waitForURL(/appeals$/);
    await county.context.close();
    await page.locator('h1', { hasText: '签到有效' }).waitFor({ timeout: 20_000 });
    assert.match(await page.locator('#appeal').innerText(), /与建档为同一人/);
    assert.deepEqual(await faults(page), []);
    await picture(page, 'appeal-granted');
  });

  test('who is asked for another capture gives one', LIMIT, async () => {
    const { page } = phone;
    await newDuty(set.office, set.first.id);
    await goHome(phone);
    assert.equal(await checkIn(phone, set.second.portrait, set.first.speech), '已收到，等工作人员查看');
    const id = await page.evaluate(async () => {
      const { captures } = await import('./keep.js');
      return (await captures())[0].checkin;
    });
    await decide(set.office, id, 'ask_again', '照片不清，无法判断');
    await page.locator('h1', { hasText: '请再签到一次' }).waitFor({ timeout: 20_000 });
    assert.deepEqual(await faults(page), []);
    await picture(page, 'asked-again');
    await goHome(phone);
    assert.equal(await checkIn(phone, set.first.portrait, set.first.speech), '签到成功');
  });

  test('a line that breaks during the upload and a reload lose nothing', LIMIT, async () => {
    const { page } = phone;
    await newDuty(set.office, set.first.id);
    await goHome(phone);
    let pieces = 0;
    await page.route('**/parts/**', (route) => {
      pieces += 1;
      return pieces > 2 ? route.abort('connectionreset') : route.continue();
    });
    await takePictures(phone, set.first.portrait);
    await readDigits(phone, set.first.speech);
    await page.locator('.notice.warn').waitFor({ timeout: 90_000 });
    assert.deepEqual(await faults(page), []);
    await picture(page, 'line-broken');
    await page.reload();
    await page.waitForSelector('[data-view=home] h1:not(.loading)');
    assert.match(await page.locator('main').innerText(), /已保存在手机里/);
    await page.unroute('**/parts/**');
    await page.locator('.notice.calm button').click();
    assert.equal(await verdict(phone), '签到成功');
  });

  test('a capture that was taken offline is delivered when the line is back, even after the page was opened anew', LIMIT, async () => {
    const { page, context } = phone;
    await newDuty(set.office, set.first.id);
    await goHome(phone);
    await takePictures(phone, set.first.portrait);
    await context.setOffline(true);
    await readDigits(phone, set.first.speech);
    await page.locator('.notice.warn', { hasText: '没有网络' }).waitFor({ timeout: 90_000 });
    await page.reload();
    await page.locator('h1', { hasText: '暂时连不上' }).waitFor();
    assert.match(await page.locator('main').innerText(), /已保存在手机里/);
    await picture(page, 'offline');
    await context.setOffline(false);
    await page.locator('.notice.calm button').click();
    assert.equal(await verdict(phone), '签到成功');
  });

  test('a session whose time ran out costs a sentence and a new one', LIMIT, async () => {
    const { page } = phone;
    await newDuty(set.office, set.first.id);
    await goHome(phone);
    await takePictures(phone, set.first.portrait);
    expireSessions(set.house);
    await readDigits(phone, set.first.speech);
    assert.equal(await verdict(phone), '这次没有交成');
    assert.match(await page.locator('main').innerText(), /时间过了，请重新拍一次/);
    assert.deepEqual(await faults(page), []);
    await picture(page, 'expired');
    assert.equal(await checkIn(phone, set.first.portrait, set.first.speech), '签到成功');
  });

  test('a microphone that hears nothing is noticed before anything is sent', LIMIT, async () => {
    const { page } = phone;
    await newDuty(set.office, set.first.id);
    await goHome(phone);
    await takePictures(phone, set.first.portrait);
    const { quiet } = await import('../lib/speech.js');
    sound(set.stage, quiet(3_000));
    await page.locator('#read').click();
    await page.locator('.notice', { hasText: '没有录到声音' }).waitFor({ timeout: 60_000 });
    await readDigits(phone, set.first.speech);
    assert.equal(await verdict(phone), '签到成功');
  });

  test('a turn of the head and colours on the screen are taken where the session asks for them', LIMIT, async () => {
    const { page } = phone;
    await newDuty(set.office, set.first.id);
    await goHome(phone);
    const presence = { turn: 'left', flash: { colours: ['red', 'blue', 'green', 'red'], each_ms: 500 } };
    const asked = await askPresence(page, presence);
    await takePictures(phone, set.first.portrait);
    await readDigits(phone, set.first.speech);
    assert.equal(await verdict(phone), '签到成功');
    assert.deepEqual(asked.parts, ['turn', 'flash-0', 'flash-1', 'flash-2', 'flash-3']);
    assert.deepEqual(asked.announced, [...asked.parts].sort());
    assert.deepEqual(asked.shown, ['rgb(255, 0, 0)', 'rgb(0, 0, 255)', 'rgb(0, 255, 0)', 'rgb(255, 0, 0)']);
  });

  test('leave, points and what is stored can be seen by everybody', LIMIT, async () => {
    const { page } = phone;
    await goHome(phone);
    for (const [tab, words] of [['leave', /请假/], ['points', /积分/], ['about', /存了什么/]]) {
      await page.locator(`#tabs [data-tab=${tab}]`).click();
      await page.waitForSelector(`[data-view=${tab}]`);
      await page.waitForFunction((source) => new RegExp(source).test(document.getElementById('view').innerText), words.source);
      assert.deepEqual(await faults(page), [], tab);
      await picture(page, tab);
    }
  });

  test('leave is asked for in a form and taken back', LIMIT, async () => {
    const { page } = phone;
    await goHome(phone);
    await page.locator('#tabs [data-tab=leave]').click();
    await page.locator('#ask').click();
    assert.deepEqual(await faults(page), []);
    await picture(page, 'leave-form');
    const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 16);
    const fields = { reason: '去医院复查', from: day(5), until: day(6), province: '浙江省', city: '宁波市', address: '演示路1号' };
    for (const [id, value] of Object.entries(fields)) {
      await page.locator(`#${id}`).fill(value);
    }
    await page.locator('form button.main').click();
    await page.locator('article', { hasText: '等待审批' }).waitFor();
    await picture(page, 'leave-asked');
    await page.locator('article button', { hasText: '撤回' }).click();
    await page.locator('article', { hasText: '已撤回' }).waitFor();
  });

  test('a browser that records nothing itself hands in WAV', LIMIT, async () => {
    await newDuty(set.office, set.second.id);
    const init = () => delete globalThis.MediaRecorder;
    const other = await linkedPhone(set.stage, set.office, set.second.id, { init });
    await takePictures(other, set.second.portrait);
    await readDigits(other, set.second.speech);
    assert.equal(await verdict(other), '签到成功');
    assert.deepEqual(other.seen.errors, []);
    await other.context.close();
  });

  test('the page asked nobody but this house, and broke nowhere', () => {
    assert.deepEqual([...phone.seen.origins], [set.house.url]);
    assert.deepEqual(phone.seen.errors, []);
  });
});

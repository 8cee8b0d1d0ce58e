// Whatever is missing, the page says what to do; and it opens quickly on a slow line.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closeBrowser, film, openBrowser, openPage } from '../lib/browser.js';
import { kill, start } from '../lib/house.js';
import { faults, picture } from '../lib/look.js';
import { newDuty } from '../lib/office.js';
import { linkedPhone, takePictures } from '../lib/phone.js';
import { setUp, tearDown } from '../lib/stage.js';

const LIMIT = { timeout: 300_000 };
/** Slow 4G as Lighthouse throttles: bytes a second, milliseconds. */
const SLOW = { offline: false, downloadThroughput: 1_638_400 / 8, uploadThroughput: 675_000 / 8, latency: 150 };
const FIRST_LOAD_MAX = 100_000;
const USABLE_MAX_MS = 2_000;

describe('the page in trouble', { concurrency: 1 }, () => {
  let set = null;
  before(async () => {
    set = await setUp();
    await newDuty(set.office, set.first.id);
  }, LIMIT);
  after(() => tearDown(set), LIMIT);

  /** Opens the page, answers the sentence that is shown. */
  async function sentence(options, name, stage = set.stage, url = `${set.house.url}/h5/`) {
    const { page, context } = await openPage(stage, url, options);
    await page.locator('.notice').first().waitFor();
    assert.deepEqual(await faults(page), []);
    await picture(page, name);
    const text = await page.locator('.notice').first().innerText();
    await context.close();
    return text;
  }

  /** A first visit on a slow line: what came over it, and when the button could be pressed. */
  async function visit(look) {
    const { page, context } = await openPage(set.stage, 'about:blank');
    const line = await context.newCDPSession(page);
    await line.send('Network.enable');
    await line.send('Network.emulateNetworkConditions', SLOW);
    let bytes = 0;
    line.on('Network.loadingFinished', (event) => {
      bytes += event.encodedDataLength;
    });
    const begun = performance.now();
    await page.goto(`${set.house.url}/h5/`, { waitUntil: 'commit' });
    await page.waitForSelector('[data-view=activate] button.main:enabled');
    const took_ms = performance.now() - begun;
    await page.waitForLoadState('networkidle');
    await look(page);
    await context.close();
    return { bytes, took_ms };
  }

  test('a first load is small, and usable within two seconds on a slow line', LIMIT, async () => {
    const { bytes, took_ms } = await visit(async (page) => {
      assert.deepEqual(await faults(page), []);
      await picture(page, 'activate');
    });
    console.log(`first load: ${bytes} bytes, usable after ${Math.round(took_ms)} ms`);
    assert.ok(bytes > 10_000 && bytes <= FIRST_LOAD_MAX, `${bytes} bytes`);
    assert.ok(took_ms <= USABLE_MAX_MS, `usable after ${Math.round(took_ms)} ms`);
  });

  test('a wrong code is refused with a sentence', LIMIT, async () => {
    const { page, context } = await openPage(set.stage, `${set.house.url}/h5/#code=WRONG-CODE`);
    await page.locator('button.main').click();
    await page.locator('.notice.bad', { hasText: '激活码无效或已过期' }).waitFor();
    await picture(page, 'wrong-code');
    await context.close();
  });

  test('blocked storage asks to leave private browsing', LIMIT, async () => {
    const init = () => Object.defineProperty(globalThis, 'indexedDB', { value: undefined });
    assert.match(await sentence({ init }, 'storage-blocked'), /无痕浏览/);
  });

  test('storage that fails when it is opened asks the same', LIMIT, async () => {
    const init = () => {
      IDBFactory.prototype.open = () => {
        throw new DOMException('denied', 'SecurityError');
      };
    };
    assert.match(await sentence({ init }, 'storage-denied'), /无痕浏览/);
  });

  test('an address without TLS asks for the officer’s link', LIMIT, async () => {
    const host = 'muster.test';
    const stage = await openBrowser({ hosts: host });
    try {
      assert.match(await sentence({ permissions: [] }, 'insecure', stage, `http://${host}:${set.house.port}/h5/`), /https/);
    } finally {
      await closeBrowser(stage);
    }
  });

  test('denied camera, microphone, and a browser that can do neither, each get their sentence', LIMIT, async () => {
    const phone = await linkedPhone(set.stage, set.office, set.first.id, { permissions: ['microphone', 'geolocation'] });
    const { page, context } = phone;
    await film(set.stage, set.first.portrait);
    await page.locator('#go').click();
    await page.locator('.notice.bad', { hasText: '没有摄像头权限' }).waitFor();
    assert.deepEqual(await faults(page), []);
    await picture(page, 'camera-denied');
    await context.clearPermissions();
    await context.grantPermissions(['camera']);
    await page.reload();
    await page.waitForSelector('#go');
    await takePictures(phone, set.first.portrait);
    await page.locator('#read').click();
    await page.locator('.notice.bad', { hasText: '没有麦克风权限' }).waitFor();
    await picture(page, 'microphone-denied');
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = undefined;
    });
    await page.locator('main button.main').click();
    await page.locator('.notice.bad', { hasText: '更新' }).waitFor();
    await picture(page, 'old-browser');
  });

  test('a device without camera asks for another way', LIMIT, async () => {
    const stage = await openBrowser({ devices: 0 });
    try {
      const { page } = await linkedPhone(stage, set.office, set.second.id);
      await newDuty(set.office, set.second.id);
      await page.reload();
      await page.locator('#go').click();
      await page.locator('.notice.bad', { hasText: '没有找到摄像头' }).waitFor();
      await picture(page, 'camera-missing');
    } finally {
      await closeBrowser(stage);
    }
  });

  test('a dead server is told apart from a lost line, and comes back by itself', LIMIT, async () => {
    const { page } = await openPage(set.stage, `${set.house.url}/h5/#code=ABCD-EFGH`);
    await page.waitForSelector('[data-view=activate]');
    await kill(set.house);
    await page.locator('button.main').click();
    await page.locator('.notice.bad', { hasText: '系统暂时连不上' }).waitFor({ timeout: 60_000 });
    await picture(page, 'server-dead');
    await start(set.house);
    await page.locator('button.main').click();
    await page.locator('.notice.bad', { hasText: '激活码无效' }).waitFor({ timeout: 60_000 });
  });
});

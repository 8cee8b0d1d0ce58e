// What an officer does with his pages.

import { DESK, openPage } from './browser.js';
import { pause } from './house.js';
import { totp } from './office.js';

const TOTP_STEP_S = 30;
/** A code is good once; the next one comes within half a minute. */
const TRIES = 2;

/** A browser of this officer's own, signed in through the door. */
export async function atConsole(stage, house, account, options = {}) {
  const seat = await openPage(stage, `${house.url}/console`, { permissions: [], viewport: DESK, ...options });
  await signInBy(seat.page, account);
  return seat;
}

/** Fills the form in, again when the code was used before. */
export async function signInBy(page, account) {
  for (let attempt = 1; ; attempt += 1) {
    await page.locator('[name=login]').fill(account.login);
    await page.locator('[name=password]').fill(account.password);
    await page.locator('[name=totp]').fill(totp(account.totp_uri));
    await page.locator('form button[type=submit]').click();
    await page.waitForLoadState('load');
    if (!page.url().includes('/sign-in')) {
      return;
    }
    if (attempt === TRIES) {
      throw new Error(await page.locator('main').innerText());
    }
    await pause((TOTP_STEP_S - ((Date.now() / 1000) % TOTP_STEP_S) + 0.5) * 1000);
  }
}

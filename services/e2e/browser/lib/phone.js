// What a person does with the page.

import { codeFor } from './office.js';
import { film, openPage, sound } from './browser.js';
import { picture } from './look.js';

/** A verdict may take this long on a busy machine. */
export const VERDICT_MS = 90_000;

/** A phone of the person, linked by the link that an officer sends. */
export async function linkedPhone(stage, office, person, options = {}) {
  const code = await codeFor(office, person);
  const phone = await openPage(stage, `${office.house.url}/h5/#code=${encodeURIComponent(code)}`, options);
  await phone.page.locator('[data-view=activate] button.main').click();
  await phone.page.waitForSelector('[data-view=home] h1:not(.loading)');
  return { ...phone, stage, code, home: `${office.house.url}/h5/` };
}

/** Opens the page anew, with a duty that is due. */
export async function goHome(phone) {
  await phone.page.goto(phone.home);
  await phone.page.waitForSelector('[data-view=home] h1:not(.loading)');
}

/** Presses the one big button and has pictures taken, up to the digits. `press`: the light is not good, so that he presses himself. */
export async function takePictures(phone, portrait, { light = 1, press = false } = {}) {
  await film(phone.stage, portrait, { light });
  await phone.page.locator('#go, #again').first().click();
  if (press) {
    await phone.page.waitForSelector('#shoot:enabled');
    await picture(phone.page, 'capture');
    await phone.page.locator('#shoot:enabled').click();
  }
  await phone.page.waitForSelector('[data-view=reading]');
}

/** Reads the digits that are shown with somebody's voice. */
export async function readDigits(phone, speech) {
  const shown = await phone.page.locator('.digits').getAttribute('aria-label');
  sound(phone.stage, speech(shown.replace(/ /g, '')));
  await phone.page.locator('#read').click();
}

/** A whole check-in; answers the title of what became of it. */
export async function checkIn(phone, portrait, speech, options = {}) {
  await takePictures(phone, portrait, options);
  await readDigits(phone, speech);
  return verdict(phone);
}

const JUDGED = ['签到成功', '签到有效', '请再试一次', '已收到，等工作人员查看', '这次没有通过', '时间过了', '这次没有交成'];

/** Waits for the verdict; its title, Chinese. */
export async function verdict(phone) {
  const title = phone.page.locator('[data-view=outcome] h1');
  await phone.page.waitForFunction(
    (titles) => {
      const heading = document.querySelector('[data-view=outcome] h1');
      return heading && titles.some((one) => heading.firstChild.textContent === one);
    },
    JUDGED,
    { timeout: VERDICT_MS },
  );
  return (await title.evaluate((heading) => heading.firstChild.textContent)).trim();
}

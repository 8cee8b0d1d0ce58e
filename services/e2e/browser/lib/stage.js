// Everything a test file plays with: a browser, a house with its server, an officer, two enrolled people.

import { closeBrowser, openBrowser } from './browser.js';
import { dispose, newHouse, start } from './house.js';
import { enrolled, signIn } from './office.js';
import { people } from './people.js';

const NAMES = ['演示对象甲', '演示对象乙'];

/** `{stage, house, office, first, second}`; each person has `id`, `name`, `portrait`, `speech`, `enrolment`. */
export async function setUp(settings) {
  const stage = await openBrowser();
  const house = await newHouse(settings);
  try {
    await start(house);
    const office = await signIn(house, house.accounts.officer);
    const cast = [];
    for (const [index, sample] of (await people(stage.browser)).entries()) {
      cast.push({ ...sample, name: NAMES[index], id: await enrolled(office, NAMES[index], sample) });
    }
    return { stage, house, office, first: cast[0], second: cast[1] };
  } catch (error) {
    await tearDown({ stage, house });
    throw error;
  }
}

export async function tearDown(set) {
  if (set) {
    await closeBrowser(set.stage);
    await dispose(set.house);
  }
}

// What is looked at on every page: whether everybody can use it, and how it looks at both sizes.

import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DESK, PHONE } from './browser.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const MANUAL = process.env.MUSTER_E2E_MANUAL || null;
const GRAVE = ['serious', 'critical'];
const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe-core finds serious or critical, one line each. */
export async function faults(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate((values) => axe.run({ runOnly: { type: 'tag', values } }), STANDARDS);
  return violations
    .filter((one) => GRAVE.includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

/** Pictures of a page at the size of a phone and of a desk, for the manual; nothing without a folder for them. */
export async function picture(page, name) {
  if (!MANUAL) {
    return;
  }
  mkdirSync(MANUAL, { recursive: true });
  const before = page.viewportSize();
  for (const [size, viewport] of [['phone', PHONE], ['desk', DESK]]) {
    await page.setViewportSize(viewport);
    await page.screenshot({ path: join(MANUAL, `${name}-${size}.png`) });
  }
  await page.setViewportSize(before);
}

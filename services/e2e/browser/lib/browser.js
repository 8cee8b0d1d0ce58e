// Debian's Chromium with a camera and a microphone that play files, which are written while it runs.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { quiet } from './speech.js';
import { views } from './views.js';

const CHROMIUM = process.env.MUSTER_E2E_CHROMIUM || '/usr/bin/chromium';
/** Frames that the camera plays again and again: enough that two stills are hardly ever the same one. */
const FRAMES = 16;
/** One step may take this long on a busy machine. */
const STEP_MS = 120_000;
/** Everything that a person allows. */
export const ALLOWED = ['camera', 'microphone', 'geolocation'];
const PLACE = { latitude: 30.25, longitude: 120.17, accuracy: 20 };

export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1366, height: 768 };

/** A browser whose camera and microphone play what `film` and `sound` write; `devices: 0` for a machine without. */
export async function openBrowser({ devices = null, hosts = null } = {}) {
  if (!existsSync(CHROMIUM)) {
    throw new Error(`there is no ${CHROMIUM}`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'muster-film-'));
  const [video, audio] = [join(folder, 'camera.mjpeg'), join(folder, 'microphone.wav')];
  writeFileSync(audio, quiet(1_000));
  const fake = devices === null ? '' : `=device-count=${devices}`;
  const played = devices === null ? [`--use-file-for-fake-video-capture=${video}`, `--use-file-for-fake-audio-capture=${audio}%noloop`] : [];
  const args = [`--use-fake-device-for-media-stream${fake}`, ...played, '--no-sandbox', '--disable-dev-shm-usage'];
  const mapped = hosts ? [`--host-resolver-rules=MAP ${hosts} 127.0.0.1`] : [];
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...args, ...mapped] });
  return { browser, folder, video, audio };
}

export async function closeBrowser(stage) {
  await stage.browser.close();
  rmSync(stage.folder, { recursive: true, force: true });
}

let shots = 0;

/** From now on the camera sees this picture; no frame of it was ever handed in before. */
export async function film(stage, picture, { light = 1 } = {}) {
  shots += 1;
  const frames = await views(stage.browser, picture, { count: FRAMES, light, seed: shots * 7919 });
  writeFileSync(stage.video, Buffer.concat(frames));
}

/** From now on the microphone hears this. */
export function sound(stage, wav) {
  writeFileSync(stage.audio, wav);
}

/** A page of its own, as on a phone of its own; `seen` collects what went wrong and where requests went. */
export async function openPage(stage, url, { permissions = ALLOWED, viewport = PHONE, init = null } = {}) {
  const context = await stage.browser.newContext({ viewport, geolocation: PLACE, locale: 'zh-CN', permissions: [] });
  await context.grantPermissions(permissions);
  if (init) {
    await context.addInitScript(init);
  }
  context.setDefaultTimeout(STEP_MS);
  const page = await context.newPage();
  const seen = { errors: [], origins: new Set(), urls: [] };
  page.on('pageerror', (error) => seen.errors.push(String(error)));
  page.on('console', (line) => {
    // A line that is cut on purpose is no fault of the page.
    if (line.type() === 'error' && !/Failed to load resource|net::ERR/.test(line.text())) {
      seen.errors.push(line.text());
    }
  });
  page.on('request', (request) => {
    seen.urls.push(request.url());
    if (/^https?:/.test(request.url())) {
      seen.origins.add(new URL(request.url()).origin);
    }
  });
  await page.goto(url);
  return { context, page, seen };
}

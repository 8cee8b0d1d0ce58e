// A session that asks for a turn of the head and for colours, whatever the duty's rules say: what the page takes for it stays between the
// page and the test, all else goes to the server as it is.

const OURS = /\/parts\/(turn|flash-\d+)$/;

/** From the next session on; answers what the page then did: `parts` in order, `announced` at the submission, colours `shown`. */
export async function askPresence(page, presence) {
  const asked = { parts: [], announced: [], shown: [] };
  await page.exposeFunction('colourShown', (colour) => asked.shown.push(colour));
  await page.evaluate(watchColours);
  await page.route('**/v1/duties/*/checkins', async (route) => {
    const answer = await route.fetch();
    const session = await answer.json();
    await route.fulfill({ response: answer, json: { ...session, presence } });
  });
  await page.route(OURS, async (route) => {
    const [name] = OURS.exec(route.request().url()).slice(1);
    const body = route.request().postDataBuffer();
    const offset = Number(route.request().headers()['upload-offset']);
    if (offset === 0) {
      asked.parts.push(name);
      if (body.readUInt16BE(0) !== 0xffd8) {
        throw new Error(`${name} is no JPEG`);
      }
    }
    await route.fulfill({ status: 204, headers: { 'upload-offset': String(offset + body.length) } });
  });
  await page.route('**/submit', async (route) => {
    const submission = route.request().postDataJSON();
    asked.announced = Object.keys(submission.parts).filter((name) => OURS.test(`/parts/${name}`)).sort();
    asked.announced.forEach((name) => delete submission.parts[name]);
    await route.continue({ postData: JSON.stringify(submission) });
  });
  return asked;
}

/** Runs in the page: tells each colour that fills the screen. */
function watchColours() {
  new MutationObserver((changes) => {
    changes.filter((change) => change.target.className === 'flash').forEach((change) => {
      globalThis.colourShown(change.target.style.backgroundColor);
    });
  }).observe(document.body, { subtree: true, attributes: true, attributeFilter: ['style'] });
}

// Keeps the shell of the page, so that it opens without a line. Answers of the server and media never pass through here: only what is
// listed is ever kept, and `/v1/` is not looked at.

const SHELF = 'shell-3';
const SHELL = [
  './', 'style.css', 'icon.svg', 'manifest.webmanifest', 'app.js', 'words.js', 'view.js', 'keep.js', 'link.js', 'speak.js', 'trouble.js', 'moment.js',
  'activate.js', 'home.js', 'today.js', 'capture.js', 'camera.js', 'recorder.js', 'reading.js', 'presence.js', 'place.js', 'courier.js', 'outcome.js', 'receipts.js', 'renewal.js',
  'leave.js', 'points.js', 'appeal.js', 'about.js', '../protocol/bytes.js', '../protocol/delivery.js', '../protocol/exchange.js', '../protocol/pause.js',
  '../protocol/phone.js', '../protocol/problem.js', '../protocol/proof.js', '../protocol/receipt.js', '../protocol/upload.js',
];
const ADDRESSES = SHELL.map((path) => new URL(path, self.location.href).href);

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(SHELF).then((shelf) => shelf.addAll(ADDRESSES)).then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  const drop = (names) => Promise.all(names.filter((name) => name !== SHELF).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(drop).then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  url.hash = '';
  url.search = '';
  if (event.request.method === 'GET' && ADDRESSES.indexOf(url.href) >= 0) {
    event.respondWith(newest(event.request, url.href));
  }
});

/** What the server has now; without a line, what was kept. */
async function newest(request, address) {
  const shelf = await caches.open(SHELF);
  try {
    const answer = await fetch(request);
    if (answer.ok) {
      await shelf.put(address, answer.clone());
      return answer;
    }
  } catch (_) {
    // No line: the kept one does.
  }
  return (await shelf.match(address)) || Response.error();
}

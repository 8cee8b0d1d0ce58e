// The page of one case: keys, zoom, players, and the claim that keeps others away while the page is open. Without it the page works by forms alone.

const RENEW_MS = 30_000;
const ZOOMED = 2.5;

const page = document.getElementById('case');
const form = document.getElementById('decide');
const zoom = document.getElementById('zoom');
const help = document.getElementById('help');
const call = document.getElementById('call');
const lenses = [...document.querySelectorAll('.lens')];
/** Where all pictures are looked at, 0..1 of their width and height. */
const at = { x: 0.5, y: 0.5 };
let leaving = false;

// --- pictures

function draw() {
  const times = Number(zoom.value);
  for (const lens of lenses) {
    const picture = lens.querySelector('img');
    picture.style.transform = `scale(${times})`;
    picture.style.transformOrigin = `${at.x * 100}% ${at.y * 100}%`;
    lens.classList.toggle('near', times > 1);
  }
}

function move(x, y) {
  at.x = Math.min(1, Math.max(0, x));
  at.y = Math.min(1, Math.max(0, y));
  draw();
}

for (const lens of lenses) {
  lens.addEventListener('pointermove', (event) => {
    if (Number(zoom.value) === 1) return;
    const box = lens.getBoundingClientRect();
    move((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  });
  lens.addEventListener('dblclick', toggle);
  lens.addEventListener('wheel', (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom.value = String(Number(zoom.value) - Math.sign(event.deltaY) * 0.5);
    draw();
  }, { passive: false });
  lens.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] }[event.key];
    if (!step) return;
    event.preventDefault();
    move(at.x + step[0], at.y + step[1]);
  });
}
zoom.addEventListener('input', draw);

function toggle() {
  zoom.value = Number(zoom.value) > 1 ? '1' : String(ZOOMED);
  draw();
}

function show(button) {
  const side = button.closest('.shown');
  const picture = side.querySelector('img');
  picture.src = `/console/media/${button.dataset.media}`;
  picture.alt = `${side.querySelector('figcaption').textContent} ${button.textContent}`;
  for (const other of side.querySelectorAll('.thumb')) other.setAttribute('aria-pressed', String(other === button));
}
for (const button of document.querySelectorAll('.thumb')) button.addEventListener('click', () => show(button));

// --- recordings

for (const voice of document.querySelectorAll('.voice')) {
  const [player, wave, needle] = [voice.querySelector('audio'), voice.querySelector('.wave'), voice.querySelector('.needle')];
  player.addEventListener('timeupdate', () => {
    if (player.duration > 0) needle.style.left = `${(player.currentTime / player.duration) * 100}%`;
  });
  wave.addEventListener('click', (event) => {
    const box = wave.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    if (player.duration > 0) player.currentTime = share * player.duration;
    player.play();
  });
}

// --- the claim

function tell(deed) {
  const body = new URLSearchParams({ csrf: document.body.dataset.csrf, claimed_at: page.dataset.claimedAt });
  return [`/console/reviews/${page.dataset.id}/${deed}`, body];
}

async function renew() {
  const [url, body] = tell('claim');
  try {
    const answer = await fetch(url, { method: 'POST', body, redirect: 'manual' });
    if (answer.status === 204) return;
    // Somebody else took it over, decided it, or the session ended: the page shows how things stand.
    leaving = true;
    location.reload();
  } catch {
    // The line is down: the claim lasts a while, and the next try comes.
  }
}

if (page.dataset.claimedAt) {
  setInterval(renew, RENEW_MS);
  addEventListener('pagehide', () => {
    if (!leaving) navigator.sendBeacon(...tell('release'));
  });
  // A page that is shown again from memory holds nothing any more.
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload();
  });
}

// --- keys

function choose(value) {
  if (!form) return;
  form.elements.decision.value = value;
  form.elements.reason.focus();
}

function go(to) {
  if (to) location.assign(`/console/reviews/${to}`);
}

function play() {
  const player = document.querySelector('.pair > div:last-child audio');
  if (!player) return;
  if (player.paused) player.play();
  else player.pause();
}

const keys = {
  v: () => choose('accept'),
  r: () => choose('decline'),
  a: () => choose('ask_again'),
  c: () => { if (call) call.click(); },
  j: () => go(page.dataset.after),
  k: () => go(page.dataset.before),
  z: toggle,
  p: play,
  '?': () => help.showModal(),
};

addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const typing = event.target.closest('input:not([type=radio]):not([type=range]), textarea, select');
  if (typing) {
    if (event.key === 'Escape') typing.blur();
    return;
  }
  if (help.open) return;
  const digit = Number(event.key);
  if (digit >= 1) {
    const button = document.querySelectorAll('.shown[data-side=captured] .thumb')[digit - 1];
    if (button) show(button);
    return;
  }
  const deed = keys[event.key];
  if (!deed) return;
  event.preventDefault();
  deed();
});
document.getElementById('help-open').addEventListener('click', () => help.showModal());

if (form) {
  form.addEventListener('submit', () => {
    leaving = true;
    form.querySelector('button').disabled = true;
  });
}

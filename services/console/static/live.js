// Keeps a page up to date: the server tells of what happens, and the marked parts are fetched anew. Nothing here decides anything.

const TOLD_MAX = 500;
/** Changes within this time are fetched together, milliseconds. */
const GATHER_MS = 200;
/** A stream that was refused is asked for again after this long. */
const AGAIN_MS = 4000;

const told = new Set();
let since = document.body.dataset.since;
let waiting = null;
let busy = false;
let stale = false;

const KINDS = [
  'checkin_concluded', 'checkin_decided', 'second_look_asked', 'checkin_appealed', 'checkin_appeal_decided', 'review_claimed', 'duty_marked',
  'alert_raised', 'alert_moved', 'leave_asked', 'leave_stepped',
];

function say(zh, en, lost) {
  const words = document.querySelector('[data-live-words]');
  if (!words) return;
  const english = document.createElement('span');
  english.lang = 'en';
  english.textContent = en;
  words.replaceChildren(zh + ' ', english);
  words.closest('[data-live-state]').classList.toggle('lost', lost);
}

/** Fetches this page again and takes over its marked parts, unless somebody is at work within one. */
async function refresh() {
  waiting = null;
  if (busy) {
    stale = true;
    return;
  }
  busy = true;
  try {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' }, redirect: 'manual' });
    if (answer.type === 'opaqueredirect') {
      location.reload();
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    for (const part of document.querySelectorAll('[data-live][id]')) {
      const fresh = page.getElementById(part.id);
      if (!fresh || part.isEqualNode(fresh) || part.contains(document.activeElement) || part.querySelector('details[open]')) continue;
      part.replaceWith(document.adoptNode(fresh));
    }
    document.dispatchEvent(new CustomEvent('muster:fresh'));
    say('自动更新', 'updates by itself', false);
  } catch {
    say('更新失败，正在重试', 'could not update, trying again', true);
    soon(AGAIN_MS);
  } finally {
    busy = false;
    if (stale) {
      stale = false;
      soon(GATHER_MS);
    }
  }
}

function soon(ms) {
  if (waiting === null) waiting = setTimeout(refresh, ms);
}

function heard(event) {
  if (event.lastEventId) {
    if (told.has(event.lastEventId)) return;
    told.add(event.lastEventId);
    if (told.size > TOLD_MAX) told.delete(told.values().next().value);
    since = event.lastEventId.split('.')[0];
  }
  document.dispatchEvent(new CustomEvent('muster:event', { detail: { kind: event.type, data: JSON.parse(event.data) } }));
  soon(GATHER_MS);
}

function listen() {
  const source = new EventSource(`/console/events?since=${encodeURIComponent(since)}`);
  for (const kind of KINDS) source.addEventListener(kind, heard);
  source.addEventListener('reset', heard);
  source.addEventListener('hello', () => {
    document.documentElement.dataset.live = 'on';
    say('自动更新', 'updates by itself', false);
  });
  source.onerror = () => {
    say('连接中断，正在重连', 'connection lost, trying again', true);
    // The browser comes back by itself, but not after it was refused.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, AGAIN_MS);
  };
  addEventListener('pagehide', () => source.close(), { once: true });
}

listen();

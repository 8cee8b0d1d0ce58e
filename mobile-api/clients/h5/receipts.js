// Receipts: what was handed in from this phone, when by the server's clock, what became of it, and whether the server really signed that.

import { publishedKeys } from '../protocol/phone.js';
import { check, fits, shortNumber } from '../protocol/receipt.js';
import { captures, get, put } from './keep.js';
import { verify } from './link.js';
import { moment } from './moment.js';
import { hear } from './outcome.js';
import { renew, waits } from './renewal.js';
import { STATE } from './words.js';
import { both, el, heading, lead, show } from './view.js';

/** Attempts whose state may still change, asked for at once, at most. */
const ASKED_MAX = 10;
const SIGNED = { zh: '签名有效', en: 'signature good' };
const UNSIGNED = { zh: '签名无效，请告诉司法所', en: 'signature not good: please tell the justice office' };
const UNCHECKED = { zh: '联网后核对签名', en: 'signature is checked when there is a line' };

export async function view(cx) {
  await paint(cx);
  if (await refresh(cx)) {
    await paint(cx);
  }
}

async function paint(cx) {
  const kept = (await captures()).filter((record) => record.told && record.told.receipt);
  const keys = await published(cx);
  const rows = await Promise.all(kept.map((record) => row(record, keys, cx)));
  if (cx.here()) {
    show('receipts', heading({ zh: '回执', en: 'Receipts' }),
      lead(rows.length > 0
        ? { zh: '这里是您交过的签到，有系统签名，可作证明。', en: 'What you handed in, signed by the system: it is proof.' }
        : { zh: '还没有回执。签到后会保存在这里。', en: 'No receipts yet. They are kept here after a check-in.' }),
      rows.length > 0 ? el('ul', { class: 'rows card' }, rows) : null);
  }
}

async function row(record, keys, cx) {
  const checked = keys ? await check(record.told.receipt, keys, verify) : null;
  const good = checked && checked.claims && fits(checked.claims, record);
  const word = checked ? (good ? SIGNED : UNSIGNED) : UNCHECKED;
  const at = moment(record.told.submitted_at);
  return el('li', {}, el('button', { type: 'button', class: 'line', on: { click: () => hear(record, cx) } },
    el('span', {}, both({ zh: `${at.zh} · ${shortNumber(record.checkin)}`, en: at.en }),
      el('em', { class: checked && !good ? 'bad' : '' }, both(word))),
    el('b', {}, both(STATE[record.told.state]))));
}

/** The server's keys, kept so that receipts can be checked without a line. */
async function published(cx) {
  const kept = await get('keys');
  if (kept) {
    return kept;
  }
  try {
    const keys = await publishedKeys(cx.phone);
    await put('keys', keys);
    return keys;
  } catch (_) {
    return null;
  }
}

/** What an officer decided since; true when anything changed. */
async function refresh(cx) {
  const open = (await captures()).filter((record) => record.told && waits(record.told)).slice(0, ASKED_MAX);
  let changed = false;
  for (const record of open) {
    changed = (await renew(cx.phone, record)) || changed;
  }
  return changed;
}

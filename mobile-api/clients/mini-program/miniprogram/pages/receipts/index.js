// Receipts: what was handed in, signed by the server, and checked here.

const { call } = require('../../core/call.js');
const { captures, get, put } = require('../../core/keep.js');
const { connect, verify } = require('../../core/link.js');
const { moment } = require('../../lib/moment.js');
const { renew, waits } = require('../../core/renewal.js');
const { words } = require('../../core/trouble.js');
const { check, fits, publishedKeys, shortNumber } = require('../../lib/protocol.js');
const { STATE } = require('../../lib/words.js');

/** Attempts whose state may still change, asked for at once, at most. */
const ASKED_MAX = 10;
const SOME = { zh: '这里是您交过的签到，有系统签名，可作证明。', en: 'What you handed in, signed by the system: it is proof.' };
const NONE = { zh: '还没有回执。签到后会保存在这里。', en: 'No receipts yet. They are kept here after a check-in.' };
const SIGNED = { zh: '签名有效', en: 'signature good' };
const UNSIGNED = { zh: '签名无效，请告诉司法所', en: 'signature not good: please tell the justice office' };
const UNCHECKED = { zh: '联网后核对签名', en: 'signature is checked when there is a line' };

Component({
  data: { title: { zh: '回执', en: 'Receipts' }, lead: null, rows: [], trouble: null },
  methods: {
    async onShow() {
      try {
        await this.paint();
        if (await refresh()) {
          await this.paint();
        }
      } catch (error) {
        this.setData({ trouble: words(error) });
      }
    },
    async paint() {
      const kept = (await captures()).filter((record) => record.told && record.told.receipt);
      const keys = kept.length > 0 ? await published() : null;
      const rows = await Promise.all(kept.map((record) => row(record, keys)));
      this.setData({ rows, lead: rows.length > 0 ? SOME : NONE, trouble: null });
    },
    look(event) {
      return call('navigateTo', { url: `/pages/outcome/index?checkin=${event.currentTarget.dataset.checkin}` });
    },
  },
});

async function row(record, keys) {
  const checked = keys ? await check(record.told.receipt, keys, verify) : null;
  const good = Boolean(checked && checked.claims && fits(checked.claims, record));
  const at = moment(record.told.submitted_at);
  return {
    checkin: record.checkin,
    when: { zh: `${at.zh} · ${shortNumber(record.checkin)}`, en: at.en },
    signature: checked ? (good ? SIGNED : UNSIGNED) : UNCHECKED,
    tone: checked && !good ? 'unsigned' : '',
    state: STATE[record.told.state],
  };
}

/** The server's keys, kept so that receipts can be checked without a line. */
async function published() {
  const kept = await get('keys');
  if (kept) {
    return kept;
  }
  try {
    const keys = await publishedKeys(await connect());
    await put('keys', keys);
    return keys;
  } catch (_) {
    return null;
  }
}

/** What an officer decided since; true when anything changed. */
async function refresh() {
  const open = (await captures()).filter((record) => record.told && waits(record.told)).slice(0, ASKED_MAX);
  let changed = false;
  for (const record of open) {
    changed = (await renew(await connect(), record)) || changed;
  }
  return changed;
}

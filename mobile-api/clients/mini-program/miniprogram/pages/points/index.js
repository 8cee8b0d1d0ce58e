// Points of a month, and an appeal against what took some.

const { CONTEST, EMPTY, RECEIVED, SEND, WHY } = require('../../core/appeal.js');
const { connect } = require('../../core/link.js');
const { moment } = require('../../lib/moment.js');
const { words } = require('../../core/trouble.js');
const { appeal, newAction, points } = require('../../lib/protocol.js');

/** How many months back one may look. */
const MONTHS_BACK = 12;

Component({
  data: {
    title: null,
    sums: [],
    lines: [],
    back: 0,
    backMax: MONTHS_BACK,
    before: { zh: '上个月', en: 'Month before' },
    after: { zh: '下个月', en: 'Month after' },
    contest: CONTEST,
    why: WHY,
    send: SEND,
    appealing: '',
    text: '',
    told: null,
    tone: '',
    trouble: null,
  },
  methods: {
    onShow() {
      return this.month(this.data.back);
    },
    older() {
      return this.month(this.data.back + 1);
    },
    newer() {
      return this.month(this.data.back - 1);
    },
    async month(back) {
      const name = monthName(new Date(), back);
      const title = { zh: `积分 ${name.replace('-', '年')}月`, en: `Points ${name}` };
      this.setData({ back, title, sums: [], lines: [], appealing: '', told: null, trouble: null });
      try {
        const sheet = await points(await connect(), name);
        if (this.data.back === back) {
          this.setData({ sums: sums(sheet), lines: sheet.lines.map(line) });
        }
      } catch (error) {
        this.setData({ trouble: words(error) });
      }
    },
    open(event) {
      this.action = null;
      this.setData({ appealing: event.currentTarget.dataset.entry, text: '', told: null });
    },
    typed(event) {
      this.setData({ text: event.detail.value });
    },
    async submit() {
      const text = this.data.text.trim();
      if (!text) {
        this.setData({ told: EMPTY, tone: 'warn' });
        return;
      }
      try {
        const phone = await connect();
        this.action = this.action || newAction(phone);
        await appeal(phone, this.action, this.data.appealing, text);
        this.setData({ told: RECEIVED, tone: 'good' });
      } catch (error) {
        this.setData({ told: words(error), tone: 'bad' });
      }
    },
  },
});

function monthName(today, back) {
  const date = new Date(today.getFullYear(), today.getMonth() - back, 1);
  return `${date.getFullYear()}-${date.getMonth() < 9 ? '0' : ''}${date.getMonth() + 1}`;
}

function sums(sheet) {
  return [
    { id: 'opening', words: { zh: '月初', en: 'At the beginning' }, value: sheet.opening },
    { id: 'base', words: { zh: '每月基础分', en: 'Everybody\'s base' }, value: sheet.base },
    { id: 'total', words: { zh: '本月合计', en: 'This month' }, value: sheet.total },
    { id: 'closing', words: { zh: '现在', en: 'Now' }, value: sheet.closing },
  ];
}

function line(entry) {
  const counted = entry.counted > 0 ? `+${entry.counted}` : String(entry.counted);
  const at = moment(entry.at);
  return {
    entry: entry.entry,
    title: entry.title,
    when: { zh: `${counted} 分 · ${at.zh}`, en: at.en },
    fact: entry.fact.zh ? entry.fact : null,
    reason: entry.reason || '',
    open: entry.points < 0 && !entry.reversed_by,
  };
}

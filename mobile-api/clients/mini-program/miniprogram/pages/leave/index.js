// Leave: looked at, taken back, returned from.

const { call } = require('../../core/call.js');
const { put } = require('../../core/keep.js');
const { card } = require('../../core/leave.js');
const { connect } = require('../../core/link.js');
const { words } = require('../../core/trouble.js');
const { duties, leaves, newAction, withdrawLeave } = require('../../lib/protocol.js');

const NONE = { zh: '还没有请过假。要离开本地，请先申请。', en: 'No leave so far. Ask before you travel.' };
const NO_DUTY = { zh: '现在没有要签的到。请到司法所当面销假。', en: 'No check-in is due now: please report at the justice office.' };

Component({
  data: {
    title: { zh: '请假', en: 'Leave' },
    ask: { zh: '申请请假', en: 'Ask for leave' },
    back: { zh: '撤回', en: 'Take back' },
    returned: { zh: '我回来了，签到销假', en: 'I am back: check in' },
    cards: [],
    none: null,
    trouble: null,
  },
  methods: {
    onShow() {
      return this.load();
    },
    load() {
      return this.tried(async () => {
        const all = await leaves(await connect());
        this.setData({ cards: all.slice().reverse().map((leave) => card(leave, Date.now())), none: all.length > 0 ? null : NONE });
      });
    },
    async tried(work) {
      this.setData({ trouble: null });
      try {
        await work();
      } catch (error) {
        this.setData({ trouble: words(error) });
      }
    },
    form() {
      return call('navigateTo', { url: '/pages/leave-form/index' });
    },
    withdraw(event) {
      const { id } = event.currentTarget.dataset;
      return this.tried(async () => {
        const phone = await connect();
        await withdrawLeave(phone, newAction(phone), id);
        await this.load();
      });
    },
    /** A return is said by the check-in that is due. */
    goBack(event) {
      const { id } = event.currentTarget.dataset;
      return this.tried(async () => {
        const all = (await duties(await connect())).duties;
        const due = all.find((duty) => (duty.phase === 'open' || duty.phase === 'late') && duty.attendance === 'due');
        if (due) {
          await put('task', { duty: due, returns_from: id });
          await call('navigateTo', { url: '/pages/capture/index' });
        } else {
          this.setData({ trouble: NO_DUTY });
        }
      });
    },
  },
});

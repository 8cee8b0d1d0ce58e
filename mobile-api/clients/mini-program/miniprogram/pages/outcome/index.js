// What became of one capture, until it is settled.

const { CONTEST, EMPTY, SEND, WHY } = require('../../core/appeal.js');
const { call, wait } = require('../../core/call.js');
const courier = require('../../core/courier.js');
const { put, shelf } = require('../../core/keep.js');
const { connect } = require('../../core/link.js');
const network = require('../../core/network.js');
const { outcome } = require('../../core/outcome.js');
const { renew, waits } = require('../../core/renewal.js');
const subscribe = require('../../core/subscribe.js');
const { words } = require('../../core/trouble.js');
const { appealCheckin, newAction } = require('../../lib/protocol.js');
const { AGAIN, HOME, TROUBLE } = require('../../lib/words.js');

/** While an officer looks, his word is asked for so often, as long as the page is shown. */
const DECISION_EVERY_MS = 5000;
const DECISIONS_ASKED_MAX = 240;
const SIGNS = { good: '✓', wait: '…', again: '↻', bad: '!' };

Component({
  data: {
    seen: null,
    mark: '',
    remind: null,
    again: AGAIN,
    home: HOME,
    contest: CONTEST,
    why: WHY,
    send: SEND,
    appealing: false,
    text: '',
    told: null,
    tone: '',
    remindMe: { zh: '下次签到前用微信提醒我', en: 'Remind me by WeChat next time' },
  },
  methods: {
    onLoad(query) {
      this.checkin = query.checkin;
      this.setData({ remind: subscribe.able() ? { zh: '', en: '' } : null });
    },
    async onShow() {
      this.here = (this.here || 0) + 1;
      const turn = this.here;
      this.stop = courier.listen((record, moved, trouble) => {
        if (record.checkin === this.checkin) {
          this.paint(record, moved, trouble);
        }
      });
      const kept = await shelf.capture(this.checkin);
      if (!kept) {
        // It made room for newer ones.
        await this.goHome();
        return;
      }
      // Known at once: the courier notices only after its repeats.
      this.paint(kept, null, network.online() ? null : TROUBLE.offline);
      if (kept.stage === 'ready' || kept.stage === 'handed') {
        courier.now();
      }
      await this.decision(() => this.here === turn);
    },
    onHide() {
      this.here += 1;
      this.stop();
    },
    onUnload() {
      this.onHide();
    },
    paint(record, moved, trouble) {
      const seen = outcome(record, moved, trouble);
      this.setData({ seen, mark: SIGNS[seen.sign] });
    },
    async decision(here) {
      for (let asked = 0; asked < DECISIONS_ASKED_MAX && here(); asked += 1) {
        await wait(DECISION_EVERY_MS);
        const record = here() ? await shelf.capture(this.checkin) : null;
        if (!record) {
          return;
        }
        const open = record.stage === 'settled' && waits(record.told);
        if (!open && (record.stage === 'settled' || record.stage === 'refused')) {
          return;
        }
        if (open && here() && (await renew(await connect(), record)) && here()) {
          this.paint(record, null, null);
          return;
        }
      }
    },
    /** Only inside a press may a message be asked for. */
    async agree() {
      try {
        const agreed = await subscribe.ask();
        this.setData({ remind: agreed > 0 ? { zh: '好的，会提醒您一次。', en: 'You will be reminded once.' } : { zh: '没有打开提醒。', en: 'No reminder was switched on.' } });
        courier.now();
      } catch (error) {
        this.setData({ remind: words(error) });
      }
    },
    disagree() {
      this.action = null;
      this.setData({ appealing: true, text: '', told: null });
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
        // The same action however often it is pressed: an appeal whose answer was lost counts once.
        this.action = this.action || newAction(phone);
        const appeal = await appealCheckin(phone, this.action, this.checkin, text);
        const record = await shelf.capture(this.checkin);
        record.told = Object.assign({}, record.told, { appeal, appeal_until: null });
        await shelf.keepCapture(record);
        this.setData({ appealing: false, told: null });
        this.paint(record, null, null);
        const turn = this.here;
        await this.decision(() => this.here === turn);
      } catch (error) {
        this.setData({ told: words(error), tone: 'bad' });
      }
    },
    async anew() {
      const record = await shelf.capture(this.checkin);
      await put('task', { duty: record.task, returns_from: record.returns_from });
      await call('redirectTo', { url: '/pages/capture/index' });
    },
    tryAgain() {
      return courier.now();
    },
    goHome() {
      return call('switchTab', { url: '/pages/home/index' });
    },
  },
});

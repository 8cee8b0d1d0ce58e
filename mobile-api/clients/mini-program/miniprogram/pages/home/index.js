// Today.

const { call } = require('../../core/call.js');
const { captures, get, put } = require('../../core/keep.js');
const { connect } = require('../../core/link.js');
const network = require('../../core/network.js');
const { lacking } = require('../../core/platform.js');
const { words } = require('../../core/trouble.js');
const { duties } = require('../../lib/protocol.js');
const { onTheirWay, stage, today } = require('../../lib/today.js');
const { TROUBLE } = require('../../lib/words.js');

const CHANNEL = 'mini_program';
const CONNECTING = { zh: '正在连接', en: 'Connecting' };
const NO_LINE = { zh: '暂时连不上', en: 'No connection' };
const NOT_HERE = { zh: '现在打不开', en: 'This cannot open now' };

Component({
  data: {
    title: CONNECTING,
    lead: null,
    warn: null,
    note: null,
    sign: '',
    duty: null,
    waiting: [],
    rows: [],
    trouble: null,
    go: { zh: '开始签到', en: 'Check in' },
    again: { zh: '再连一次', en: 'Try again' },
    progress: { zh: '看看进度', en: 'See how it goes' },
    list: { zh: '昨天、今天和明天', en: 'Yesterday, today, tomorrow' },
  },
  methods: {
    onShow() {
      return this.load();
    },
    onPullDownRefresh() {
      return this.load().then(() => wx.stopPullDownRefresh());
    },
    async load() {
      try {
        const lack = lacking();
        if (lack) {
          this.stuck(NOT_HERE, TROUBLE[lack], []);
        } else if (!(await get('device')) || getApp().code) {
          wx.reLaunch({ url: '/pages/activate/index' });
        } else {
          await this.fetch();
        }
      } catch (error) {
        this.stuck(NOT_HERE, words(error), []);
      }
    },
    async fetch() {
      const kept = await captures();
      try {
        if (!network.online()) {
          this.stuck(NO_LINE, TROUBLE.offline, kept);
          return;
        }
        const answer = await duties(await connect());
        this.setData(Object.assign({ trouble: null }, today(answer, await captures(), CHANNEL)));
      } catch (error) {
        if (error.kind === 'refused' && error.status === 401) {
          wx.reLaunch({ url: '/pages/activate/index?why=unbound' });
          return;
        }
        this.stuck(NO_LINE, words(error), kept);
      }
    },
    stuck(title, trouble, kept) {
      this.setData({ title, trouble, duty: null, lead: null, warn: null, note: null, sign: '', rows: [], waiting: onTheirWay(kept).map(stage) });
    },
    async begin() {
      await put('task', { duty: this.data.duty, returns_from: null });
      await call('navigateTo', { url: '/pages/capture/index' });
    },
    look(event) {
      return call('navigateTo', { url: `/pages/outcome/index?checkin=${event.currentTarget.dataset.checkin}` });
    },
  },
});

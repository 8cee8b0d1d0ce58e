// What is stored of the person, until when, who looked; and how to take this phone out.

const { forget } = require('../../core/keep.js');
const { connect, cut } = require('../../core/link.js');
const { moment } = require('../../lib/moment.js');
const { words } = require('../../core/trouble.js');
const { stored } = require('../../lib/protocol.js');

Component({
  data: {
    title: { zh: '我的信息', en: 'My data' },
    lead: { zh: '系统存了什么，存到什么时候，谁看过。', en: 'What is stored, until when, and who looked.' },
    heldTitle: { zh: '存了什么', en: 'What is stored' },
    looksTitle: { zh: '谁看过您的照片和录音', en: 'Who looked at your pictures and recordings' },
    nobody: { zh: '最近没有人看过。', en: 'Nobody, lately.' },
    phoneTitle: { zh: '换手机', en: 'Another phone' },
    clear: { zh: '清除这部手机里的内容', en: 'Clear this phone' },
    sure: { zh: '确定清除', en: 'Yes, clear it' },
    warning: {
      zh: '清除后，这部手机不能再签到，要重新绑定。没有送出的内容会丢失。',
      en: 'After this the phone can no longer check in until it is linked again. What was not sent is lost.',
    },
    known: false,
    held: [],
    looks: [],
    until: null,
    asking: false,
    trouble: null,
  },
  methods: {
    async onShow() {
      this.setData({ asking: false, trouble: null });
      try {
        const answer = await stored(await connect());
        this.setData({ known: true, held: answer.held.map(held), looks: answer.looks.map(look), until: answer.until });
      } catch (error) {
        this.setData({ trouble: words(error) });
      }
    },
    ask() {
      this.setData({ asking: true });
    },
    async forget() {
      try {
        await forget();
        cut();
        wx.reLaunch({ url: '/pages/activate/index' });
      } catch (error) {
        this.setData({ trouble: words(error) });
      }
    },
  },
});

function held(one) {
  const newest = one.newest_at ? moment(one.newest_at) : null;
  return { what: one.what, count: one.count, newest: newest ? { zh: `最近 ${newest.zh}`, en: `newest ${newest.en}` } : null };
}

function look(one) {
  return { what: one.what, who: one.who, at: moment(one.at) };
}

// The privacy guide (用户隐私保护指引) before anything that it speaks of is used. Shown while WeChat says that it was not agreed to.

const { call } = require('../../core/call.js');
const { TROUBLE } = require('../../lib/words.js');

Component({
  // The buttons look as everywhere.
  options: { styleIsolation: 'apply-shared' },
  data: {
    needed: false,
    refused: null,
    text: {
      zh: '签到要用摄像头、麦克风和位置，照片和录音用来核对是不是您本人。请先看隐私指引。不同意也可以到司法所当面签到。',
      en: 'A check-in uses camera, microphone and location; pictures and recordings show that it is you. Please read the privacy guide. You may also check in at the office.',
    },
    contract: { zh: '《用户隐私保护指引》', en: 'Privacy guide' },
    yes: { zh: '我已看过，同意', en: 'I have read it and agree' },
    no: { zh: '不同意', en: 'I do not agree' },
  },
  lifetimes: {
    attached() {
      // Older base libraries know no guide: WeChat asks by itself when something is used.
      call('getPrivacySetting', {}).then((setting) => this.told(setting.needAuthorization), () => this.told(false));
    },
  },
  methods: {
    told(needed) {
      this.setData({ needed });
      this.triggerEvent('change', { needed });
    },
    read() {
      call('openPrivacyContract', {}).catch(() => {});
    },
    agree() {
      this.setData({ refused: null });
      this.told(false);
    },
    refuse() {
      this.setData({ refused: TROUBLE.privacyRefused });
    },
  },
});

// Links this phone to a person by the code of an officer: typed, scanned, or from the link by which the mini-program was opened.

const { call } = require('../../core/call.js');
const { drop, get, put } = require('../../core/keep.js');
const { connect, renewed } = require('../../core/link.js');
const { lacking, platform } = require('../../core/platform.js');
const { words } = require('../../core/trouble.js');
const { activate, newAction } = require('../../lib/protocol.js');
const { TROUBLE } = require('../../lib/words.js');

const CHANNEL = 'mini_program';
const LABEL_LEN_MAX = 200;
const LEAD = { zh: '请输入工作人员给您的激活码。', en: 'Please enter the code that the officer gave you.' };
const LEAD_LINK = { zh: '激活码已填好，请按下面的按钮。', en: 'The code is filled in: please press the button.' };
const EMPTY = { zh: '请先输入激活码。', en: 'Please enter the code first.' };
const NO_CODE = { zh: '这个二维码里没有激活码。请扫工作人员给的二维码。', en: 'There is no code in this picture. Please scan the one that the officer gave you.' };

Component({
  data: {
    title: { zh: '绑定这部手机', en: 'Link this phone' },
    lead: LEAD,
    label: { zh: '激活码', en: 'Code' },
    go: { zh: '绑定', en: 'Link' },
    busyWords: { zh: '正在绑定，请稍等', en: 'Linking, please wait' },
    scan: { zh: '扫二维码', en: 'Scan the code' },
    code: '',
    busy: false,
    trouble: null,
    consentNeeded: false,
  },
  methods: {
    onLoad(query) {
      const code = getApp().code || '';
      getApp().code = null;
      const lack = lacking();
      const trouble = lack ? TROUBLE[lack] : query && query.why === 'unbound' ? TROUBLE.unbound : null;
      this.setData({ code, trouble, lead: code ? LEAD_LINK : LEAD });
    },
    consent(event) {
      this.setData({ consentNeeded: event.detail.needed });
    },
    typed(event) {
      this.setData({ code: event.detail.value });
    },
    async scanned() {
      let result = '';
      try {
        result = (await call('scanCode', { onlyFromCamera: true, scanType: ['qrCode'] })).result;
      } catch (_) {
        // He came back without a picture: the field is still there.
        return;
      }
      const found = /[#&?]code=([^&#]+)/.exec(result);
      this.setData(found ? { code: decodeURIComponent(found[1]), lead: LEAD_LINK, trouble: null } : { trouble: NO_CODE });
    },
    async submit() {
      const code = this.data.code.trim();
      if (!code || this.data.busy) {
        this.setData({ trouble: code ? null : EMPTY });
        return;
      }
      this.setData({ busy: true, trouble: null });
      try {
        await link(code);
        await call('switchTab', { url: '/pages/home/index' });
      } catch (error) {
        this.setData({ trouble: words(error) });
      }
      this.setData({ busy: false });
    },
  },
});

/** The same code asks under the same key again, so that a lost answer costs nothing. */
async function link(code) {
  const phone = await connect();
  let begun = await get('activation');
  if (!begun || begun.code !== code) {
    begun = { code, action: newAction(phone) };
    await put('activation', begun);
  }
  const label = platform().slice(0, LABEL_LEN_MAX);
  let device = null;
  try {
    device = await activate(phone, begun.action, code, label, CHANNEL);
  } catch (error) {
    // The key of an earlier time is known and no longer taken: the code gets a new one.
    if (error.name !== 'device-revoked' && error.name !== 'device-key-taken') {
      throw error;
    }
    device = await activate(await renewed(), newAction(phone), code, label, CHANNEL);
  }
  await put('device', device);
  await drop('activation');
}

// A request for leave.

const { call } = require('../../core/call.js');
const { PURPOSES, wanted } = require('../../core/leave.js');
const { connect } = require('../../core/link.js');
const { day } = require('../../lib/moment.js');
const { words } = require('../../core/trouble.js');
const { askLeave, newAction } = require('../../lib/protocol.js');

const CODES = Object.keys(PURPOSES);
const EMPTY = { zh: '请把每一项都填好。', en: 'Please fill in every field.' };

Component({
  data: {
    title: { zh: '申请请假', en: 'Ask for leave' },
    send: { zh: '提交', en: 'Send' },
    labels: {
      purpose: { zh: '为什么', en: 'Why' },
      reason: { zh: '具体原因', en: 'Reason' },
      from: { zh: '什么时候走', en: 'From' },
      until: { zh: '什么时候回来', en: 'Back by' },
      province: { zh: '去哪个省', en: 'Province' },
      city: { zh: '去哪个市', en: 'City' },
      county: { zh: '县或区（没有可不填）', en: 'County, if any' },
      address: { zh: '详细地址', en: 'Address' },
    },
    purposes: CODES.map((code) => `${PURPOSES[code].zh} ${PURPOSES[code].en}`),
    form: {
      purpose: CODES[0], reason: '', fromDay: '', fromTime: '08:00', untilDay: '', untilTime: '18:00', province: '', city: '', county: '', address: '',
    },
    chosen: 0,
    busy: false,
    trouble: null,
    today: '',
  },
  methods: {
    onLoad() {
      this.setData({ today: day(Date.now()) });
    },
    fill(name, value) {
      this.setData({ form: Object.assign({}, this.data.form, { [name]: value }) });
    },
    typed(event) {
      this.fill(event.currentTarget.dataset.name, event.detail.value);
    },
    choose(event) {
      this.setData({ chosen: Number(event.detail.value) });
      this.fill('purpose', CODES[Number(event.detail.value)]);
    },
    async submit() {
      const asked = wanted(this.data.form, Date.now());
      if (!asked || this.data.busy) {
        this.setData({ trouble: asked ? null : EMPTY });
        return;
      }
      this.setData({ busy: true, trouble: null });
      try {
        const phone = await connect();
        // The same request under the same action: pressing again after a lost answer asks once.
        this.action = this.action || newAction(phone);
        await askLeave(phone, this.action, asked);
        await call('navigateBack', {});
      } catch (error) {
        if (error.kind === 'refused') {
          this.action = null;
        }
        this.setData({ trouble: refused(error) });
      }
      this.setData({ busy: false });
    },
  },
});

/** The server says which field it does not take. */
function refused(error) {
  const told = words(error);
  return error.facts && error.facts.field ? { zh: `${told.zh}：${told.en}`, en: '' } : told;
}

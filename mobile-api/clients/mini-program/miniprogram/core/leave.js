// Leave, in words. Pure.

const { moment } = require('../lib/moment.js');

const w = (zh, en) => ({ zh, en });
const PURPOSES = {
  medical: w('看病', 'Medical'), family: w('家里有事', 'Family'), work: w('工作', 'Work'), study: w('上学', 'Study'),
  litigation: w('打官司', 'Court'), other: w('其他', 'Other'),
};
const STATES = {
  requested: w('已提交，等待审批', 'Asked for'), reviewed: w('审批中', 'Under review'), approved: w('已批准', 'Approved'),
  recalled: w('要求提前返回', 'Called back'), refused: w('没有批准', 'Refused'), withdrawn: w('已撤回', 'Withdrawn'),
  cancelled: w('已取消', 'Cancelled'), returned: w('已销假', 'Returned'), replaced: w('已被新申请代替', 'Replaced'),
};
/** A request at shorter notice is an emergency (实施办法). */
const NOTICE_DAYS = 3;
const DAY_MS = 86400000;

/** A leave as it is shown; `now_ms` by this phone's clock. */
function card(leave, now_ms) {
  const { request } = leave;
  const [from, until] = [moment(request.from), moment(leave.due_at)];
  const places = request.destinations.map((place) => [place.province, place.city, place.county, place.address].filter(Boolean).join(' '));
  const away = (leave.state === 'approved' || leave.state === 'recalled') && request.kind !== 'standing' && Date.parse(request.from) <= now_ms;
  return {
    id: leave.id,
    title: w(`${PURPOSES[request.purpose].zh}：${STATES[leave.state].zh}`, `${PURPOSES[request.purpose].en}: ${STATES[leave.state].en}`),
    when: w(`${from.zh} 到 ${until.zh}`, `${from.en} to ${until.en}`),
    where: places.join('；'),
    reason: leave.steps.length > 0 ? leave.steps[leave.steps.length - 1].reason || '' : '',
    pending: leave.state === 'requested' || leave.state === 'reviewed',
    away,
  };
}

/** The request that a filled form is, or null while something is missing. */
function wanted(form, now_ms) {
  const filled = ['reason', 'fromDay', 'fromTime', 'untilDay', 'untilTime', 'province', 'city', 'address'].every((name) => form[name].trim());
  if (!filled) {
    return null;
  }
  const at = (day, time) => new Date(`${day}T${time}:00`);
  const from = at(form.fromDay, form.fromTime);
  const place = {};
  ['province', 'city', 'county', 'address'].forEach((name) => {
    place[name] = form[name].trim();
  });
  return {
    kind: from.getTime() - now_ms < NOTICE_DAYS * DAY_MS ? 'emergency' : 'ordinary',
    from: from.toISOString(),
    until: at(form.untilDay, form.untilTime).toISOString(),
    purpose: form.purpose,
    reason: form.reason.trim(),
    destinations: [place],
  };
}

module.exports = { PURPOSES, card, wanted };

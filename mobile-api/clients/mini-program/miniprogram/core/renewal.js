const { checkin } = require('../lib/protocol.js');
const { shelf } = require('./keep.js');

/** May an officer still change what became of it? */
function waits(told) {
  return told.state === 'review' || Boolean(told.appeal && !told.appeal.finding);
}

/** Asks how an attempt that an officer looks at stands now; true when that changed. */
async function renew(phone, record) {
  try {
    const told = await checkin(phone, record.checkin, false);
    const found = (of) => (of.appeal ? of.appeal.finding : null);
    const changed = told.state !== record.told.state || found(told) !== found(record.told);
    record.told = told;
    await shelf.keepCapture(record);
    return changed;
  } catch (_) {
    // No line: what was known stays.
    return false;
  }
}

module.exports = { renew, waits };

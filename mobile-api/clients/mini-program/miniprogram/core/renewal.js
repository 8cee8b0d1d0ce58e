const { checkin } = require('../lib/protocol.js');
const { shelf } = require('./keep.js');

/** Asks how an attempt that an officer looks at stands now; true when that changed. */
async function renew(phone, record) {
  try {
    const told = await checkin(phone, record.checkin, false);
    const changed = told.state !== record.told.state;
    record.told = told;
    await shelf.keepCapture(record);
    return changed;
  } catch (_) {
    // No line: what was known stays.
    return false;
  }
}

module.exports = { renew };

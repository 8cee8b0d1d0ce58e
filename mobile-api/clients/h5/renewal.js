import { checkin } from '../protocol/phone.js';
import { shelf } from './keep.js';

/** May an officer still change what became of it? */
export function waits(told) {
  return told.state === 'review' || Boolean(told.appeal && !told.appeal.finding);
}

/** Asks how an attempt that an officer looks at stands now; true when that changed. */
export async function renew(phone, record) {
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

// The phones' protocol, shared with the H5 page.

export { fromBase64url, base64url, hex } from '../../protocol/bytes.js';
export { deliver, keepPart, newCapture, progress, uploadParts } from '../../protocol/delivery.js';
export { send } from '../../protocol/exchange.js';
export {
  activate, appeal, appealCheckin, askLeave, checkin, duties, leaves, newAction, newPhone, open, points, publishedKeys, stored, withdrawLeave,
} from '../../protocol/phone.js';
export { read } from '../../protocol/problem.js';
export { check, fits, shortNumber } from '../../protocol/receipt.js';

import { Garbled } from './problem.js';
import { send } from './exchange.js';

/** Bytes of one piece: what a bad line brings over in a second or two, and what fits into five seconds in the background. */
export const PIECE_LEN = 64 * 1024;
/** Corrections of the offset without a byte of progress in between, at most. */
const CORRECTIONS_MAX = 4;

/**
 * Uploads a part piece by piece from byte `from` on; `told(at)` hears of each byte position that is durable there. The server's word about
 * where it stands counts, so that any break is mended by calling again.
 */
export async function upload(phone, session, part, bytes, from, told) {
  const path = `/v1/checkins/${session.checkin}/parts/${part}`;
  const piece = pieceLen(session, part);
  let at = Math.min(from, bytes.length);
  let corrections = 0;
  while (at < bytes.length) {
    const end = Math.min(bytes.length, at + piece);
    try {
      const answer = await send(phone, { method: 'PUT', path, bytes: bytes.slice(at, end), offset: at });
      if (Number(answer.headers['upload-offset']) !== end) {
        throw new Garbled(`after byte ${end} the server stands elsewhere`);
      }
      at = end;
      corrections = 0;
    } catch (error) {
      corrections += 1;
      at = corrected(error, bytes.length, corrections);
    }
    told(at);
  }
}

/** The byte at which the server says it stands, or the error again. */
function corrected(error, len, corrections) {
  const offset = error.name === 'part-offset' ? Number(error.facts.offset) : NaN;
  if (!(offset >= 0 && offset <= len) || corrections > CORRECTIONS_MAX) {
    throw error;
  }
  return offset;
}

function pieceLen(session, part) {
  const asked = session.parts.find((open) => open.name === part);
  return Math.max(1, Math.min(PIECE_LEN, asked ? asked.chunk_len_max : PIECE_LEN));
}

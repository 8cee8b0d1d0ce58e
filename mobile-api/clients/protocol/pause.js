/** Before the first repeat, the second, …; after the last of them the caller hears of it. */
export const PAUSES_MS = [0, 1000, 3000, 10000];
/** What the server may ask for in `Retry-After`, at most: a person waits. */
export const WISH_S_MAX = 30;
/** Added by chance, so that phones do not come back all at once. */
const JITTER_MS = 500;

/** Milliseconds before repeat number `repeat` (1, 2, …), or null when there is none left. The server's wish is never undercut. */
export function pause(repeat, retryAfter, random) {
  if (repeat > PAUSES_MS.length) {
    return null;
  }
  const wish_s = Number(retryAfter);
  if (wish_s > WISH_S_MAX) {
    return null;
  }
  const own = PAUSES_MS[repeat - 1];
  const least = wish_s > 0 ? Math.max(own, wish_s * 1000) : own;
  return least === 0 ? 0 : least + (random(1)[0] / 255) * JITTER_MS;
}

// Times as people say them, by this phone's zone.

const DAY_MS = 86400000;
const NEAR = { '-1': ['昨天', 'yesterday'], 0: ['今天', 'today'], 1: ['明天', 'tomorrow'] };

const two = (number) => (number < 10 ? `0${number}` : String(number));
const midnight = (of) => new Date(of.getFullYear(), of.getMonth(), of.getDate()).getTime();

/** `08:05`. */
export function clock(at) {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** `2026-03-01`. */
export function day(at) {
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** 今天, 明天, 昨天, or the day, beside the time. */
export function moment(at, now) {
  const date = new Date(at);
  const near = NEAR[Math.round((midnight(date) - midnight(new Date(now || Date.now()))) / DAY_MS)];
  const zh = near ? near[0] : `${date.getMonth() + 1}月${date.getDate()}日`;
  const en = near ? near[1] : day(at);
  return { zh: `${zh} ${clock(at)}`, en: `${en} ${clock(at)}` };
}

/** From one time to another; the day of the second is told where it is another one. */
export function span(from, until, now) {
  const [begin, end] = [moment(from, now), moment(until, now)];
  const same = day(from) === day(until);
  return { zh: `${begin.zh}—${same ? clock(until) : end.zh}`, en: `${begin.en} – ${same ? clock(until) : end.en}` };
}

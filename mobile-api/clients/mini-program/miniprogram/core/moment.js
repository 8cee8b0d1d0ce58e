const DAY_MS = 86400000;
const NEAR = { '-1': ['昨天', 'yesterday'], 0: ['今天', 'today'], 1: ['明天', 'tomorrow'] };

const two = (number) => (number < 10 ? `0${number}` : String(number));

/** `08:05` by this phone's zone. */
function clock(at) {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** `2026-03-01` by this phone's zone. */
function day(at) {
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** 今天, 明天, 昨天, or the day, beside the time. */
function moment(at, now) {
  const date = new Date(at);
  const midnight = (of) => new Date(of.getFullYear(), of.getMonth(), of.getDate()).getTime();
  const days = Math.round((midnight(date) - midnight(new Date(now || Date.now()))) / DAY_MS);
  const near = NEAR[days];
  const zh = near ? near[0] : `${date.getMonth() + 1}月${date.getDate()}日`;
  const en = near ? near[1] : day(at);
  return { zh: `${zh} ${clock(at)}`, en: `${en} ${clock(at)}` };
}

module.exports = { clock, day, moment };

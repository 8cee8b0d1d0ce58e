// What an operator sets before he hands the mini-program in. Nothing here is secret: whoever has the mini-program can read it.

module.exports = {
  /** The server, as it stands in the domain white list: https, no slash at the end. */
  BASE: 'https://muster.example',
  /** Templates of subscribe messages that were granted, at most three; none where the server has no `[notify.wechat]`. */
  TEMPLATES: [],
};

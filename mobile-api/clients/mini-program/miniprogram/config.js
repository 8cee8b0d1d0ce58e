// What an operator sets before he hands the mini-program in. Nothing here is secret: whoever has the mini-program can read it.

module.exports = {
  /** The server, as it stands in the domain white list: https, no slash at the end. */
  BASE: 'https://muster.example',
  /** Where a login code is changed for this user's openid: `POST {"code"}` → `{"openid"}` on the same server; null where nobody does that. */
  OPENID_PATH: null,
  /** Templates of subscribe messages that were granted, at most three; none without `OPENID_PATH`. */
  TEMPLATES: [],
};

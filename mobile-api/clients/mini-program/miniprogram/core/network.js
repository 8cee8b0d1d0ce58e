// Is there a line? WeChat's word for it; true while it said nothing.

const { call } = require('./call.js');

let on = true;
let watching = false;

/** Begins to watch; `back()` whenever a line comes back. */
function watch(back) {
  if (watching) {
    return;
  }
  watching = true;
  call('getNetworkType', {}).then((answer) => {
    on = answer.networkType !== 'none';
  }, () => {});
  wx.onNetworkStatusChange((change) => {
    const before = on;
    on = change.isConnected;
    if (on && !before) {
      back();
    }
  });
}

const online = () => on;

module.exports = { online, watch };

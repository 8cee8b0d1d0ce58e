const courier = require('./core/courier.js');
const { tidy } = require('./core/keep.js');

App({
  /** The code of a link or a QR code by which the mini-program was opened, until it is used. */
  code: null,

  onLaunch(options) {
    const query = (options && options.query) || {};
    this.code = query.code || (query.scene ? decodeURIComponent(query.scene) : null);
    // What cannot be tidied up now is next time.
    this.tidied = tidy().catch(() => {});
  },
  onShow() {
    this.tidied.then(courier.front);
  },
  onHide() {
    courier.back();
  },
});

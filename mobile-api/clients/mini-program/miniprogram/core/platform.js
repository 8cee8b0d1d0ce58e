// What this phone says of itself: evidence, never trusted.

const TEXT_LEN_MAX = 200;
/** The key is software, and its owner could read it: less assurance than a key in hardware, or than a browser's that nobody reads out. */
const KEY = 'key=software,wx-storage-encrypted';

/** Such as `WeChat mini-program; key=…; Xiaomi 22041216C; Android 13; WeChat 8.0.50; base 3.7.1`. */
function platform() {
  const device = said('getDeviceInfo');
  const app = said('getAppBaseInfo');
  const text = ['WeChat mini-program', KEY, `${device.brand} ${device.model}`, device.system, `WeChat ${app.version}`, `base ${app.SDKVersion}`]
    .join('; ');
  return text.slice(0, TEXT_LEN_MAX);
}

/** The newer functions where there are any, else the old one that tells everything. */
function said(name) {
  return typeof wx[name] === 'function' ? wx[name]() : wx.getSystemInfoSync();
}

/** What this WeChat lacks for anything to work, or null: the key needs BigInt, chance and an encrypted storage. */
function lacking() {
  const all = typeof BigInt === 'function' && typeof wx.getRandomValues === 'function' && typeof wx.getFileSystemManager === 'function';
  return all ? null : 'wechat';
}

module.exports = { lacking, platform };

/** One of WeChat's functions with `success` and `fail`, as a promise. Older base libraries give none themselves. */
function call(name, options) {
  return new Promise((success, fail) => {
    if (typeof wx[name] !== 'function') {
      fail({ errMsg: `${name}:fail not supported` });
      return;
    }
    wx[name](Object.assign({}, options, { success, fail }));
  });
}

/** Resolves after so many milliseconds. */
function wait(ms) {
  return new Promise((done) => setTimeout(done, ms));
}

module.exports = { call, wait };

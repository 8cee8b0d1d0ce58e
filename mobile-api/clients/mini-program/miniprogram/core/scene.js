// What the steps of a capture may do with their page: show something, wait for a press or for the camera, and notice that it was left.

/** The scene of a page. Its waits end with `{left: true}` once `leave` was called. */
function newScene(page) {
  const waits = {};
  const scene = {
    left: false,
    show: (data) => {
      if (!scene.left) {
        page.setData(data);
      }
    },
    /** The name of the next button that is pressed. */
    pressed: () => next('press'),
    /** Resolves when the camera shows something; rejects with WeChat's word. */
    cameraReady: () => next('camera'),
    tell: (what, value) => settle(what, 'done', value),
    fail: (what, error) => settle(what, 'failed', error),
    /** Throws when the page was left. */
    check: () => {
      if (scene.left) {
        throw { left: true };
      }
    },
    leave: () => {
      scene.left = true;
      Object.keys(waits).forEach((what) => settle(what, 'failed', { left: true }));
    },
  };
  function next(what) {
    return new Promise((done, failed) => {
      waits[what] = { done, failed };
    });
  }
  function settle(what, how, value) {
    if (waits[what]) {
      waits[what][how](value);
      delete waits[what];
    }
  }
  return scene;
}

module.exports = { newScene };

// The page of one capture. What happens in which order stands in `core/capture.js`; here is what is seen and pressed.

const { call } = require('../../core/call.js');
const { take } = require('../../core/capture.js');
const { get } = require('../../core/keep.js');
const { newScene } = require('../../core/scene.js');
const { stayOn } = require('../../core/screen.js');
const { words } = require('../../core/trouble.js');
const { AGAIN, HOME, TROUBLE } = require('../../lib/words.js');

/** Steps: `wait`, `look`, `turn`, `near`, `flash`, `digits`, `listen`, `place`, `trouble`. */
const BLANK = {
  step: 'wait', camera: false, ready: false, hint: null, tone: '', arrow: '', colour: '', digits: [], level: 0, trouble: null, settings: false,
};

Component({
  data: Object.assign({}, BLANK, {
    waiting: { zh: '请稍等', en: 'One moment' },
    face: { zh: '把脸放进圈里', en: 'Put your face into the oval' },
    reading: { zh: '请读这些数字', en: 'Please read these digits' },
    failed: { zh: '没有成功', en: 'That did not work' },
    shoot: { zh: '拍照', en: 'Take the picture' },
    start: { zh: '按一下，开始读', en: 'Press, then read' },
    done: { zh: '读完了', en: 'I am done' },
    open: { zh: '去设置', en: 'Settings' },
    without: { zh: '没有位置也继续', en: 'Go on without a location' },
    again: AGAIN,
    home: HOME,
  }),
  methods: {
    onLoad() {
      return this.begin();
    },
    /** Camera and recorder stop in the background, and a session is for one go: it begins anew. */
    onHide() {
      if (this.scene && !this.scene.left && this.data.step !== 'trouble') {
        this.leave();
        this.setData(Object.assign({}, BLANK, { step: 'trouble', trouble: TROUBLE.interrupted }));
      }
    },
    onUnload() {
      this.leave();
    },
    leave() {
      if (this.scene) {
        this.scene.leave();
      }
      stayOn(false);
    },
    async begin() {
      const scene = newScene(this);
      this.scene = scene;
      this.setData(BLANK);
      stayOn(true);
      try {
        const task = await get('task');
        const record = await take(scene, task.duty, task.returns_from);
        scene.check();
        this.leave();
        await call('redirectTo', { url: `/pages/outcome/index?checkin=${record.checkin}` });
      } catch (error) {
        if (!error.left) {
          scene.show(Object.assign({}, BLANK, { step: 'trouble', trouble: words(error), settings: Boolean(error.settings) }));
          stayOn(false);
        }
      }
    },
    press(event) {
      this.scene.tell('press', event.currentTarget.dataset.name);
    },
    /** He was in WeChat's settings. */
    returned() {
      if (this.data.step === 'place') {
        this.scene.tell('press', 'again');
      } else {
        this.begin();
      }
    },
    cameraReady() {
      this.scene.tell('camera');
    },
    cameraFailed(event) {
      this.scene.fail('camera', { errMsg: (event.detail && event.detail.errMsg) || 'auth deny' });
    },
    goHome() {
      return call('switchTab', { url: '/pages/home/index' });
    },
  },
});

// Words that several views use. Chinese first; short, since some who read them read poorly.

const w = (zh, en) => ({ zh, en });

export const ATTENDANCE = {
  due: w('待签到', 'Not yet'),
  on_time: w('已签到', 'Checked in'),
  late: w('已签到（晚了）', 'Checked in late'),
  under_review: w('工作人员查看中', 'An officer looks at it'),
  excused: w('这次不用签', 'Excused'),
  missed: w('没有签到', 'Missed'),
};

export const STATE = {
  open: w('还没交', 'Not handed in'),
  queued: w('正在核对', 'Being checked'),
  running: w('正在核对', 'Being checked'),
  verified: w('签到成功', 'Checked in'),
  retry: w('要再试一次', 'Please try again'),
  review: w('等工作人员查看', 'An officer will look'),
  accepted: w('工作人员已确认', 'Accepted by an officer'),
  declined: w('工作人员没有确认', 'Not accepted by an officer'),
  asked_again: w('请再签到一次', 'Please check in once more'),
  expired: w('已过时间', 'Expired'),
};

export const FACTORS = {
  face: w('拍照', 'Picture'),
  voice: w('读数字', 'Read digits'),
  face_and_voice: w('拍照，读数字', 'Picture and digits'),
};

export const BACK = w('返回', 'Back');
export const HOME = w('回首页', 'Home');
export const AGAIN = w('再试一次', 'Try again');

/** What is wrong with this browser or phone, and what to do. */
export const TROUBLE = {
  insecure: w(
    '这个网址不安全，不能用摄像头。请用工作人员给的链接打开（以 https 开头）。',
    'This address is not secure. Please open the link that the officer gave you (it begins with https).',
  ),
  browser: w(
    '这个浏览器不能拍照或录音。请更新浏览器，或换手机自带的浏览器打开本页。',
    'This browser cannot take pictures or record. Please update it, or open this page in the phone\'s own browser.',
  ),
  storage: w(
    '浏览器不让本页保存内容。请关掉“无痕浏览”，再打开本页。',
    'The browser does not let this page keep anything. Please leave private browsing and open it again.',
  ),
  full: w(
    '手机空间不够，存不下。请删掉一些照片或应用，再试一次。',
    'The phone is full. Please delete some pictures or apps and try again.',
  ),
  cameraDenied: w(
    '没有摄像头权限。请在浏览器设置里允许本页使用摄像头，再试一次。',
    'The camera is not allowed. Please allow it for this page in the browser\'s settings and try again.',
  ),
  microphoneDenied: w(
    '没有麦克风权限。请在浏览器设置里允许本页使用麦克风，再试一次。',
    'The microphone is not allowed. Please allow it for this page in the browser\'s settings and try again.',
  ),
  cameraMissing: w(
    '没有找到摄像头。请换一部有前置摄像头的手机，或到司法所签到。',
    'No camera was found. Please use a phone that has one, or check in at the justice office.',
  ),
  microphoneMissing: w(
    '没有找到麦克风。请拔掉耳机再试，或到司法所签到。',
    'No microphone was found. Please unplug the headset and try again, or check in at the justice office.',
  ),
  cameraBusy: w(
    '摄像头正被别的应用占用。请关掉视频通话或相机，再试一次。',
    'Another app uses the camera. Please close video calls and the camera app, then try again.',
  ),
  microphoneBusy: w(
    '麦克风正被别的应用占用。请挂断电话或关掉录音，再试一次。',
    'Another app uses the microphone. Please end calls and recordings, then try again.',
  ),
  silent: w(
    '没有录到声音。请检查麦克风有没有被挡住，再读一遍。',
    'Nothing was recorded. Please check that the microphone is not covered, and read again.',
  ),
  offline: w(
    '没有网络。请打开手机流量或无线网，连上后会自动继续。',
    'No connection. Please switch mobile data or Wi-Fi on; it goes on by itself.',
  ),
  server: w(
    '系统暂时连不上。您拍的内容都已保存在手机里，连上后会自动送出；一直不行，请打电话告诉司法所。',
    'The service cannot be reached. What you took is kept on this phone and goes out by itself; if it lasts, please call the justice office.',
  ),
  garbled: w(
    '网络需要登录（例如宾馆无线网）。请先登录网络，或改用手机流量。',
    'This network asks for a sign-in first, as in a hotel. Please sign in to it, or use mobile data.',
  ),
  unbound: w(
    '这部手机还没有绑定，或已被停用。请向司法所要一个新的激活码。',
    'This phone is not linked, or no longer. Please ask the justice office for a new code.',
  ),
};

/** Refusals that are told in other words than the server's. */
export const REFUSED = {
  'session-expired': w('时间过了，请重新拍一次。不会影响您。', 'Time ran out: please take it again. This costs you nothing.'),
  'window-closed': w('签到时间已过。请联系司法所。', 'The time for this check-in is over. Please call the justice office.'),
  'media-repeated': w('这张照片或录音以前交过，请重新拍。', 'This picture or recording was handed in before; please take a new one.'),
};

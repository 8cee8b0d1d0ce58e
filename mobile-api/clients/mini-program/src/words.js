// The H5 page's words, and in their place those that speak of WeChat rather than of a browser.

import * as page from '../../h5/words.js';

const w = (zh, en) => ({ zh, en });

export const { AGAIN, ATTENDANCE, BACK, FACTORS, HOME, REFUSED, STATE } = page;

export const TROUBLE = Object.assign({}, page.TROUBLE, {
  wechat: w('微信版本太旧，不能签到。请更新微信，再打开小程序。', 'This WeChat is too old to check in. Please update it and open the mini-program again.'),
  storage: w('手机不让小程序保存内容。请重启微信再试；还不行，请到司法所签到。',
    'The phone does not let the mini-program keep anything. Please restart WeChat; if that does not help, check in at the justice office.'),
  cameraDenied: w('没有摄像头权限。请按“去设置”，打开摄像头，再回来。', 'The camera is not allowed. Press "Settings", switch the camera on, and come back.'),
  microphoneDenied: w('没有麦克风权限。请按“去设置”，打开麦克风，再回来。', 'The microphone is not allowed. Press "Settings", switch the microphone on, and come back.'),
  placeDenied: w('没有位置权限。请按“去设置”，打开位置信息，再回来。没有位置，要由工作人员查看。',
    'The location is not allowed. Press "Settings", switch it on, and come back. Without it an officer has to look.'),
  placeMissing: w('没有找到您的位置。请打开手机的定位，走到窗边或室外再试。没有位置，要由工作人员查看。',
    'Your location was not found. Please switch location on and go to a window or outside. Without it an officer has to look.'),
  systemDenied: w('手机没有给微信这个权限。请打开手机的“设置”，找到微信，允许摄像头、麦克风和位置。',
    'The phone does not give WeChat this permission. Open the phone\'s settings, find WeChat, and allow camera, microphone and location.'),
  privacyRefused: w('您没有同意隐私指引，不能用小程序签到。可以到司法所当面签到。',
    'Without your consent the mini-program cannot be used. You may check in at the justice office.'),
  interrupted: w('刚才离开了，没有拍完。请重新拍一次，不会影响您。', 'You left before it was done: please take it again. This costs you nothing.'),
  lost: w('手机清掉了还没送出的照片。请重新拍一次。', 'The phone deleted what was not sent yet: please take it again.'),
});

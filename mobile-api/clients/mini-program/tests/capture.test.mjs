import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { arrived, duty } from './standin/server.mjs';
import { core, newStage, open, until } from './standin/stage.mjs';

let stage = null;
beforeEach(async () => {
  stage = await newStage();
  stage.handset.storage.set('device', '{"device":"d"}');
});
afterEach(() => stage.close());

const went = (how, url) => stage.handset.went.find(([one, to]) => one === how && to.startsWith(url));

/** Begins a capture as the first page does, with a camera that opens. */
async function begin(asked) {
  await core('core/keep').put('task', { duty: asked, returns_from: null });
  const view = open(stage, 'capture');
  stage.handset.colour = () => view.data().colour;
  return view;
}

async function shine(view) {
  await until('the camera', () => view.has('.camera'));
  view.happen('.camera', 'initdone');
}

/** Reads the digits by the button; the silence at their end is noticed. */
async function read(view) {
  await until('the digits', () => view.has('#read'));
  view.press('#read');
}

const done = () => until('the outcome', () => went('redirectTo', '/pages/outcome/'));
const settled = () => until('the verdict', () => [...stage.server.house.submissions.values()].length > 0 && kept().stage === 'settled');
const kept = () => JSON.parse([...stage.handset.storage].find(([key]) => key.startsWith('capture/'))[1]);

test('pictures, a turned head, colours and digits arrive as they were taken, and the verdict is kept with its receipt', async () => {
  stage.server.turn.presence = { turn: 'left', flash: { colours: ['red', 'blue', 'green', 'red'], each_ms: 600 } };
  const view = await begin(duty());
  await shine(view);
  await until('the arrow', () => view.has('#arrow'));
  assert.match(view.text(), /把头慢慢转向您的左边/);
  assert.match(view.text(), /←/);
  await read(view);
  assert.deepEqual(view.data().digits, ['3', '7', '0', '6']);
  await done();
  await settled();
  const names = ['selfie-0', 'selfie-1', 'selfie-2', 'turn', 'flash-0', 'flash-1', 'flash-2', 'flash-3', 'voice'];
  assert.deepEqual(Object.keys(kept().parts).sort(), [...names].sort());
  names.forEach((name) => assert.equal(arrived(stage.server, name).sha256, arrived(stage.server, name).said.sha256, name));
  assert.deepEqual(stage.handset.photos.map((photo) => photo.colour), ['', '', '', '', '#ff0000', '#0000ff', '#00ff00', '#ff0000']);
  assert.ok(stage.handset.photos.every((photo) => photo.selfieMirror === false), 'left must stay left');
  assert.deepEqual(stage.handset.brightnessSet, [1, 0.4]);
  assert.ok(stage.handset.photos.slice(4).every((photo) => photo.brightness === 1));
  assert.match(kept().told.receipt, /^[\w-]+\.[\w-]+\.[\w-]+$/);
  assert.equal([...stage.handset.files.keys()].filter((path) => path.includes('/muster/')).length, 0, 'bytes that arrived are forgotten');
});

test('the recording is 16 kHz mono WAV of what was said', async () => {
  const view = await begin(duty({ factors: 'voice' }));
  await read(view);
  await done();
  await settled();
  const { bytes } = arrived(stage.server, 'voice');
  assert.equal(bytes.subarray(0, 4).toString(), 'RIFF');
  assert.equal(bytes.subarray(8, 16).toString(), 'WAVEfmt ');
  assert.deepEqual([bytes.readUInt16LE(20), bytes.readUInt16LE(22), bytes.readUInt32LE(24), bytes.readUInt16LE(34)], [1, 1, 16000, 16]);
  assert.equal(bytes.readUInt32LE(40), bytes.length - 44);
  assert.ok(bytes.subarray(44).some((value) => value !== 0));
  assert.equal(stage.server.opened[0].body.includes('turn'), false, 'a session without a face asks for no turn');
});

test('a phone that gives no samples records MP3', async () => {
  stage.handset.samples = false;
  const view = await begin(duty({ factors: 'voice' }));
  await read(view);
  await until('the button', () => view.has('#done'));
  view.press('#done');
  await done();
  await settled();
  assert.notEqual(arrived(stage.server, 'voice').bytes.subarray(0, 4).toString(), 'RIFF');
});

test('the facts say the datum, and how little the key is worth', async () => {
  await begin(duty({ factors: 'face', location_required: true })).then(shine);
  await done();
  await settled();
  const { facts } = kept();
  assert.deepEqual(facts.location, { latitude: 30.25, longitude: 120.17, accuracy_m: 30, datum: 'gcj02' });
  assert.match(facts.platform, /^WeChat mini-program; key=software,wx-storage-encrypted; Brand M1; Android 13; WeChat 8\.0\.50; base 3\.7\.1$/);
  assert.deepEqual([...stage.server.house.submissions.values()][0].body.facts, facts);
});

test('a dark room is told, and the button takes the picture all the same', async () => {
  stage.handset.luma = 20;
  const view = await begin(duty({ factors: 'face' }));
  await shine(view);
  await until('the hint', () => /太暗了/.test(view.text()));
  assert.equal(stage.handset.photos.length, 0);
  view.press('#shoot');
  await done();
  assert.equal(stage.handset.photos.length, 3);
});

test('a picture too heavy for a bad line is made lighter', async () => {
  stage.handset.photoLen = 1_500_000;
  await begin(duty({ factors: 'face' })).then(shine);
  await done();
  await settled();
  assert.equal(kept().parts['selfie-0'].len, 40_000);
  assert.deepEqual(stage.handset.drawn[0], [960, 1280]);
});

test('the PNG of an iPhone\'s camera becomes a JPEG', async () => {
  stage.handset.photoType = 'png';
  await begin(duty({ factors: 'face' })).then(shine);
  await done();
  await settled();
  assert.deepEqual([...arrived(stage.server, 'selfie-0').bytes.subarray(0, 2)], [0xff, 0xd8]);
});

test('silence is asked for once more', async () => {
  stage.handset.loud = 0;
  const view = await begin(duty({ factors: 'voice' }));
  await read(view);
  await until('the button', () => view.has('#done'));
  view.press('#done');
  await until('the sentence', () => view.has('#silent'));
  assert.match(view.text(), /没有录到声音/);
  stage.handset.loud = 0.3;
  await read(view);
  await done();
});

const DENIED = [
  ['camera', 'scope.camera', /没有摄像头权限。请按“去设置”/],
  ['microphone', 'scope.record', /没有麦克风权限。请按“去设置”/],
];
DENIED.forEach(([what, scope, sentence]) => {
  test(`a denied ${what} says what to do, and goes on once it is allowed`, async () => {
    stage.handset.denied.add(scope);
    const view = await begin(duty());
    await until('the sentence', () => view.has('#trouble'));
    assert.match(view.text(), sentence);
    assert.equal(stage.server.opened.length, 0, 'no session was spent on it');
    stage.handset.denied.clear();
    view.happen('#settings', 'opensetting');
    await shine(view);
    await read(view);
    await done();
  });
});

test('a camera that the phone itself refuses to WeChat is another sentence', async () => {
  const view = await begin(duty());
  await until('the camera', () => view.has('.camera'));
  view.happen('.camera', 'error', { errMsg: 'insertCamera:fail system permission denied' });
  await until('the sentence', () => view.has('#trouble'));
  assert.match(view.text(), /手机没有给微信这个权限/);
});

test('a camera that shows nothing is told to be in use', async () => {
  const view = await begin(duty());
  await until('the sentence', () => view.has('#trouble'));
  assert.match(view.text(), /摄像头正被别的应用占用/);
  assert.ok(!view.has('.camera'));
});

test('a denied location is told where one is asked for, and is no dead end', async () => {
  stage.handset.denied.add('scope.userLocation');
  const view = await begin(duty({ factors: 'face', location_required: true }));
  await until('the sentence', () => view.has('#place'));
  assert.match(view.text(), /没有位置权限。请按“去设置”.*要由工作人员查看/);
  view.happen('#settings', 'opensetting');
  await until('asked again', () => stage.handset.authorized.filter((scope) => scope === 'scope.userLocation').length === 2 && view.has('#place'));
  view.press('#without');
  await shine(view);
  await done();
  assert.equal(kept().facts.location, undefined);
});

test('a location that is not found can be tried again', async () => {
  stage.handset.fix = null;
  const view = await begin(duty({ factors: 'face', location_required: true }));
  await shine(view);
  await until('the sentence', () => view.has('#place'));
  assert.match(view.text(), /没有找到您的位置/);
  stage.handset.fix = { latitude: 1, longitude: 2, accuracy: 65 };
  view.press('#again');
  await done();
  assert.deepEqual(kept().facts.location, { latitude: 1, longitude: 2, accuracy_m: 65, datum: 'gcj02' });
});

test('where no place is asked for, none is missed', async () => {
  stage.handset.denied.add('scope.userLocation');
  await begin(duty({ factors: 'face' })).then(shine);
  await done();
  assert.equal(kept().facts.location, undefined);
});

test('a phone call during the reading is told, not handed in', async () => {
  const view = await begin(duty({ factors: 'voice' }));
  await read(view);
  await until('the recording', () => view.has('#done'));
  stage.handset.recorder.interrupt();
  view.press('#done');
  await until('the sentence', () => view.has('#trouble'));
  assert.match(view.text(), /麦克风正被别的应用占用/);
  assert.equal(stage.server.house.submissions.size, 0);
});

test('whoever leaves in the middle begins anew, under a new session', async () => {
  const view = await begin(duty({ factors: 'face' }));
  await until('the camera', () => view.has('.camera'));
  view.page.onHide();
  await until('the sentence', () => /刚才离开了，没有拍完/.test(view.text()));
  assert.ok(!view.has('.camera'));
  view.press('#again');
  await shine(view);
  await done();
  assert.equal(stage.server.house.submissions.size <= 1, true);
});

test('a full phone is told', async () => {
  const view = await begin(duty({ factors: 'face' }));
  stage.handset.full = true;
  await shine(view);
  await until('the sentence', () => view.has('#trouble'));
  assert.match(view.text(), /手机空间不够/);
});

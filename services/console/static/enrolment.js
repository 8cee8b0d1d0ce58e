// The attended capture: pictures and phrases are taken here and handed to the API piece by piece. What is judged is judged by the server.

const PIECE_LEN = 256 * 1024;
const PICTURE_QUALITY = 0.92;
const PHRASE_MS_MAX = 20_000;
const POLLS_MAX = 20;
const DARK = 60;
const BRIGHT = 205;

const place = document.getElementById('enrolment');
const video = document.getElementById('camera');
const [start, shoot, submit] = ['start', 'shoot', 'submit'].map((id) => document.getElementById(id));
const pictures = [];
const phrases = new Map();
let stream = null;
let recording = null;

function say(element, zh, en) {
  const english = document.createElement('span');
  english.lang = 'en';
  english.textContent = en;
  element.replaceChildren(`${zh} `, english);
}

function wrong(zh, en) {
  const box = document.getElementById('wrong');
  const line = document.createElement('p');
  say(line, zh, en);
  box.replaceChildren(line);
  box.hidden = false;
  box.scrollIntoView({ block: 'nearest' });
}

const REASONS = {
  NotAllowedError: ['摄像头或麦克风未获允许：请点击地址栏左侧图标允许后重试。', 'Camera or microphone was not allowed: allow both beside the address and try again.'],
  NotFoundError: ['没有找到摄像头或麦克风：请连接后重试。', 'No camera or microphone was found: connect one and try again.'],
  NotReadableError: ['摄像头或麦克风正被其他程序使用：请关闭后重试。', 'Camera or microphone is in use elsewhere: close that program and try again.'],
};

async function open() {
  document.getElementById('wrong').hidden = true;
  if (!navigator.mediaDevices) {
    wrong('此地址不安全，浏览器不提供摄像头：请用 https 或本机地址打开。', 'The address is not secure, so that no camera is given: use https or localhost.');
    return;
  }
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      video: { width: { ideal: 1280 }, height: { ideal: 960 }, facingMode: 'user' },
      audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    });
  } catch (error) {
    wrong(...(REASONS[error.name] || ['无法开启摄像头或麦克风。', `Camera or microphone could not be opened: ${error.name}.`]));
    return;
  }
  video.srcObject = new MediaStream(stream.getVideoTracks());
  await video.play();
  start.disabled = true;
  shoot.disabled = false;
  for (const button of document.querySelectorAll('.record')) button.disabled = false;
  watchLevel();
  setInterval(watchLight, 700);
}

// --- pictures

function frame(width) {
  const canvas = document.createElement('canvas');
  canvas.width = width || video.videoWidth;
  canvas.height = Math.round((canvas.width * video.videoHeight) / video.videoWidth);
  canvas.getContext('2d', { willReadFrequently: true }).drawImage(video, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function watchLight() {
  if (!video.videoWidth) return;
  const canvas = frame(48);
  const { data } = canvas.getContext('2d').getImageData(12, 6, 24, Math.max(1, canvas.height - 12));
  let sum = 0;
  for (let at = 0; at < data.length; at += 4) sum += data[at] * 0.299 + data[at + 1] * 0.587 + data[at + 2] * 0.114;
  const mean = sum / (data.length / 4);
  const light = document.getElementById('light');
  if (mean < DARK) say(light, '太暗：请开灯或面向窗户。', 'Too dark: switch on a light or face the window.');
  else if (mean > BRIGHT) say(light, '太亮：请避开直射光。', 'Too bright: turn away from the light.');
  else say(light, '光线合适。', 'The light is fine.');
}

shoot.addEventListener('click', () => {
  frame().toBlob((blob) => {
    if (!blob) return;
    const entry = { blob, url: URL.createObjectURL(blob) };
    pictures.push(entry);
    const item = document.createElement('li');
    const image = document.createElement('img');
    image.src = entry.url;
    image.alt = `照片 ${pictures.length} Picture`;
    const drop = document.createElement('button');
    drop.type = 'button';
    drop.className = 'small';
    say(drop, '删除', 'Remove');
    drop.addEventListener('click', () => {
      pictures.splice(pictures.indexOf(entry), 1);
      URL.revokeObjectURL(entry.url);
      item.remove();
      count();
    });
    item.append(image, drop);
    document.getElementById('shots').append(item);
    count();
  }, 'image/jpeg', PICTURE_QUALITY);
});

// --- recordings

function watchLevel() {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(new MediaStream(stream.getAudioTracks())).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const level = document.getElementById('level');
  setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    level.value = Math.max(...samples.map(Math.abs));
  }, 100);
}

function record(item) {
  const [button, state] = [item.querySelector('.record'), item.querySelector('.state')];
  if (recording) {
    recording.stop();
    return;
  }
  const kinds = ['audio/webm;codecs=opus', 'audio/mp4', ''];
  const mimeType = kinds.find((kind) => kind === '' || MediaRecorder.isTypeSupported(kind));
  const recorder = new MediaRecorder(new MediaStream(stream.getAudioTracks()), mimeType ? { mimeType } : {});
  const pieces = [];
  const limit = setTimeout(() => recorder.stop(), PHRASE_MS_MAX);
  recorder.addEventListener('dataavailable', (event) => pieces.push(event.data));
  recorder.addEventListener('stop', () => {
    clearTimeout(limit);
    recording = null;
    const blob = new Blob(pieces, { type: recorder.mimeType });
    phrases.set(item.dataset.phrase, blob);
    const player = item.querySelector('audio');
    player.src = URL.createObjectURL(blob);
    player.hidden = false;
    say(button, '重录', 'Again');
    say(state, '已录', 'recorded');
    for (const other of document.querySelectorAll('.record')) other.disabled = false;
    count();
  });
  for (const other of document.querySelectorAll('.record')) other.disabled = other !== button;
  recording = recorder;
  recorder.start();
  say(button, '停止', 'Stop');
  say(state, '正在录音…', 'recording…');
}
for (const item of document.querySelectorAll('[data-phrase]')) item.querySelector('.record').addEventListener('click', () => record(item));

function count() {
  const phrasesAsked = document.querySelectorAll('[data-phrase]').length;
  document.getElementById('picture-count').textContent = String(pictures.length);
  document.getElementById('phrase-count').textContent = String(phrases.size);
  submit.disabled = pictures.length < Number(place.dataset.pictures) || phrases.size < phrasesAsked;
}

// --- handing in

async function call(method, path, body, headers) {
  const answer = await fetch(path, { method, body, headers: { 'x-muster-csrf': document.body.dataset.csrf, accept: 'application/json', ...headers } });
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  const problem = await answer.json().catch(() => ({ title: '服务器没有应答', detail: String(answer.status) }));
  throw new Error(`${problem.title}\n${problem.detail}`);
}

const post = (path, body) => call('POST', path, JSON.stringify(body), { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() });

async function upload(path, blob) {
  for (let offset = 0; offset < blob.size; offset += PIECE_LEN) {
    await call('PUT', path, blob.slice(offset, offset + PIECE_LEN), { 'upload-offset': String(offset), 'content-type': 'application/octet-stream' });
  }
}

async function handIn() {
  const progress = document.getElementById('progress');
  document.getElementById('wrong').hidden = true;
  document.getElementById('flaws').replaceChildren();
  submit.disabled = true;
  try {
    say(progress, '正在上传…', 'uploading…');
    const opened = await post(`/v1/console/persons/${place.dataset.person}/enrolments`, {});
    const path = `/v1/console/enrolments/${opened.id}`;
    for (const [index, picture] of pictures.entries()) await upload(`${path}/parts/picture-${index}`, picture.blob);
    const texts = {};
    for (const [index, [text, blob]] of [...phrases].entries()) {
      await upload(`${path}/parts/phrase-${index}`, blob);
      texts[`phrase-${index}`] = text;
    }
    const despite = document.getElementById('despite-reason').value.trim();
    await post(`${path}/submit`, despite ? { phrases: texts, despite_likeness: despite } : { phrases: texts });
    say(progress, '正在核对样本…', 'being judged…');
    for (let poll = 0; poll < POLLS_MAX; poll += 1) {
      const standing = await call('GET', `${path}?wait_s=20`);
      if (standing.state === 'complete') {
        say(progress, '建档完成，特征已启用。', 'Complete: the templates are in use.');
        return;
      }
      if (standing.state === 'refused') {
        refused(standing);
        return;
      }
    }
    say(progress, '尚未完成，请稍后在档案中查看。', 'Not judged yet: look at the file later.');
  } catch (error) {
    const [zh, en] = error.message.split('\n');
    wrong(zh, en || '');
    progress.replaceChildren();
  } finally {
    count();
  }
}

function refused(standing) {
  say(document.getElementById('progress'), '未通过，请按提示重新采集。', 'Refused: take these again.');
  const list = document.getElementById('flaws');
  for (const flaw of standing.flaws) {
    for (const one of flaw.coaching) {
      const item = document.createElement('li');
      say(item, `${flaw.part}：${one.message.zh}`, one.message.en);
      list.append(item);
    }
    if (flaw.inconsistent) {
      const item = document.createElement('li');
      say(item, `${flaw.part}：与其他样本不是同一人或相差太大。`, 'is not like the other samples.');
      list.append(item);
    }
  }
  if (standing.problem) {
    wrong(standing.problem.title, standing.problem.detail);
    document.getElementById('despite').hidden = false;
  }
}

start.addEventListener('click', open);
submit.addEventListener('click', handIn);
addEventListener('pagehide', () => stream && stream.getTracks().forEach((track) => track.stop()));

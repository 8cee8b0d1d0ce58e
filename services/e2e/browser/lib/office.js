// The officer's side over HTTP: register, enrol, plan, hand out codes, look at a case, decide.

import { createHmac, randomUUID } from 'node:crypto';
import { pause } from './house.js';

const TOTP_STEP_S = 30;
const PIECE_LEN = 256 * 1024;
const POLL_S = 20;
const POLLS_MAX = 12;
const DAY_S = 86_400;
/** Before this many seconds of its end, a day is too short for a test. */
const DAY_END_S = 3_600;

/** The authenticator's code (RFC 6238) of an `otpauth` URI. */
export function totp(uri, unix_s = Date.now() / 1000) {
  const secret = base32(new URL(uri).searchParams.get('secret'));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(unix_s / TOTP_STEP_S)));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

function base32(text) {
  const bits = [...text].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}

/** A signed-in officer. A code is good once: the next one comes within half a minute. */
export async function signIn(house, account) {
  const office = { house, token: null };
  const once = () =>
    post(office, '/v1/console/session', { login: account.login, password: account.password, totp: totp(account.totp_uri) });
  let signed = null;
  try {
    signed = await once();
  } catch {
    await pause((TOTP_STEP_S - ((Date.now() / 1000) % TOTP_STEP_S) + 0.5) * 1000);
    signed = await once();
  }
  office.token = signed.token;
  return office;
}

export const get = (office, path) => call(office, 'GET', path);
export const post = (office, path, body) =>
  call(office, 'POST', path, { 'idempotency-key': randomUUID(), 'content-type': 'application/json' }, JSON.stringify(body));

async function call(office, method, path, headers = {}, body = undefined) {
  const authorization = office.token ? { authorization: `Bearer ${office.token}` } : {};
  const answer = await fetch(office.house.url + path, { method, headers: { ...headers, ...authorization }, body });
  const text = await answer.text();
  if (!answer.ok) {
    throw new Error(`${method} ${path} was answered ${answer.status}: ${text}`);
  }
  return text ? JSON.parse(text) : null;
}

/** A registered person with face and voice on file; answers the id. */
export async function enrolled(office, name, sample) {
  const day = (days) => new Date(Date.now() + days * DAY_S * 1000).toISOString().slice(0, 10);
  const order = { category: 'probation', level: 'general', starts_on: day(-30), ends_on: day(365) };
  const body = { unit: office.house.units.office, name, case_number: `E2E-${randomUUID().slice(0, 8)}`, order };
  const { id } = await post(office, '/v1/console/persons', body);
  const opened = await post(office, `/v1/console/persons/${id}/enrolments`, {});
  const path = `/v1/console/enrolments/${opened.id}`;
  for (const [index, picture] of sample.enrolment.entries()) {
    await upload(office, `${path}/parts/picture-${index}`, picture);
  }
  const phrases = {};
  for (const [index, digits] of opened.phrases.entries()) {
    await upload(office, `${path}/parts/phrase-${index}`, sample.phrase(index, digits));
    phrases[`phrase-${index}`] = digits;
  }
  await post(office, `${path}/submit`, { phrases });
  for (let poll = 0; poll < POLLS_MAX; poll += 1) {
    const standing = await get(office, `${path}?wait_s=${POLL_S}`);
    if (standing.state === 'complete') {
      return id;
    }
    if (standing.state === 'refused') {
      throw new Error(`the samples of ${name} were refused: ${JSON.stringify(standing.flaws)}`);
    }
  }
  throw new Error('the enrolment was not judged in time');
}

async function upload(office, path, bytes) {
  for (let offset = 0; offset < bytes.length; offset += PIECE_LEN) {
    const piece = bytes.subarray(offset, offset + PIECE_LEN);
    await call(office, 'PUT', path, { 'upload-offset': String(offset), 'content-type': 'application/octet-stream' }, piece);
  }
}

let plans = 0;

/** A duty of its own that is open now: for `lasts_s` seconds, or till the end of the day. */
export async function newDuty(office, person, { lasts_s = null, factors = 'face_and_voice', location_required = false } = {}) {
  const [zone, second] = zoneAndSecond(Date.now() / 1000);
  plans += 1;
  const times = { kind: 'window', opens: clock(plans), closes: clock(lasts_s === null ? DAY_S - 1 : Math.floor(second) + lasts_s) };
  const rule = { times, factors, location_required };
  // Whoever tests wants no quiet hours.
  return post(office, `/v1/console/persons/${person}/plan`, { zone, quiet: { from: '00:00', until: '00:00' }, rules: [rule] });
}

/** A one-time code for the person's phone. */
export async function codeFor(office, person) {
  return (await post(office, `/v1/console/persons/${person}/activation`, {})).code;
}

/** An attempt as officers see it. */
export const attempt = (office, checkin) => get(office, `/v1/console/checkins/${checkin}`);

/** An officer's word about an attempt in review: `accept` or `decline`. */
export const decide = (office, checkin, decision, reason) =>
  post(office, `/v1/console/checkins/${checkin}/decision`, { decision, reason });

/** A zone of China in which the day neither begins nor ends now, and the second of its day. */
function zoneAndSecond(unix_s) {
  const local = [['Asia/Shanghai', 8], ['Asia/Urumqi', 6]].map(([name, hours]) => [name, (unix_s + hours * 3_600) % DAY_S]);
  return local.find(([, second]) => second >= DAY_END_S && second < DAY_S - DAY_END_S) || local[0];
}

const two = (number) => String(Math.floor(number)).padStart(2, '0');
const clock = (second) => `${two(second / 3_600)}:${two((second / 60) % 60)}:${two(second % 60)}`;

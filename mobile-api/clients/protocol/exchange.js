import { Garbled, Refused, Unreachable, passes, read, refusal } from './problem.js';
import { pause } from './pause.js';
import { prove } from './proof.js';

/** For one request, besides what a long poll asks for. */
export const REQUEST_LIMIT_MS = 20000;
/** Repeats at once with a newer nonce for one try, at most: a nonce may grow old while the first repeat is on its way. */
const NONCE_REPEATS_MAX = 2;
/** A token is renewed this long before it ends. */
const TOKEN_SPARE_MS = 30000;

/** With an access token, renewed once when the server no longer takes it. */
export async function send(phone, call) {
  const token = await currentToken(phone);
  try {
    return await exchange(phone, call, token);
  } catch (error) {
    if (error.kind !== 'refused' || error.status !== 401) {
      throw error;
    }
    phone.token = null;
    return exchange(phone, call, await currentToken(phone));
  }
}

/**
 * One request, repeated with new proofs until it succeeds, is refused for good, or the pauses are used up.
 *
 * `call`: `method`, `path` from `/v1` on, and, where they apply, `query`, `json`, `bytes`, `action` (Idempotency-Key), `offset`, `wait_s`,
 * `once` (no repeat: the caller has a loop of its own).
 */
export async function exchange(phone, call, token) {
  for (let repeat = 1; ; repeat += 1) {
    let answer = null;
    let error = null;
    try {
      answer = await tryOnce(phone, call, token);
      if (answer.status >= 200 && answer.status < 300) {
        return answer;
      }
      error = refusal(answer);
    } catch (broken) {
      error = broken.kind ? broken : new Unreachable(broken);
    }
    const wish = answer ? answer.headers['retry-after'] : null;
    const wait_ms = pause(repeat, wish, phone.ports.random);
    if (call.once || wait_ms === null || !passes(error, answer)) {
      throw error;
    }
    await phone.ports.clock.sleep(wait_ms);
  }
}

/** Several callers may need a token at the same moment: one request serves them all. */
function currentToken(phone) {
  const held = phone.token;
  if (held && phone.ports.clock.now_ms() < held.renew_at_ms) {
    return Promise.resolve(held.text);
  }
  if (!phone.asking) {
    const done = () => {
      phone.asking = null;
    };
    phone.asking = askToken(phone);
    phone.asking.then(done, done);
  }
  return phone.asking;
}

async function askToken(phone) {
  const asked_ms = phone.ports.clock.now_ms();
  const answer = read(await exchange(phone, { method: 'POST', path: '/v1/token' }, null));
  if (String(answer.token_type).toLowerCase() !== 'dpop' || !answer.access_token) {
    throw new Garbled('a token of another type');
  }
  const life_ms = Number(answer.expires_in) * 1000;
  phone.token = { text: answer.access_token, renew_at_ms: asked_ms + Math.max(0, life_ms - TOKEN_SPARE_MS) };
  return answer.access_token;
}

/** One try, repeated at once when the server only wants a newer nonce. */
async function tryOnce(phone, call, token) {
  let answer = await transmit(phone, call, token);
  for (let repeat = 0; repeat < NONCE_REPEATS_MAX && wantsNonce(answer); repeat += 1) {
    answer = await transmit(phone, call, token);
  }
  return answer;
}

async function transmit(phone, call, token) {
  const { ports } = phone;
  const url = phone.base + call.path;
  const headers = { dpop: await prove(ports, { method: call.method, url, nonce: phone.nonce, token }) };
  if (token) {
    headers.authorization = `DPoP ${token}`;
  }
  if (call.action) {
    headers['idempotency-key'] = call.action;
  }
  if (call.offset !== undefined) {
    headers['upload-offset'] = String(call.offset);
  }
  let body = null;
  if (call.json !== undefined) {
    headers['content-type'] = 'application/json';
    body = JSON.stringify(call.json);
  } else if (call.bytes) {
    headers['content-type'] = 'application/octet-stream';
    body = call.bytes;
  }
  const answer = await ports.transport({
    method: call.method,
    url: call.query ? `${url}?${call.query}` : url,
    headers,
    body,
    limit_ms: REQUEST_LIMIT_MS + (call.wait_s || 0) * 1000,
  });
  if (answer.headers['dpop-nonce']) {
    phone.nonce = answer.headers['dpop-nonce'];
  }
  return answer;
}

function wantsNonce(answer) {
  if (answer.status !== 401 || !answer.headers['dpop-nonce']) {
    return false;
  }
  const error = refusal(answer);
  return error instanceof Refused && error.name === 'use-dpop-nonce';
}

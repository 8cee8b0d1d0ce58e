import { createHash } from 'node:crypto';
import { fromBase64url, fromUtf8 } from '../../bytes.js';
import { verify } from './ports.js';

/** Long enough for any test. */
const TOKEN_LIFE_S = 300;

/**
 * The server's side as far as the protocol needs it: proofs are checked, nonces grow old, parts stand at a byte, submissions are
 * acknowledged once. `house.before(request)` may answer or break the line first, `house.after(request, answer)` afterwards.
 */
export function newHouse() {
  const house = {
    nonce: 'nonce-1',
    token: 'token-1',
    requests: [],
    parts: new Map(),
    submissions: new Map(),
    verdictAfter: 1,
    polls: 0,
    before: () => null,
    after: () => null,
  };
  house.transport = async (request) => {
    const about = await proved(house, request);
    house.requests.push({ ...request, about });
    const answer = (await house.before(request)) || serve(house, request, about);
    await house.after(request, answer);
    return answer;
  };
  return house;
}

async function proved(house, request) {
  const [header, claims, signature] = request.headers.dpop.split('.');
  const signed = new TextEncoder().encode(`${header}.${claims}`);
  const { typ, alg, jwk } = JSON.parse(fromUtf8(fromBase64url(header)));
  const about = JSON.parse(fromUtf8(fromBase64url(claims)));
  about.good = typ === 'dpop+jwt' && alg === 'ES256' && (await verify(jwk, fromBase64url(signature), signed));
  return about;
}

function serve(house, request, about) {
  if (new URL(request.url).pathname === '/v1/devices') {
    return good(201, { device: 'd', person: 'p', thumbprint: house.bound || thumbprint(request) }, house);
  }
  const token = (request.headers.authorization || '').replace('DPoP ', '');
  const ath = createHash('sha256').update(token).digest('base64url');
  if (!about.good || about.htm !== request.method || about.htu !== request.url.split('?')[0]) {
    return problem(401, 'dpop-proof', {}, house);
  }
  if (about.nonce !== house.nonce) {
    return problem(401, 'use-dpop-nonce', {}, house);
  }
  const path = new URL(request.url).pathname;
  if (path === '/v1/token') {
    return good(200, { access_token: house.token, token_type: 'DPoP', expires_in: TOKEN_LIFE_S }, house);
  }
  if (token !== house.token || about.ath !== ath) {
    return problem(401, 'access-token', {}, house);
  }
  return resource(house, request, path);
}

/** RFC 7638, of the key that a request proves. */
function thumbprint(request) {
  const { jwk } = JSON.parse(fromUtf8(fromBase64url(request.headers.dpop.split('.')[0])));
  const members = ['crv', 'kty', 'x', 'y'].map((name) => `"${name}":"${jwk[name]}"`);
  return createHash('sha256').update(`{${members.join(',')}}`).digest('base64url');
}

function resource(house, request, path) {
  const part = /^\/v1\/checkins\/[^/]+\/parts\/(.+)$/.exec(path);
  if (part) {
    return piece(house, request, part[1]);
  }
  if (path.endsWith('/submit')) {
    return handed(house, request, path.split('/')[3]);
  }
  if (path.startsWith('/v1/checkins/')) {
    house.polls += 1;
    const state = house.polls >= house.verdictAfter ? 'verified' : 'queued';
    return good(200, { id: path.split('/')[3], state }, house);
  }
  return path === '/v1/duties' ? good(200, { now: '2026-01-01T00:00:00Z', duties: [] }, house) : problem(404, 'not-found', {}, house);
}

function piece(house, request, name) {
  const stored = house.parts.get(name) || Buffer.alloc(0);
  if (Number(request.headers['upload-offset']) !== stored.length) {
    return problem(409, 'part-offset', { part: name, offset: stored.length }, house);
  }
  const whole = Buffer.concat([stored, request.body]);
  house.parts.set(name, whole);
  const answer = good(204, null, house);
  answer.headers['upload-offset'] = String(whole.length);
  return answer;
}

function handed(house, request, id) {
  const action = request.headers['idempotency-key'];
  const known = house.submissions.get(id);
  if (known && known.action !== action) {
    return problem(409, 'session-used', {}, house);
  }
  house.submissions.set(id, { action, body: JSON.parse(request.body), times: (known ? known.times : 0) + 1 });
  return good(202, { id, state: 'queued' }, house);
}

export function good(status, body, house) {
  return { status, headers: { 'dpop-nonce': house.nonce }, text: body === null ? '' : JSON.stringify(body) };
}

export function problem(status, name, facts, house, headers = {}) {
  const body = { type: `urn:muster:problem:${name}`, status, title: '中文', detail: 'English.', ...facts };
  const all = { 'content-type': 'application/problem+json', 'dpop-nonce': house.nonce, ...headers };
  return { status, headers: all, text: JSON.stringify(body) };
}

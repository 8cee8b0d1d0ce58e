// A muster on the loopback interface: the protocol's stand-in behind real HTTP, with duties, sessions, verdicts, receipts, leave and points.

import { createHash, randomUUID } from 'node:crypto';
import http from 'node:http';
import { base64url, utf8 } from '../../../protocol/bytes.js';
import { good, newHouse, problem } from '../../../protocol/tests/standin/house.js';
import { newPorts } from '../../../protocol/tests/standin/ports.js';

const LEN_MAX = 4 << 20;

/** Listens; `close()` ends it. `turn` holds what a test may change, `house.before`/`house.after` are called as the protocol's tests do. */
export async function newServer() {
  const house = newHouse();
  const server = { house, opened: [], leaves: [], appeals: [], consents: [], logins: [], hooks: { before: () => null, after: () => null } };
  server.turn = { duties: [], presence: null, state: () => 'verified', coaching: [], line: () => true, appeal_until: null, appeal: null, tell: async () => {} };
  server.signer = (await newPorts(null)).signer;
  house.before = (request) => server.hooks.before(request) || route(server, request);
  house.after = (request, answer) => server.hooks.after(request, answer);
  const listening = http.createServer((asked, answer) => serve(server, asked, answer));
  await new Promise((done) => listening.listen(0, '127.0.0.1', done));
  server.base = `http://127.0.0.1:${listening.address().port}`;
  server.close = () => {
    listening.closeAllConnections();
    return new Promise((done) => listening.close(done));
  };
  return server;
}

async function serve(server, asked, answer) {
  const pieces = [];
  try {
    for await (const piece of asked) {
      pieces.push(piece);
    }
    const body = Buffer.concat(pieces);
    await server.turn.tell(asked);
    const request = { method: asked.method, url: server.base + asked.url, headers: asked.headers, body };
    const told = await server.house.transport(request);
    answer.writeHead(told.status, told.headers).end(told.text);
  } catch (_) {
    // A line that a test cuts, or a hook that throws: no answer at all.
    asked.socket.destroy();
  }
}

function route(server, request) {
  const { house } = server;
  const path = new URL(request.url).pathname;
  if (path === '/.well-known/jwks.json') {
    return good(200, { keys: [{ ...server.signer.jwk, kid: 'k' }] }, house);
  }
  // What is not proved is answered by the protocol's stand-in, which says why.
  const [{ about }] = house.requests.slice(-1);
  const proved = about.good && about.nonce === house.nonce && request.headers.authorization === `DPoP ${house.token}`;
  const found = proved && ROUTES.find(([method, shape]) => method === request.method && shape.test(path));
  return found ? found[2](server, request, path.split('/')) : null;
}

const json = (request) => JSON.parse(request.body);

const ROUTES = [
  ['GET', /^\/v1\/duties$/, (server) => good(200, { now: new Date().toISOString(), duties: server.turn.duties }, server.house)],
  ['POST', /^\/v1\/duties\/[^/]+\/checkins$/, open],
  ['GET', /^\/v1\/checkins\/[^/]+$/, (server, request, [, , , id]) => stands(server, id)],
  ['POST', /^\/v1\/checkins\/[^/]+\/appeal$/, (server, request, [, , , checkin]) => {
    server.appeals.push({ checkin, ...json(request) });
    server.turn.appeal = { ...json(request), filed_at: new Date().toISOString() };
    return good(201, server.turn.appeal, server.house);
  }],
  ['GET', /^\/v1\/leaves$/, (server) => good(200, server.leaves, server.house)],
  ['POST', /^\/v1\/leaves$/, (server, request) => {
    const leave = { id: randomUUID(), request: json(request), due_at: json(request).until, state: 'requested', steps: [] };
    server.leaves.push(leave);
    return good(201, leave, server.house);
  }],
  ['POST', /^\/v1\/leaves\/[^/]+\/withdraw$/, (server, request, [, , , id]) => {
    const leave = server.leaves.find((one) => one.id === id);
    leave.state = 'withdrawn';
    return good(200, leave, server.house);
  }],
  ['GET', /^\/v1\/points\//, (server) => good(200, server.turn.points, server.house)],
  ['POST', /^\/v1\/points\/[^/]+\/appeal$/, (server, request, [, , , entry]) => {
    server.appeals.push({ entry, ...json(request) });
    return good(201, {}, server.house);
  }],
  ['POST', /^\/v1\/contacts\/wechat\/login$/, (server, request) => {
    server.logins.push(json(request));
    return good(200, [], server.house);
  }],
  ['POST', /^\/v1\/contacts\/wechat$/, (server, request) => {
    server.consents.push({ action: request.headers['idempotency-key'], ...json(request) });
    return good(200, [], server.house);
  }],
  ['GET', /^\/v1\/me$/, (server) => good(200, server.turn.me, server.house)],
];

function open(server, request, [, , , duty]) {
  const session = {
    checkin: randomUUID(),
    prompt: '3706',
    nonce: randomUUID(),
    expires_at: new Date(Date.now() + 300_000).toISOString(),
    parts: partsOf(server.turn.presence),
  };
  if (server.turn.presence) {
    session.presence = server.turn.presence;
  }
  server.opened.push({ duty, session, body: request.body.toString() });
  return good(201, session, server.house);
}

function partsOf(presence) {
  const colours = presence?.flash ? presence.flash.colours.map((_, index) => `flash-${index}`) : [];
  const names = ['selfie-0', 'selfie-1', 'selfie-2', 'voice', ...(presence?.turn ? ['turn'] : []), ...colours];
  return names.map((name) => ({ name, required: name.startsWith('selfie') || name === 'voice', len_max: LEN_MAX, chunk_len_max: 256 * 1024 }));
}

async function stands(server, id) {
  const { duty } = server.opened.find((one) => one.session.checkin === id);
  const handed = server.house.submissions.get(id);
  if (!handed) {
    return problem(409, 'session-open', {}, server.house);
  }
  const state = server.turn.state();
  const told = { id, duty, state, submitted_at: new Date().toISOString(), parts: [], verdict: null, receipt: null };
  if (server.turn.appeal) {
    told.appeal = server.turn.appeal;
  } else if (server.turn.appeal_until) {
    told.appeal_until = server.turn.appeal_until;
  }
  if (state !== 'queued' && state !== 'running') {
    const message = { zh: '服务器的话', en: 'The server\'s words' };
    told.verdict = { kind: state, message, coaching: server.turn.coaching };
  }
  const media = Object.entries(handed.body.parts).map(([part, { sha256 }]) => ({ part, sha256 }));
  told.receipt = await sign(server, { iss: 'muster', checkin: id, duty, media });
  return good(200, told, server.house);
}

async function sign(server, claims) {
  const text = [{ alg: 'ES256', kid: 'k' }, claims].map((value) => base64url(utf8(JSON.stringify(value)))).join('.');
  return `${text}.${base64url(await server.signer.sign(utf8(text)))}`;
}

/** A duty that asks now. */
export function duty(more = {}) {
  const at = (minutes) => new Date(Date.now() + minutes * 60_000).toISOString();
  return {
    id: randomUUID(), opens_at: at(-10), closes_at: at(50), late_until: at(80), factors: 'face_and_voice', channels: ['h5', 'mini_program'],
    location_required: false, phase: 'open', attendance: 'due', ...more,
  };
}

/** What arrived of a part, and what the submission said of it. */
export function arrived(server, name) {
  const [submission] = [...server.house.submissions.values()].slice(-1);
  const bytes = server.house.parts.get(name);
  return { bytes, sha256: createHash('sha256').update(bytes || '').digest('hex'), said: submission?.body.parts[name] };
}

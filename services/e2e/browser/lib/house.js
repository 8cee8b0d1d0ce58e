// One house: a folder of its own, its first accounts, and the real server on loopback.

import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Loading models takes seconds; on a busy machine, more. */
const READY_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 30_000;
const POLL_MS = 100;
const LOG_SHOWN = 3_000;

/** What `cargo xtask test` gives: the built binary, and the folder with models, runtime and sample faces. */
export const BINARY = needed('MUSTER_E2E_BINARY');
export const SHELF = needed('MUSTER_E2E_SHELF');
/** Anyone can install it. */
export const PACK = process.env.MUSTER_E2E_PACK || 'default';

function needed(name) {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: these tests are a step of \`cargo xtask test\``);
  }
  return value;
}

/** Makes a house with a county, an office and four users. `settings`: further `MUSTER_…` variables. */
export async function newHouse(settings = {}) {
  const home = mkdtempSync(join(tmpdir(), 'muster-e2e-'));
  for (const shared of ['models', 'runtime', 'packs']) {
    if (existsSync(join(SHELF, shared))) {
      symlinkSync(join(SHELF, shared), join(home, shared));
    }
  }
  const port = await freePort();
  const house = { home, port, url: `http://localhost:${port}`, settings, server: null };
  command(house, ['migrate'], 'none');
  const county = made(house, ['unit', 'create', '--name', '演示县社区矫正机构', '--level', 'county']).id;
  const office = made(house, ['unit', 'create', '--name', '演示司法所', '--level', 'office', '--parent', county]).id;
  house.units = { county, office };
  house.accounts = {
    officer: account(house, 'demo.officer', '演示工作人员', 'station_officer', office),
    second: account(house, 'demo.second', '演示工作人员二', 'station_officer', office),
    county: account(house, 'demo.county', '演示县工作人员', 'county_officer', county),
    administrator: account(house, 'demo.admin', '演示管理员', 'administrator', county),
  };
  return house;
}

/** A further user of the house. */
export function account(house, login, name, role, unit) {
  const password = randomBytes(12).toString('hex');
  const file = join(house.home, 'password');
  writeFileSync(file, password, { mode: 0o600 });
  const arguments_ = ['officer', 'create', '--login', login, '--name', name, '--role', role, '--unit', unit, '--password-file', file];
  const { totp_uri } = made(house, arguments_);
  rmSync(file);
  return { login, password, totp_uri };
}

/** Starts the server and waits until it is ready. `roles`: `["api"]` alone judges nothing. */
export async function start(house, roles = ['api', 'worker']) {
  const log = openSync(join(house.home, 'serve.log'), 'a');
  const env = { ...environment(house, PACK), MUSTER_LISTEN: `127.0.0.1:${house.port}`, MUSTER_ROLES: JSON.stringify(roles) };
  house.server = spawn(BINARY, ['serve'], { cwd: house.home, env, stdio: ['ignore', 'ignore', log] });
  closeSync(log);
  const until = Date.now() + READY_LIMIT_MS;
  while (!(await answers(`${house.url}/health/ready`))) {
    if (house.server.exitCode !== null || Date.now() > until) {
      const end = logEnd(house);
      await kill(house);
      throw new Error(`the server was not ready: ${end}`);
    }
    await pause(POLL_MS);
  }
}

/** Asks the server to end, and waits until it did. */
export async function stop(house) {
  await end(house, 'SIGTERM');
}

/** Ends the server as a crash would. */
export async function kill(house) {
  await end(house, 'SIGKILL');
}

async function end(house, signal) {
  const { server } = house;
  house.server = null;
  if (!server || server.exitCode !== null || server.signalCode !== null) {
    return;
  }
  const over = new Promise((done) => server.once('exit', done));
  server.kill(signal);
  const limit = setTimeout(() => server.kill('SIGKILL'), STOP_LIMIT_MS);
  await over;
  clearTimeout(limit);
}

/** Ends the server and removes its folder. */
export async function dispose(house) {
  await kill(house);
  rmSync(house.home, { recursive: true, force: true });
}

export function logEnd(house) {
  const file = join(house.home, 'serve.log');
  return existsSync(file) ? readFileSync(file, 'utf8').slice(-LOG_SHOWN) : '';
}

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function answers(url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** The machine's variables without any of ours: what counts is what is set here. */
function environment(house, pack) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MUSTER_')));
  // A few portraits stand for all captures.
  return { ...env, MUSTER_HOME: house.home, MUSTER_PACK: pack, MUSTER_POLICY__HISTORY: 'false', ...house.settings };
}

function command(house, arguments_, pack) {
  const done = spawnSync(BINARY, arguments_, { cwd: house.home, env: environment(house, pack), encoding: 'utf8' });
  if (done.status !== 0) {
    throw new Error(`muster ${arguments_.slice(0, 2).join(' ')} failed: ${done.stderr}`);
  }
  return done.stdout;
}

function made(house, arguments_) {
  return JSON.parse(command(house, arguments_, 'none'));
}

function freePort() {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

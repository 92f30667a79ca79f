// Starts a TypeScript program of this repository: node dev/run.mjs dev/x/main.ts [arguments…]
// Plain JavaScript without dependencies, so that it can explain what is missing on a fresh checkout.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const OLDEST_NODE = [20, 19];

function fail(message) {
  console.error(message);
  process.exit(1);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  fail(`This needs Node ${OLDEST_NODE.join('.')} or newer; this is Node ${process.versions.node}.`);
}

function readLock(path) {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')).packages ?? {}) : {};
}

// Contents, not modification times: a checkout or a copy gives files any time it likes.
function dependenciesAreStale() {
  const wanted = readLock(join(root, 'package-lock.json'));
  const installed = readLock(join(root, 'node_modules', '.package-lock.json'));
  return Object.entries(wanted).some(
    ([path, entry]) =>
      path && !entry.optional && !entry.devOptional && installed[path]?.version !== entry.version,
  );
}

async function installDependencies() {
  // An `npm install` running elsewhere writes its two lock files one after the other.
  if (dependenciesAreStale() && existsSync(join(root, 'node_modules'))) await pause(2000);
  while (dependenciesAreStale()) {
    if (takeTurn()) {
      try {
        install();
      } finally {
        rmSync(TURN, { recursive: true, force: true });
      }
      return;
    }
    await pause(1000);
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Two commands started at the same time must not both empty node_modules under each other.
const TURN = join(root, 'var', 'installing');

function takeTurn() {
  mkdirSync(dirname(TURN), { recursive: true });
  try {
    mkdirSync(TURN);
    writeFileSync(join(TURN, 'pid'), String(process.pid));
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!lives(TURN)) rmSync(TURN, { recursive: true, force: true });
    return false;
  }
}

// Whether the command that has the turn still runs. One that has not written its number yet is given ten seconds.
function lives(folder) {
  const file = join(folder, 'pid');
  if (!existsSync(file))
    return Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0) < 10_000;
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return true;
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}

function install() {
  const started = Date.now();
  console.error('Installing the dependencies (npm ci), a minute or two…');
  const ci = npm('ci');
  // A lock file written where some platforms' binaries could not be seen lacks them, and `npm ci` refuses it as a
  // whole; `npm install` takes the locked versions all the same and, with --no-save, changes no file of ours.
  const done = ci.status === 0 ? ci : npm('install', '--no-save');
  if (done.status !== 0) fail(`${ci.stderr}\n${done.stderr}\nThe dependencies could not be installed.`);
  console.error(`Dependencies installed in ${((Date.now() - started) / 1000).toFixed(0)} s.`);
}

function npm(...args) {
  const options = { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' };
  const result = spawnSync(
    'npm',
    [...args, '--no-progress', '--no-audit', '--no-fund', '--loglevel=error'],
    options,
  );
  if (result.error) fail(`npm could not be started: ${result.error.message}`);
  return result;
}

function start(file, args) {
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...args], { cwd: root, stdio: 'inherit' });
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  // On a terminal Ctrl-C reaches the child by itself; forwarding it would count as pressing it twice.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  child.on('error', (error) => fail(error.message));
  child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1)));
}

checkNode();
const [file, ...args] = process.argv.slice(2);
if (!file) fail('Usage: node dev/run.mjs <file.ts> [arguments…]');
await installDependencies();
start(file, args);

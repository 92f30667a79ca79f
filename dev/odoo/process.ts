// Runs programs, remembers those that live on, and ends exactly those: by id, never by name.
import { spawn, type ChildProcess } from 'node:child_process';
import {
  mkdirSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { inVar, type Account } from './paths.ts';

/** Something a person has to set right; the message says what and how. */
export class SetupError extends Error {
  override name = 'SetupError';
}

/** A program, its arguments and who runs it. */
export interface Command extends Account {
  file: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
}

/** How a program ended. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** What `var/run` keeps about a process, so that a later run can end what a crashed one left. */
export interface ProcessRecord {
  pid: number;
  startTime: string;
  owner: { pid: number; startTime: string };
  label: string;
  database?: string;
  url?: string;
}

type RecordDetails = Pick<ProcessRecord, 'label' | 'database' | 'url'>;

/** When a process began, in clock ticks since boot: with the pid it names a process without doubt. */
export function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined; // it is gone, or this system has no /proc
  }
}

const runFolder = (): string => {
  mkdirSync(inVar('run'), { recursive: true });
  return inVar('run');
};
const recordFile = (pid: number): string => `${runFolder()}/process-${pid}.json`;
const alive = (process_: { pid: number; startTime: string }): boolean =>
  startTimeOf(process_.pid) === process_.startTime;

/** Every recorded process that still lives; records of dead ones are swept away. */
export function recordedProcesses(): ProcessRecord[] {
  const living: ProcessRecord[] = [];
  for (const name of readdirSync(runFolder()).filter((file) => /^process-\d+\.json$/.test(file))) {
    const file = `${runFolder()}/${name}`;
    const record = JSON.parse(readFileSync(file, 'utf8')) as ProcessRecord;
    if (alive(record)) living.push(record);
    else rmSync(file, { force: true });
  }
  return living;
}

/** Whether the process that started this one is still there. */
export const isOwned = (record: ProcessRecord): boolean => alive(record.owner);

/** Writes a file so that a reader sees all of it or nothing. */
export function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

const sleep = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal); // each recorded process leads its own group: its workers go with it
  } catch {
    // already gone
  }
}

async function endRecorded(record: ProcessRecord): Promise<void> {
  signalGroup(record.pid, 'SIGTERM');
  for (let waited = 0; alive(record) && waited < 10_000; waited += 100) await sleep(100);
  if (alive(record)) signalGroup(record.pid, 'SIGKILL');
  rmSync(recordFile(record.pid), { force: true });
}

/** Ends what earlier runs left behind when they were killed. */
export async function endLeftovers(): Promise<void> {
  await Promise.all(
    recordedProcesses()
      .filter((record) => !isOwned(record))
      .map(endRecorded),
  );
}

const children = new Set<ChildProcess>();
let guarded = false;

// Whatever way this process ends, its children end too; only SIGKILL escapes, and endLeftovers() repairs that.
function guardChildren(): void {
  if (guarded) return;
  guarded = true;
  process.on('exit', () => children.forEach((child) => child.pid && signalGroup(child.pid, 'SIGTERM')));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // A program with a handler of its own ends in its own way; without one, Node would skip 'exit'.
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) process.exit(128 + constants.signals[signal]);
    });
  }
}

function keepRecord(child: ChildProcess, details: RecordDetails): void {
  const { pid } = child;
  if (pid === undefined) return;
  guardChildren();
  children.add(child);
  const owner = { pid: process.pid, startTime: startTimeOf(process.pid) ?? '' };
  const record: ProcessRecord = { pid, startTime: startTimeOf(pid) ?? '', owner, ...details };
  writeWhole(recordFile(pid), JSON.stringify(record));
  child.once('exit', () => {
    children.delete(child);
    rmSync(recordFile(pid), { force: true });
  });
}

const spawnOptions = (command: Command) => ({
  cwd: command.cwd ?? '/',
  env: command.env ?? process.env,
  ...(command.uid === undefined ? {} : { uid: command.uid }),
  ...(command.gid === undefined ? {} : { gid: command.gid }),
});

/** What to do with a program while it runs. */
export interface RunOptions {
  stdin?: string;
  /** Ended after this many milliseconds. */
  timeout?: number;
  /** Called for each line of both outputs. */
  onLine?: (line: string) => void;
  /** Recorded in `var/run` under this label, in a process group of its own. */
  record?: RecordDetails;
}

/** Runs a program to its end. A program that cannot be started has code 127. */
export function run(command: Command, options: RunOptions = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(command.file, command.args, {
      ...spawnOptions(command),
      ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
      detached: options.record !== undefined,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    if (options.record) keepRecord(child, options.record);
    const outcome: Outcome = { code: 127, stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => (outcome[name] += text));
      const { onLine } = options;
      if (onLine) createInterface({ input: child[name] }).on('line', onLine);
    }
    child.stdin.on('error', () => {}); // a program may end before it has read everything
    child.stdin.end(options.stdin ?? '');
    child.on('error', (error) => resolve({ ...outcome, stderr: error.message }));
    child.on('close', (code) => resolve({ ...outcome, code: code ?? 1 }));
  });
}

/** Runs a program that must succeed, and returns what it printed. */
export async function mustRun(command: Command, what: string, options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(command, options);
  if (code === 0) return stdout;
  throw new SetupError(`${what} failed (status ${code}):\n${lastLines(stderr || stdout)}`);
}

/** A server of ours: a recorded process that writes to a log file. */
export interface Daemon {
  readonly exited: Promise<number>;
  readonly running: boolean;
  stop(): Promise<void>;
  /** SIGKILL to it and all its workers, at once. */
  kill(): Promise<void>;
}

/** Starts a program that stays; it ends with this process or by `stop()`. Its log begins anew, or goes on with `a`. */
export function daemon(
  command: Command,
  logFile: string,
  details: RecordDetails,
  mode: 'w' | 'a' = 'w',
): Daemon {
  const log = openSync(logFile, mode);
  const child = spawn(command.file, command.args, {
    ...spawnOptions(command),
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  keepRecord(child, details);
  let running = true;
  const exited = new Promise<number>((resolve) => {
    child.on('error', () => resolve(127));
    child.on('exit', (code) => resolve(code ?? 1));
  }).finally(() => (running = false));
  return {
    exited,
    get running() {
      return running;
    },
    async stop() {
      if (!running || child.pid === undefined) return;
      signalGroup(child.pid, 'SIGTERM');
      const { pid } = child;
      const impatience = setTimeout(() => signalGroup(pid, 'SIGKILL'), 15_000);
      await exited;
      clearTimeout(impatience);
    },
    async kill() {
      if (running && child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
      await exited;
    },
  };
}

/** The end of a text, for messages. */
export const lastLines = (text: string, count = 25): string =>
  text.trimEnd().split('\n').slice(-count).join('\n');

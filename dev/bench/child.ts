/** Programs of the benchmarks that run as processes of their own and speak over Node's channel. */
import { fork, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** A program that answers each message with one message. */
export interface Helper {
  pid: number;
  /** Sends a command and resolves with its answer; throws what the program threw. */
  ask<T>(command: string, argument?: unknown): Promise<T>;
  stop(): Promise<void>;
}

/** BENCH_PROFILE=<folder> keeps a CPU profile of each helper, as Chromium's developer tools read it. */
const PROFILING = process.env['BENCH_PROFILE']
  ? ['--cpu-prof', `--cpu-prof-dir=${process.env['BENCH_PROFILE']}`]
  : [];

/** Starts `file` (relative to this folder) and waits until it can be asked. */
export async function startHelper(file: string, argument: unknown = {}): Promise<Helper> {
  const child = fork(new URL(file, import.meta.url), [JSON.stringify(argument)], {
    execArgv: [...PROFILING, '--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const helper: Helper = {
    pid: child.pid ?? 0,
    ask: (command, given) => ask(child, command, given),
    stop: () => stop(child),
  };
  await helper.ask('hello');
  return helper;
}

let asked = 0;

function ask<T>(child: ChildProcess, command: string, argument: unknown): Promise<T> {
  const id = (asked += 1);
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error(`The helper process ended while it was asked for "${command}"`));
    const heard = (message: unknown) => {
      const answer = message as { id: number; value?: T; error?: string };
      if (answer.id !== id) return;
      child.off('message', heard);
      child.off('exit', gone);
      if (answer.error === undefined) resolve(answer.value as T);
      else reject(new Error(answer.error));
    };
    child.on('message', heard);
    child.once('exit', gone);
    child.send({ id, command, argument });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.disconnect();
  await ended;
}

/** The argument that `startHelper` was given; for the programs themselves. */
export const given = <T>(): T => JSON.parse(process.argv[2] ?? '{}') as T;

/** Serves `ask`; a program ends when its parent does. */
export function answer(commands: Record<string, (argument: never) => unknown>): void {
  process.on('disconnect', () => process.exit(0));
  process.on('message', (message: { id: number; command: string; argument: never }) => {
    const { id, command, argument } = message;
    void (async () => {
      try {
        const value = command === 'hello' ? null : await commands[command]!(argument);
        process.send?.({ id, value: value ?? null });
      } catch (error) {
        process.send?.({
          id,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
      }
    })();
  });
}

const TICKS_PER_SECOND = 100;

/** CPU seconds that a process has used so far, in user and kernel mode; 0 where there is no /proc. */
export function cpuSeconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}

/** CPU seconds of all processes whose command line holds every one of these words. */
export function cpuSecondsOf(...words: readonly string[]): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const mine = pids.filter((pid) => words.every((word) => commandOf(pid).includes(word)));
  return mine.reduce((sum, pid) => sum + cpuSeconds(Number(pid)), 0);
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** Resident memory of a process and its children, in bytes. */
export function residentBytes(pid: number): number {
  const own = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(own?.[1] ?? 0) * 1024 + childrenOf(pid).reduce((sum, child) => sum + residentBytes(child), 0);
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}

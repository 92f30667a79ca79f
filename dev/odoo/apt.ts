// apt-get without questions, with its own account of how far it is.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { lastLines, run, SetupError, type Outcome } from './process.ts';

/** How to call apt-get. */
export interface AptOptions {
  cwd?: string;
  settings?: Record<string, string>;
  report?: (fraction: number, note?: string) => void;
}

const BASICS: Record<string, string> = {
  'DPkg::Lock::Timeout': '300', // somebody else's apt may be at work
  'Acquire::Retries': '3',
  'APT::Sandbox::User': 'root', // the account _apt may not write in our folders
  'APT::Status-Fd': '3',
  'APT::Keep-Fds::': '3',
};

/** Runs apt-get and says how it ended. */
export function apt(args: string[], options: AptOptions): Promise<Outcome> {
  const settings = Object.entries({ ...BASICS, ...options.settings }).flatMap(([key, value]) => [
    '-o',
    `${key}=${value}`,
  ]);
  return new Promise((resolve) => {
    const child = spawn('apt-get', [...settings, ...args], {
      cwd: options.cwd ?? '/',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    const outcome: Outcome = { code: 127, stdout: '', stderr: '' };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (outcome.stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (outcome.stderr += text));
    createInterface({ input: child.stdio[3] as Readable }).on('line', (line) => {
      const status = aptStatus(line);
      if (status) options.report?.(status.fraction, status.note);
    });
    child.on('error', (error) => resolve({ ...outcome, stderr: error.message }));
    child.on('close', (code) => resolve({ ...outcome, code: code ?? 1 }));
  });
}

/** Runs apt-get; a failure says what was being done and what apt said about it. */
export async function aptGet(args: string[], what: string, options: AptOptions): Promise<void> {
  const { code, stdout, stderr } = await apt(args, options);
  if (code === 0) return;
  const hint = /No space left|not enough free space/i.test(stdout + stderr) ? 'The disk is full.\n' : '';
  throw new SetupError(`${what} failed. ${hint}apt-get said:\n${lastLines(stderr || stdout)}`);
}

/** One line of apt's status: downloads fill the first half of an installation, unpacking the second. */
export function aptStatus(line: string): { fraction: number; note: string } | undefined {
  const match = line.match(/^(dlstatus|pmstatus):([^:]*):([\d.]+):(.*)$/);
  if (!match) return undefined;
  const share = Number(match[3]) / 100;
  return { fraction: match[1] === 'dlstatus' ? share / 2 : 0.5 + share / 2, note: match[4] ?? '' };
}

/** Those of the packages that are not installed and that this machine's apt knows. */
export async function missingPackages(names: string[]): Promise<string[]> {
  const query = await run({
    file: 'dpkg-query',
    args: ['--show', '--showformat', '${Package} ${db:Status-Abbrev}\n', ...names],
  });
  const installed = new Set(
    query.stdout
      .split('\n')
      .filter((line) => / .i/.test(line))
      .map((line) => line.split(' ')[0]),
  );
  const missing = names.filter((name) => !installed.has(name));
  if (missing.length === 0) return [];
  // Names come and go between Debian's releases; apt refuses a whole command for one unknown name.
  const known = new Set((await run({ file: 'apt-cache', args: ['pkgnames'] })).stdout.split('\n'));
  return known.size < 1000 ? missing : missing.filter((name) => known.has(name));
}

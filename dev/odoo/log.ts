// Reads Odoo's log: progress, errors and test results.

/** A message of Odoo's log with the lines that follow it, such as a traceback. */
export interface LogEntry {
  level: string;
  text: string;
}

const START = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ ([A-Z]+) \S+ /;

/** Groups the lines of a log into messages. Lines before the first message make one without a level. */
export function entriesOf(log: string): LogEntry[] {
  const entries: LogEntry[] = [];
  for (const line of log.split('\n')) {
    const level = line.match(START)?.[1];
    const last = entries.at(-1);
    if (level !== undefined || !last) entries.push({ level: level ?? '', text: line });
    else last.text += `\n${line}`;
  }
  return entries;
}

/** The messages that say that something failed. */
export const errorsOf = (log: string): string[] =>
  entriesOf(log)
    .filter(({ level }) => level === 'ERROR' || level === 'CRITICAL')
    .map(({ text }) => text.trimEnd());

/** Names of modules that Odoo was asked for and could not find. */
export const unknownModules = (log: string): string | undefined =>
  log.match(/invalid module names?, ignored: (.+)$/m)?.[1];

/** How far a module installation is, from a line such as "Loading module sale (45/66)". */
export function loadingProgress(line: string): { fraction: number; module: string } | undefined {
  const match = line.match(/Loading module (\S+) \((\d+)\/(\d+)\)/);
  return match ? { fraction: Number(match[2]) / Number(match[3]), module: match[1] ?? '' } : undefined;
}

/** What a test run says about itself in its last line of results. */
export function testResult(log: string): { passed: number; failed: number } | undefined {
  const results = [...log.matchAll(/odoo\.tests\.result: (\d+) failed, (\d+) error\(s\) of (\d+) tests/g)];
  const last = results.at(-1);
  if (!last) return undefined;
  const failed = Number(last[1]) + Number(last[2]);
  return { failed, passed: Math.max(0, Number(last[3]) - failed) };
}

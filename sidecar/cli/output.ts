/** What the command line writes: results to standard output, errors with their way out to standard error. */
import { asFailure } from '../domain/failure.ts';

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Tells an error in business words with its hint, and sets the exit code. Stacks only for our own defects. */
export function fail(error: unknown): void {
  const failure = asFailure(error);
  const stack = failure.class === 'bug' && error instanceof Error ? `\n${error.stack}` : '';
  process.stderr.write(`✘ ${failure.message}${failure.hint ? `\n  → ${failure.hint}` : ''}${stack}\n`);
  process.exitCode = 1;
}

/** Rows under headings, columns as wide as they need to be. Numbers align to the right. */
export function table(headings: string[], rows: (string | number)[][]): string {
  const cells = [headings, ...rows.map((row) => row.map(String))];
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const number = headings.map((_, column) => rows.some((row) => typeof row[column] === 'number'));
  return cells
    .map((row) =>
      row
        .map((cell, column) =>
          number[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

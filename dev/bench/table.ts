/** The table at the end of a run. */
import type { Figure } from './benchmark.ts';

export function tableOf(figures: readonly Figure[]): string {
  const head = ['', 'figure', 'value', 'floor', 'ratio', 'goal', ''];
  const cells = figures.map((figure) => [
    figure.met === undefined ? '·' : figure.met ? '✔' : '✘',
    figure.name,
    `${number(figure.value)} ${figure.unit}`,
    figure.floor === undefined ? '' : number(figure.floor),
    figure.ratio === undefined ? '' : figure.ratio.toFixed(2),
    figure.goal ?? '',
    figure.note ?? '',
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...cells].map((row) => row[column]!.length)));
  const line = (row: string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd();
  return [
    line(head),
    widths
      .slice(0, -1)
      .map((width) => '─'.repeat(width))
      .join('──'),
    ...cells.map(line),
  ].join('\n');
}

function number(value: number): string {
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en');
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 3).replace(/\.?0+$/, '') || '0';
}

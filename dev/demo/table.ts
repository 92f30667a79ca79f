/** The demo's closing table, for a terminal. */
import { toDecimal } from '../../sidecar/domain/money.ts';
import type { Amounts, Comparison, Figure } from './books.ts';

/** One table for each system. */
export function tableOf(rows: Comparison[]): string {
  const systems = [...new Set(rows.map(({ system }) => system))];
  return systems.map((system) => oneTable(rows.filter((row) => row.system === system))).join('\n\n');
}

function oneTable(rows: Comparison[]): string {
  const cells = rows.map((row) => [
    row.agrees ? '✔' : '✘',
    row.entity.replaceAll('_', ' '),
    figure(row.atVendor),
    figure(row.inOdoo),
    row.note,
  ]);
  const head = ['', 'what', `at ${rows[0]?.system ?? 'the vendor'}`, 'in Odoo', ''];
  const widths = head.map((_, column) =>
    Math.max(...[head, ...cells].map((row) => (row[column] ?? '').length)),
  );
  const line = (row: string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '─'.repeat(width)).join('──'), ...cells.map(line)].join('\n');
}

function figure({ count, amounts }: Figure): string {
  return amounts === undefined ? String(count) : `${count}   ${money(amounts)}`;
}

const money = (amounts: Amounts): string =>
  Object.entries(amounts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, minor]) => `${toDecimal(minor, currency)} ${currency}`)
    .join(', ');

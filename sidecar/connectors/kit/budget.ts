/** What a vendor's headers say of its limits: how they are read, and what is left of them between two answers. */
import type { Budget } from '../../domain/connector.ts';

/** How one window is written in a vendor's headers; names in lower case. */
export interface BudgetHeaders {
  /** A header with the number of calls left, or one with used and allowed in one text. */
  left: string | { header: string; usedOfAll: RegExp };
  /** A header with the size of the window; not needed where `usedOfAll` tells it. */
  of?: string;
  /** Length of the window: known from the documentation, or in a header (ms). */
  perMs: number | { header: string; otherwise: number };
  /** When all of it is there again: seconds from now, or a Unix time in seconds. */
  resets?: { header: string; as: 'seconds' | 'unix' };
}

/** Headers in lower case → the windows they tell of. What is missing or no number tells nothing. */
export function budgetsOf(
  windows: readonly BudgetHeaders[],
  headers: Record<string, string>,
  now: number,
): Budget[] {
  return windows.flatMap((window) => {
    const count = countOf(window, headers);
    if (count === undefined) return [];
    return [{ ...count, perMs: lengthOf(window, headers), resetsAt: resetOf(window, headers, now) }];
  });
}

function countOf({ left, of }: BudgetHeaders, headers: Record<string, string>) {
  if (typeof left === 'object') {
    const match = left.usedOfAll.exec(headers[left.header] ?? '');
    const used = numberIn(match?.[1]);
    const all = numberIn(match?.[2]);
    return used === undefined || !all ? undefined : { left: Math.max(0, all - used), of: all };
  }
  const rest = numberIn(headers[left]);
  const all = of === undefined ? undefined : numberIn(headers[of]);
  return rest === undefined || !all ? undefined : { left: Math.min(rest, all), of: all };
}

function lengthOf({ perMs }: BudgetHeaders, headers: Record<string, string>): number {
  return typeof perMs === 'number' ? perMs : numberIn(headers[perMs.header]) || perMs.otherwise;
}

function resetOf({ resets }: BudgetHeaders, headers: Record<string, string>, now: number): number | null {
  const value = resets === undefined ? undefined : numberIn(headers[resets.header]);
  if (value === undefined) return null;
  return resets!.as === 'unix' ? value * 1000 : now + value * 1000;
}

function numberIn(text: string | undefined): number | undefined {
  if (text === undefined || !/^\s*\d+(\.\d+)?\s*$/.test(text)) return undefined;
  return Number(text);
}

/** The windows of one account as last heard of, counted on between two answers. */
export class Windows {
  readonly #windows = new Map<number, Budget & { at: number }>();

  /** An answer told of its windows; `flying` calls are on their way and may not be counted in it. */
  heard(budgets: readonly Budget[], now: number, flying: number): void {
    for (const budget of budgets)
      this.#windows.set(budget.perMs, { ...budget, left: Math.max(0, budget.left - flying), at: now });
  }

  /** One more call begins. */
  took(now: number): void {
    for (const window of this.#windows.values()) {
      window.left = Math.max(0, leftOf(window, now) - 1);
      window.at = now;
      if (window.resetsAt !== null && now >= window.resetsAt) window.resetsAt = now + window.perMs;
    }
  }

  /** How long until every window has a call to spare beyond the share that is kept back, in ms. */
  restMs(now: number, keptBack: number): number {
    const rests = [...this.#windows.values()].map((window) => {
      const lacking = Math.min(window.of, 1 + Math.floor(window.of * keptBack)) - leftOf(window, now);
      if (lacking <= 0) return 0;
      if (window.resetsAt !== null) return Math.min(Math.max(1, window.resetsAt - now), window.perMs);
      return Math.ceil((lacking * window.perMs) / window.of);
    });
    return Math.max(0, ...rests);
  }

  /** The window of which the smallest part is left. */
  tightest(now: number): Budget | undefined {
    return [...this.#windows.values()]
      .map((window) => {
        const { of, perMs, resetsAt } = window;
        return { left: Math.floor(leftOf(window, now)), of, perMs, resetsAt };
      })
      .sort((a, b) => a.left / a.of - b.left / b.of)[0];
  }
}

/** A window that slides gives back evenly what it lent; one that is reset gives all of it back then. */
function leftOf(window: Budget & { at: number }, now: number): number {
  const { left, of, perMs, resetsAt, at } = window;
  if (resetsAt !== null) return now >= resetsAt ? of : left;
  return Math.min(of, left + (Math.max(0, now - at) * of) / perMs);
}

/** Calls of the same moment travel together, where a vendor takes many records in one request. */
import { setImmediate } from 'node:timers/promises';
import { Failure } from '../../domain/failure.ts';

export interface GatherOptions<I, O> {
  /** The most that the vendor takes in one request. */
  most: number;
  /** Only calls with the same text travel together: one object type, one priority. */
  group?: (item: I) => string;
  /** One request. The answer has one entry for each item, in their order: its result, or why it alone failed. What it throws
   * fails all of them. */
  together: (items: readonly I[]) => Promise<readonly (O | Failure)[]>;
}

interface Waiting<I, O> {
  item: I;
  resolve: (result: O) => void;
  reject: (error: unknown) => void;
}

/** A function that may be called singly, by many at once; each call settles by itself. */
export function gather<I, O>(options: GatherOptions<I, O>): (item: I) => Promise<O> {
  let waiting: Waiting<I, O>[] = [];
  const leave = async (): Promise<void> => {
    await setImmediate();
    const leaving = waiting;
    waiting = [];
    const groups = new Map<string, Waiting<I, O>[]>();
    for (const one of leaving) {
      const name = options.group?.(one.item) ?? '';
      groups.set(name, [...(groups.get(name) ?? []), one]);
    }
    for (const group of groups.values())
      for (let from = 0; from < group.length; from += options.most)
        void travel(options, group.slice(from, from + options.most));
  };
  return (item) =>
    new Promise<O>((resolve, reject) => {
      if (waiting.push({ item, resolve, reject }) === 1) void leave();
    });
}

async function travel<I, O>(options: GatherOptions<I, O>, group: readonly Waiting<I, O>[]): Promise<void> {
  try {
    const results = await options.together(group.map(({ item }) => item));
    for (const [place, { resolve, reject }] of group.entries()) {
      const result = results[place];
      if (place >= results.length) reject(new Error('A request for several records left one unanswered.'));
      else if (result instanceof Failure) reject(result);
      else resolve(result as O);
    }
  } catch (error) {
    for (const { reject } of group) reject(error);
  }
}

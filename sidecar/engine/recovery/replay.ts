/** Doing old work again, on purpose: everything of a lane, a connection, a cause or a span of time, re-read today. */
import { setImmediate } from 'node:timers/promises';
import { laneOf, type Reference } from '../../domain/reference.ts';
import { newId, type Context } from '../context.ts';
import { hint } from '../intake.ts';
import { lookAll, type Finding } from './look.ts';
import { checkSelector, chosen, type ReplaySelector } from './select.ts';

export interface ReplayOptions {
  /** True: nothing is put and nothing written; at most `limit` records are read at the vendor to say what would change. */
  dry: boolean;
  /** A dry run looks at no more records than this; 100 unless given, never more than 1000. */
  limit?: number | undefined;
  /** Who asked, for the journal: "ada on the command line". */
  by?: string | undefined;
}

export interface ReplayPlan {
  dry: boolean;
  /** How many records are meant. */
  records: number;
  /** The first of them by name, at most a thousand. */
  lanes: string[];
  /** What a dry run saw, in that order; empty otherwise. */
  findings: Finding[];
}

const LOOKS = 100;
const MOST_LOOKS = 1_000;
const MOST_NAMED = 1_000;

/**
 * Finds the records meant and, unless `dry`, puts one forced re-read for each through the one door. Throws InvalidData
 * when the selector names what does not exist or contradicts itself.
 */
export async function replay(
  context: Context,
  selector: ReplaySelector,
  options: ReplayOptions,
): Promise<ReplayPlan> {
  checkSelector(context, selector);
  const run = newId(context);
  const plan: ReplayPlan = { dry: options.dry, records: 0, lanes: [], findings: [] };
  // Who names one record waits for it; all else goes behind live work.
  const urgent = selector.lane !== undefined || selector.delivery !== undefined;
  const looks = Math.min(options.limit ?? LOOKS, MOST_LOOKS);
  for await (const refs of chosen(context, selector)) {
    plan.records += refs.length;
    plan.lanes.push(...refs.slice(0, MOST_NAMED - plan.lanes.length).map(laneOf));
    if (!options.dry) await putAgain(context, refs, { run, by: options.by ?? 'unknown', urgent });
    else {
      // A million records are counted in a thousand steps; webhooks are taken in between.
      await setImmediate();
      plan.findings.push(...(await lookAll(context, refs.slice(0, looks - plan.findings.length))));
    }
  }
  context.work.ring();
  return plan;
}

/** One page of records: the wish, and in the journal who had it. */
async function putAgain(
  { clock, intake, store }: Context,
  refs: readonly Reference[],
  { run, by, urgent }: { run: string; by: string; urgent: boolean },
): Promise<void> {
  const now = clock.now();
  const wish = { origin: 'replay', reason: 'replay', now, force: true, urgent } as const;
  const idOf = (ref: Reference) => `replay:${run}:${laneOf(ref)}`;
  await intake.put(refs.map((ref) => hint(ref, { ...wish, id: idOf(ref) })));
  store.note(
    refs.map((ref) => ({
      at: now,
      delivery: idOf(ref),
      lane: laneOf(ref),
      step: 'replayed',
      detail: `asked for by ${by}`,
    })),
  );
}

/** From a seed to a verdict: the story, its end, rest, and what must hold then. */
import { compareAll } from './truth.ts';
import { planOf, type Entry } from './plan.ts';
import type { Violation } from './verdict.ts';
import { CONNECTION } from './account.ts';
import { World, type Bug } from './world.ts';

export interface Outcome {
  seed: number;
  violations: Violation[];
  /** The same for the same history. */
  hash: number;
  steps: number;
  facts: number;
  writes: number;
  struck: Record<string, number>;
}

export interface RunOptions {
  bug?: Bug;
  /** Hears every line of the history. */
  told?: (line: string) => void;
  /** Instead of the seed's own plan, e.g. a part of it. */
  plan?: readonly Entry[];
}

/** More steps than this without coming to rest is a circle. */
const MOST_STEPS = 40_000;
/** Longer than the longest pause between two tries. */
const PATIENCE_MS = 3 * 3_600_000;
/** After this long the vendor's list shows every event, and the feed has been read since. */
const SETTLED_MS = 6 * 60_000;
/** Everything is listed within this. */
const LISTED_MS = 60_000;

export async function run(seed: number, options: RunOptions = {}): Promise<Outcome> {
  const entries = options.plan ?? planOf(seed);
  const world = new World({
    seed,
    ...(options.bug ? { bug: options.bug } : {}),
    ...(options.told ? { told: options.told } : {}),
  });
  world.expectAll(entries);
  const end = world.scheduler.now + Math.max(0, ...entries.map(overAt));
  while (world.scheduler.now < end || world.expected > 0) await world.step();
  world.heal();
  if (await solved(world)) await check(world);
  world.retire();
  const { scheduler, verdict, model, faults } = world;
  return {
    seed,
    violations: verdict.violations,
    hash: scheduler.hash,
    steps: scheduler.steps,
    facts: verdict.facts,
    writes: model.state.writes,
    struck: faults.struck,
  };
}

/** When an entry has had its chance: a process that dies has been up again for a while. */
function overAt({ what, at, ms }: Entry): number {
  const down = what === 'crash' || what === 'crash_now' || what === 'stop' || what === 'lose_store';
  return down ? at + ms + 150_000 : at + 1_000;
}

/** People solve what they can; what is solved may bring up the next. */
async function solved(world: World): Promise<boolean> {
  if (world.clockWasOff) world.model.state.queue('sweep');
  for (let round = 0; ; round++) {
    if (!(await rest(world, round === 0 ? SETTLED_MS : LISTED_MS))) return false;
    if (round === 3 || world.model.state.exceptions.size === 0) return true;
    world.accountant.tidyUp();
  }
}

async function check(world: World): Promise<void> {
  const { verdict, model, sandbox } = world;
  const excused = parkedInPeace(world);
  compareAll({ sandbox, odoo: model.state, verdict, excused });
  const { writes } = model.state;
  model.state.queue('backfill');
  if (!(await rest(world, LISTED_MS))) return;
  verdict.expect(
    model.state.writes === writes,
    'no_echo',
    () => `listing everything again wrote ${model.state.writes - writes} times`,
  );
}

/** What is still in Exceptions although people solved all they could: there is nothing here that cannot be solved. */
function parkedInPeace({ sidecar, verdict, model }: World): Set<string> {
  const parked = sidecar!.store.parked({ connection: CONNECTION });
  const keys = new Set(parked.map(({ ref }) => `${ref.kind}:${ref.externalId}`));
  for (const { ref, code, message } of parked)
    verdict.expect(
      false,
      'parked_for_a_reason',
      () => `${ref.kind}:${ref.externalId} is parked: ${code}, ${message}`,
    );
  const told = [...model.state.exceptions.keys()].filter((key) => !keys.has(key));
  const untold = [...keys].filter((key) => !model.state.exceptions.has(key));
  verdict.expect(told.length === 0, 'desk_agrees', () => `Odoo still shows ${told.join(', ')}`);
  verdict.expect(untold.length === 0, 'desk_agrees', () => `Odoo was never told of ${untold.join(', ')}`);
  return keys;
}

/** Goes on until nothing is left to do; false, and a violation, if that never comes. */
async function rest(world: World, settled = SETTLED_MS): Promise<boolean> {
  const { scheduler, verdict } = world;
  const begun = scheduler.now;
  const steps = scheduler.steps;
  while (!isAtRest(world, begun + settled)) {
    if (scheduler.steps - steps > MOST_STEPS || scheduler.now - begun > PATIENCE_MS) {
      verdict.expect(false, 'comes_to_rest', () => whyNot(world));
      return false;
    }
    await world.step();
  }
  return true;
}

function isAtRest(world: World, from: number): boolean {
  const { sidecar, scheduler, polledAt, model } = world;
  if (!sidecar || polledAt < from) return false;
  const { store, engine } = sidecar;
  const busy = scheduler.waiting(/hook|vendor|apply|outbox|store commits|starts/) > 0;
  if (busy || model.state.outbox.some(({ state }) => state !== 'done')) return false;
  if (engine.status().connections.some((each) => each.busy)) return false;
  return store.takeExceptionNews(1).position === 0 && unfinished(world) === 0;
}

/** Deliveries that are neither done nor in Exceptions. */
function unfinished({ sidecar }: World): number {
  const { store } = sidecar!;
  const lanes = store.lanesOf(store.parked().map(({ ref }) => ref));
  const held = lanes.reduce((sum, lane) => sum + (lane?.state === 'parked' ? lane.pending : 0), 0);
  return store.depth().pending - held;
}

function whyNot(world: World): string {
  const { sidecar, scheduler } = world;
  if (!sidecar) return 'no sidecar runs';
  const status = sidecar.engine.status();
  return `after ${scheduler.steps} steps ${unfinished(world)} deliveries wait; ${JSON.stringify(status).slice(0, 600)}`;
}

/** From a seed to a verdict about two-way synchronisation: a settled beginning, the story, its end, rest, and what must hold then. */
import type { Outcome } from '../run.ts';
import type { Tampering } from '../sidecar.ts';
import { planOf, type Entry } from './plan.ts';
import { judge } from './truth.ts';
import { World } from './world.ts';

export interface RunOptions {
  bug?: Tampering;
  /** Hears every line of the history. */
  told?: (line: string) => void;
  /** Instead of the seed's own plan. */
  plan?: readonly Entry[];
}

/** More steps than this without coming to rest is a circle. */
const MOST_STEPS = 60_000;
/** Longer than the longest pause between two tries. */
const PATIENCE_MS = 3 * 3_600_000;
/** The feeds have been read since. */
const LISTED_MS = 60_000;
/** So often people settle what is open, before it counts as never ending. */
const ROUNDS = 6;

export async function run(seed: number, options: RunOptions = {}): Promise<Outcome> {
  const entries = options.plan ?? planOf(seed);
  const world = new World({
    seed,
    ...(options.bug ? { bug: options.bug } : {}),
    ...(options.told ? { told: options.told } : {}),
  });
  const { scheduler, verdict, odoo, faults } = world;
  if (await rest(world)) {
    world.expectAll(entries);
    const end = scheduler.now + Math.max(0, ...entries.map(overAt));
    while (scheduler.now < end || world.expected > 0) await world.step();
    world.heal();
    if (await solved(world)) await check(world);
  }
  world.retire();
  return {
    seed,
    violations: verdict.violations,
    hash: scheduler.hash,
    steps: scheduler.steps,
    facts: verdict.facts,
    writes: odoo.office.writes,
    struck: faults.struck,
  };
}

/** When an entry has had its chance: a process that dies has been up again for a while. */
function overAt({ what, at, ms }: Entry): number {
  const down = ['crash', 'crash_now', 'stop', 'lose_store'].includes(what);
  return down ? at + ms + 150_000 : at + 1_000;
}

/** People settle what they can; what is settled may bring up the next. */
async function solved(world: World): Promise<boolean> {
  const { office } = world.odoo;
  for (const { connection } of world.sides) office.queue('sweep', connection.id);
  for (let round = 0; ; round++) {
    if (!(await rest(world))) return false;
    if (round === ROUNDS || office.exceptions.size + office.conflicts.size === 0) return true;
    world.clerk.tidyUp();
  }
}

async function check(world: World): Promise<void> {
  const { verdict, odoo, sides, ledger, telling, sidecar } = world;
  const { office } = odoo;
  for (const { ref, code, message } of sidecar!.store.parked())
    verdict.expect(
      false,
      'parked_for_a_reason',
      () => `${ref.kind}:${ref.externalId} is parked: ${code}, ${message}`,
    );
  verdict.expect(
    office.exceptions.size + office.conflicts.size === sidecar!.store.parked().length,
    'desk_agrees',
    () => `Odoo shows ${[...office.exceptions.keys(), ...office.conflicts.keys()].join(', ')}`,
  );
  for (const message of odoo.failed) verdict.expect(false, 'desk_agrees', () => `a wish failed: ${message}`);
  judge({ office, sides, ledger, verdict, merged: world.merges > 0 });
  verdict.expect(
    // Of what was merged there a second record answers, so it may be told once more.
    telling.needless <= telling.unheard + 2 * world.merges,
    'told_once',
    () => `${telling.needless} records were told what they held, and ${telling.unheard} answers were lost`,
  );
  // What was told and not kept is forgotten: by a lost store, or one whose disk was full. A merge mixes two histories.
  if (world.losses + world.merges + (world.faults.struck['disk_full'] ?? 0) === 0)
    verdict.expect(
      world.vain.size <= telling.unheard,
      'asked_for_a_reason',
      () =>
        `${[...world.vain].join('; ')} is no conflict of two people, and ${telling.unheard} answers were lost`,
    );
  const before = { writes: office.writes, told: telling.told };
  for (const { connection } of sides) office.queue('backfill', connection.id);
  if (!(await rest(world))) return;
  verdict.expect(
    office.writes === before.writes && telling.told === before.told,
    'no_echo',
    () =>
      `listing everything again wrote ${office.writes - before.writes} times in Odoo and told ${telling.told - before.told} records`,
  );
}

/** Goes on until nothing is left to do; false, and a violation, if that never comes. */
async function rest(world: World): Promise<boolean> {
  const { scheduler, verdict } = world;
  const begun = scheduler.now;
  const { steps } = scheduler;
  while (!isAtRest(world, begun + LISTED_MS)) {
    if (scheduler.steps - steps > MOST_STEPS || scheduler.now - begun > PATIENCE_MS) {
      verdict.expect(false, 'comes_to_rest', () => whyNot(world));
      return false;
    }
    await world.step();
  }
  return true;
}

function isAtRest(world: World, from: number): boolean {
  const { sidecar, scheduler, polledAt, odoo, sides } = world;
  if (!sidecar || sides.some(({ connection }) => (polledAt.get(connection.id) ?? 0) < from)) return false;
  const { store, engine } = sidecar;
  if (scheduler.waiting(/hook|vendor|apply|outbox|values|report|store commits|starts/) > 0) return false;
  if (odoo.office.outbox.some(({ state }) => state !== 'done')) return false;
  if (engine.status().connections.some((each) => each.busy)) return false;
  return store.takeExceptionNews(1).position === 0 && unfinished(world) === 0;
}

/** Deliveries that are neither done nor with a person. */
function unfinished({ sidecar }: World): number {
  const { store } = sidecar!;
  const lanes = store.lanesOf(store.parked().map(({ ref }) => ref));
  const held = lanes.reduce((sum, lane) => sum + (lane?.state === 'parked' ? lane.pending : 0), 0);
  return store.depth().pending - held;
}

function whyNot(world: World): string {
  const { sidecar, odoo } = world;
  if (!sidecar) return 'no sidecar runs';
  const open = odoo.office.outbox.filter(({ state }) => state !== 'done').length;
  const status = JSON.stringify(sidecar.engine.status()).slice(0, 600);
  return `${unfinished(world)} deliveries wait, ${open} rows in the outbox; ${status}`;
}

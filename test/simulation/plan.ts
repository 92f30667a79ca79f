/** What a seed lets happen: the business of a small company, what breaks, and what people do. Plain data, so it can shrink. */
import { randomOf, type Random } from './random.ts';

/** Business at the vendor. */
export const BUSINESS = [
  'new_customer',
  'rename_customer',
  'flip_phone',
  'move_house',
  'delete_customer',
  'new_price',
  'draft_invoice',
  'add_line',
  'delete_draft',
  'finalize',
  'pay',
  'pay_outside',
  'pay_in_part',
  'credit',
  'refund',
  'settle_refund',
  'void',
  'give_up',
] as const;
export type Business = (typeof BUSINESS)[number];

/** What breaks; `of` counts calls, `ms` is how long it lasts. */
export const FAULTS = [
  'hooks_lost',
  'hooks_twice',
  'hooks_late',
  'events_late',
  'vendor_429',
  'vendor_5xx',
  'vendor_reset',
  'vendor_silent',
  'odoo_down',
  'odoo_5xx',
  'odoo_busy',
  'answer_lost',
  'answer_late',
  'odoo_silent',
  'crash',
  'crash_now',
  'stop',
  'lose_store',
  'freeze',
  'clock_jump',
  'disk_full',
] as const;
export type Fault = (typeof FAULTS)[number] | ToldFault;

/** What breaks only where the vendor is told things, too: it took them, and its answer is lost. */
export type ToldFault = 'told_lost';

/** What people do in Odoo. */
export const PEOPLE = [
  'edit_partner',
  'map_tax',
  'retry_all',
  'sync_now',
  'pause',
  'backfill',
  'sweep',
] as const;
export type People = (typeof PEOPLE)[number];

export interface Entry {
  id: number;
  /** Milliseconds after the beginning. */
  at: number;
  what: Business | Fault | People;
  /** Chooses the object; in [0, 1), so that it still means something when others are dropped. */
  pick: number;
  ms: number;
  of: number;
}

const WEIGHTS: Record<Business, number> = {
  new_customer: 6,
  rename_customer: 5,
  flip_phone: 5,
  move_house: 2,
  delete_customer: 1,
  new_price: 1,
  draft_invoice: 8,
  add_line: 2,
  delete_draft: 1,
  finalize: 6,
  pay: 5,
  pay_outside: 1,
  pay_in_part: 2,
  credit: 3,
  refund: 2,
  settle_refund: 2,
  void: 2,
  give_up: 1,
};

export const isBusiness = (what: string): what is Business => (BUSINESS as readonly string[]).includes(what);
export const isFault = (what: string): what is Fault => (FAULTS as readonly string[]).includes(what);

export function planOf(seed: number): Entry[] {
  const random = randomOf(seed).fork('plan');
  const length = random.between(3, 9) * 60_000;
  const weighted = Object.entries(WEIGHTS).flatMap(([what, weight]) => Array<string>(weight).fill(what));
  const whats = [
    ...many(random.between(12, 36), () => random.pick(weighted)),
    ...many(random.between(2, 12), () => random.pick(FAULTS)),
    ...many(random.between(0, 5), () => random.pick(PEOPLE)),
  ];
  // Much happens in bursts: same second, same object.
  let burst = Math.floor(random.next() * length);
  const entries = whats.map((what, id) => {
    if (!isBusiness(what) || !random.chance(0.4)) burst = Math.floor(random.next() * length);
    return entryOf(random, id, what as Entry['what'], burst);
  });
  const dark = Math.floor(random.next() * length);
  return random.chance(0.2) ? [...entries, ...darkHour(random, entries.length, dark)] : entries;
}

/** Some business, then a dark hour, and no other fault: for what shows nowhere else. */
export function darkPlanOf(seed: number): Entry[] {
  const random = randomOf(seed).fork('dark plan');
  const entries = Array.from({ length: 12 }, (_, id) =>
    entryOf(random, id, random.pick(['new_customer', 'draft_invoice']), random.between(0, 60_000)),
  );
  return [...entries, ...darkHour(random, entries.length, 240_000)];
}

/** Nothing else leads to these records: who misses the event misses the news. */
const QUIET_NEWS = ['rename_customer', 'flip_phone', 'move_house', 'finalize', 'void'] as const;

/**
 * What no single fault brings about: webhooks are lost, the process is down until the feed has to tell of old events, and
 * it dies again while it takes them in.
 */
function darkHour(random: Random, id: number, at: number): Entry[] {
  const down = random.between(360_000, 600_000);
  return [
    { ...entryOf(random, id, 'hooks_lost', at), ms: down + 120_000 },
    ...many(random.between(4, 8), () =>
      entryOf(random, 0, random.pick(QUIET_NEWS), at + random.between(2_000, 20_000)),
    ),
    { ...entryOf(random, 0, 'crash_now', at), ms: down },
    { ...entryOf(random, 0, 'crash', at + 26_000), pick: 0, ms: random.between(1_000, 30_000) },
    { ...entryOf(random, 0, 'crash', at + 26_000), pick: 0, ms: random.between(1_000, 30_000) },
  ].map((entry, index) => ({ ...entry, id: id + index }));
}

function entryOf(random: Random, id: number, what: Entry['what'], at: number): Entry {
  const long = random.chance(0.3);
  const ms = long ? random.between(120_000, 900_000) : random.between(1_000, 60_000);
  return { id, at, what, pick: random.next(), ms, of: random.between(1, 6) };
}

const many = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

/** One entry in words. */
export const wordsOf = ({ id, at, what, pick, ms, of }: Entry): string =>
  `#${id} at ${(at / 1000).toFixed(1)} s: ${what} (pick ${pick.toFixed(3)}, ${Math.round(ms / 1000)} s, ${of}×)`;

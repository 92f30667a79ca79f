/** What a seed lets happen between CRMs and Odoo: edits on all sides, what breaks, and what people decide. Plain data. */
import { FAULTS, type Fault } from '../plan.ts';
import { randomOf, type Random } from '../random.ts';

/** What people do at a CRM. */
export const SALES = [
  'new_company',
  'edit_company',
  'new_person',
  'edit_person',
  'new_deal',
  'edit_deal',
  'win_deal',
  'merge_companies',
] as const;
export type Sale = (typeof SALES)[number];

/** What people do in Odoo. */
export const OFFICE = [
  'edit_partner',
  'edit_contact',
  'new_partner',
  'dunning',
  'resolve',
  'sync_now',
  'pause',
  'backfill',
  'sweep',
] as const;
export type OfficeWork = (typeof OFFICE)[number];

/** The CRMs' feeds are searches, so no list of events is late here. */
export const BREAKS: readonly Fault[] = [
  ...FAULTS.filter((fault) => fault !== 'events_late'),
  'told_lost',
  'told_lost',
  'told_lost',
];

/** In force for a while. */
export const WINDOWS: ReadonlySet<string> = new Set([
  'hooks_lost',
  'hooks_twice',
  'hooks_late',
  'odoo_down',
  'disk_full',
]);
/** In force for so many calls. */
export const COUNTED: ReadonlySet<string> = new Set([
  'vendor_429',
  'vendor_5xx',
  'vendor_reset',
  'vendor_silent',
  'odoo_5xx',
  'odoo_busy',
  'answer_lost',
  'answer_late',
  'odoo_silent',
]);

export interface Entry {
  id: number;
  /** Milliseconds after the beginning. */
  at: number;
  what: Sale | OfficeWork | Fault;
  /** Chooses the object; in [0, 1). */
  pick: number;
  ms: number;
  of: number;
  /** Which CRM, where there are several; in [0, 1). */
  side: number;
}

const WEIGHTS: Partial<Record<Entry['what'], number>> = {
  new_company: 2,
  edit_company: 16,
  new_person: 2,
  edit_person: 8,
  new_deal: 3,
  edit_deal: 2,
  win_deal: 3,
  merge_companies: 1,
  edit_partner: 16,
  edit_contact: 8,
  new_partner: 3,
  dunning: 3,
  resolve: 4,
  sync_now: 1,
  pause: 1,
  backfill: 1,
  sweep: 1,
};
const WEIGHTED = Object.entries(WEIGHTS).flatMap(([what, weight]) => Array<string>(weight).fill(what));

export const isSale = (what: string): what is Sale => (SALES as readonly string[]).includes(what);
export const isOffice = (what: string): what is OfficeWork => (OFFICE as readonly string[]).includes(what);

export function planOf(seed: number): Entry[] {
  const random = randomOf(seed).fork('crm plan');
  const length = random.between(2, 7) * 60_000;
  const deeds = many(random.between(14, 40), () => random.pick(WEIGHTED));
  const faults = many(random.between(1, 10), () => random.pick(BREAKS));
  // Much happens at the same moment on several sides, to the same record: so a burst shares its choice of record.
  let burst = { at: 0, pick: 0, of: 1 };
  return [...deeds, ...faults].map((what, id) => {
    const fresh = id >= deeds.length || !random.chance(0.5);
    if (fresh)
      burst = { at: Math.floor(random.next() * length), pick: random.next(), of: random.between(1, 8) };
    const at = burst.at + (fresh ? 0 : random.between(0, random.pick([50, 2_000, 20_000])));
    const shared = random.chance(0.7) ? burst : { pick: random.next(), of: random.between(1, 8) };
    return { ...entryOf(random, id, what as Entry['what'], at), pick: shared.pick, of: shared.of };
  });
}

function entryOf(random: Random, id: number, what: Entry['what'], at: number): Entry {
  const ms = random.chance(0.25) ? random.between(120_000, 600_000) : random.between(1_000, 60_000);
  return { id, at, what, pick: random.next(), ms, of: random.between(1, 8), side: random.next() };
}

const many = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

/** One entry in words. */
export const wordsOf = ({ id, at, what, pick, ms, of, side }: Entry): string =>
  `#${id} at ${(at / 1000).toFixed(1)} s: ${what} (pick ${pick.toFixed(3)}, side ${side.toFixed(2)}, ${Math.round(ms / 1000)} s, ${of}×)`;

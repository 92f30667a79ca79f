/**
 * The three-way merge of a master record: base (last agreed), the vendor's state, Odoo's state → what both shall hold, what the
 * vendor is to be told, and what only a person can decide. Asked after Odoo answered with `current`. Pure.
 */
import type { Agreement, Divergence, FieldConflict } from '../domain/agreement.ts';
import type { FieldValue, UpsertChange } from '../domain/change.ts';
import type { Edit } from '../domain/wish.ts';
import { decides, type Policies, type Policy } from './ownership.ts';
import { isEmpty, sameValue, tellingOf, tellable } from './telling.ts';

/** What is known of one field. `known`: the sides once agreed on `base`. */
interface Sides {
  field: string;
  policy: Policy;
  vendor: FieldValue;
  odoo: FieldValue;
  base: FieldValue;
  known: boolean;
}

type Verdict =
  /** `untold`: the vendor holds otherwise, and that is no question. */
  | { is: 'settled'; value: FieldValue; because?: string; untold?: true }
  | { is: 'left'; because?: string }
  | { is: 'conflict'; why: FieldConflict['why'] };

/** Without a policy: what `overwrite` lists is the vendor's, what `create_only` lists is Odoo's, the rest is a person's to decide. */
export function merge(divergence: Divergence, policies: Policies = {}): Agreement {
  const { change, current, base } = divergence;
  const values: Record<string, FieldValue> = {};
  const kept: Record<string, FieldValue> = {};
  const conflicts: FieldConflict[] = [];
  const because: string[] = [];
  const tell: Record<string, FieldValue> = {};
  for (const field of new Set([...Object.keys(change.values), ...Object.keys(change.outward ?? {})])) {
    const policy = policies[field] ?? impliedPolicy(change, field);
    if (!(field in current)) {
      if (field in change.values) values[field] = change.values[field]!;
      continue;
    }
    const sides = sidesOf(divergence, field, policy);
    const verdict = field in change.values ? judge(divergence, sides) : toldOnly(sides);
    if (verdict.is === 'conflict') conflicts.push(conflictOf(divergence, sides, verdict.why));
    if (verdict.is !== 'conflict' && verdict.because) because.push(`${field} ${verdict.because}`);
    if (verdict.is !== 'settled') continue;
    const { value } = verdict;
    const news = field in change.values ? !sameValue(value, sides.vendor) : !sameValue(value, sides.base);
    if (news && tellable(policy, value)) tell[field] = value;
    // The vendor goes on saying what it says: that is no news the next time.
    else if (news && !verdict.untold) kept[field] = sides.vendor;
    if (!(field in kept) || !sameValue(value, sides.odoo)) values[field] = value;
  }
  return {
    change: settledChange(change, values, { ...base, ...current }, kept),
    tell: tellingOf(tell, policies, { ...current, ...values }),
    conflicts,
    because,
  };
}

function impliedPolicy(change: UpsertChange, field: string): Policy {
  if (change.overwrite.includes(field)) return { owner: 'source', against: 'revert' };
  return { owner: change.create_only.includes(field) ? 'odoo' : 'manual', against: 'revert' };
}

function sidesOf({ change, current, base }: Divergence, field: string, policy: Policy): Sides {
  return {
    field,
    policy,
    vendor: change.values[field] ?? null,
    odoo: current[field] ?? null,
    base: base?.[field] ?? null,
    known: base !== null && field in base,
  };
}

/** Of a field that is told and never read Odoo alone knows. */
function toldOnly({ policy, odoo, base }: Sides): Verdict {
  return !sameValue(odoo, base) && tellable(policy, odoo) ? { is: 'settled', value: odoo } : { is: 'left' };
}

function judge(divergence: Divergence, sides: Sides): Verdict {
  const { vendor, odoo, policy } = sides;
  if (sameValue(vendor, odoo)) return { is: 'settled', value: vendor };
  const decided = decision(divergence, sides);
  if (decided) return decided;
  const { system, linked } = divergence;
  const decider = decides(policy.owner, system, linked);
  if (decider.who === 'self') return vendorDecides(divergence, sides);
  if (decider.who === 'elsewhere') return odooDecides(divergence, sides, decider.by);
  const changer = changerOf(sides);
  if (changer === 'both' && decider.who === 'newest') return newest(divergence, sides);
  if (changer === 'both') return { is: 'conflict', why: 'both_changed' };
  return changer === 'vendor' ? { is: 'settled', value: vendor } : odooStands(sides);
}

/** A person's word about these very values goes before every owner. */
function decision({ decisions }: Divergence, { field, vendor, odoo }: Sides): Verdict | undefined {
  const decided = decisions[field];
  if (!decided || !sameValue(decided.odoo, odoo) || !sameValue(decided.other, vendor)) return undefined;
  const value = { odoo, other: vendor, value: decided.value ?? null }[decided.take];
  return { is: 'settled', value, because: `was decided by ${decided.by}` };
}

/** Which side left what both last agreed on. Where nothing was ever agreed, an empty side has nothing to say. */
function changerOf({ vendor, odoo, base, known }: Sides): 'vendor' | 'odoo' | 'both' {
  if (known ? sameValue(odoo, base) : isEmpty(odoo)) return 'vendor';
  return (known ? sameValue(vendor, base) : isEmpty(vendor)) ? 'odoo' : 'both';
}

function vendorDecides({ system, edits }: Divergence, sides: Sides): Verdict {
  const { field, vendor, odoo, base, known, policy } = sides;
  const edited = known ? !sameValue(odoo, base) : edits[field] !== undefined;
  if (!known && isUnsaid(vendor)) return { is: 'left', because: `stays: ${system} has said nothing of it` };
  if (!edited) return { is: 'settled', value: vendor };
  if (policy.against === 'propose') return { is: 'conflict', why: 'owned_elsewhere' };
  if (policy.against === 'warn' && known && sameValue(vendor, base))
    return { is: 'left', because: `stays as it was edited in Odoo, although ${system} owns it` };
  return { is: 'settled', value: vendor, because: `goes back to that of ${system}, which owns it` };
}

/** An owner that has nothing empties nothing that it never spoke of; no is an answer. */
const isUnsaid = (vendor: FieldValue): boolean => isEmpty(vendor) && vendor !== false;

function odooDecides({ system, edits }: Divergence, sides: Sides, by: string): Verdict {
  const { field, vendor, odoo, base, known, policy } = sides;
  const news = known && !sameValue(vendor, base);
  if (!tellable(policy, odoo)) {
    const because = news ? { because: `stays: ${by} owns it, and ${system} cannot be told` } : {};
    // What another system decided is agreed here, too: else the record would look edited for ever.
    return Array.isArray(policy.owner)
      ? { is: 'settled', value: odoo, untold: true, ...because }
      : { is: 'left', ...because };
  }
  // That Odoo has nothing is an owner's word only if somebody emptied it; else it merely was not known here.
  if (isEmpty(odoo) && !known && !edits[field])
    return { is: 'left', because: `stays empty in Odoo: ${by} owns it and has said nothing` };
  return {
    is: 'settled',
    value: odoo,
    ...(news ? { because: `goes back at ${system}: ${by} owns it` } : {}),
  };
}

function odooStands({ policy, odoo }: Sides): Verdict {
  return tellable(policy, odoo) ? { is: 'settled', value: odoo } : { is: 'left' };
}

/** Only asked when both left what was last agreed. That a push of ours made the vendor's record look newer does no harm: whatever the
 * vendor held before it was merged in the same run, so what is not agreed yet was changed there afterwards. */
function newest(divergence: Divergence, sides: Sides): Verdict {
  const here = odooSide(divergence, sides.field)?.at;
  const there = divergence.changedAt;
  if (here === undefined || there === undefined || here === there)
    return { is: 'conflict', why: 'both_changed' };
  if (there > here)
    return { is: 'settled', value: sides.vendor, because: `is that of ${divergence.system}, the newest` };
  // Where the vendor cannot be told, what it says is known from now on, and counts for older however its record is touched.
  const untold = tellable(sides.policy, sides.odoo) ? '' : `, and ${divergence.system} cannot be told`;
  return { is: 'settled', value: sides.odoo, because: `is Odoo’s, the newest${untold}` };
}

const odooSide = ({ edits, edited }: Divergence, field: string): Edit | undefined => edits[field] ?? edited;

function conflictOf(divergence: Divergence, sides: Sides, why: FieldConflict['why']): FieldConflict {
  const { changedAt, changedBy, system } = divergence;
  const side = odooSide(divergence, sides.field);
  return {
    field: sides.field,
    why,
    base: sides.base,
    odoo: sides.odoo,
    other: sides.vendor,
    ...(side ? { odooSide: side } : {}),
    ...(changedAt === undefined ? {} : { otherSide: { at: changedAt, by: changedBy ?? system } }),
  };
}

/** What Odoo holds now is believed: the next compare-and-set succeeds unless somebody edits in between. */
function settledChange(
  change: UpsertChange,
  values: Record<string, FieldValue>,
  base: Record<string, FieldValue>,
  kept: Record<string, FieldValue>,
): UpsertChange {
  const { outward, yields_to: _asked, kept: _kept, ...rest } = change;
  const settled = (name: string) => name in values;
  const told = Object.entries(outward ?? {}).filter(([name]) => settled(name));
  return {
    ...rest,
    values,
    base,
    create_only: change.create_only.filter(settled),
    // What Odoo's side won is only confirmed: an edit made meanwhile must be seen.
    overwrite: change.overwrite.filter((name) => settled(name) && !sameValue(values[name], base[name])),
    ...(told.length > 0 ? { outward: Object.fromEntries(told) } : {}),
    ...(Object.keys(kept).length > 0 ? { kept } : {}),
    force: true,
  };
}

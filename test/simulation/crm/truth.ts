/** At rest: all sides hold the same, the owner's word stands, nobody's last word vanished, and nothing is there twice. */
import type { Verdict } from '../verdict.ts';
import type { CrmSide } from './crm.ts';
import { cellName, words, type Ledger } from './ledger.ts';
import type { CrmLink, CrmRecord, Office } from './office.ts';
import { DECIDERS, type Compared, type Decider, type System } from './rules.ts';

export interface Truth {
  office: Office;
  sides: readonly CrmSide[];
  ledger: Ledger;
  verdict: Verdict;
  /** People made one company of two: a record of Odoo's that was told but not linked yet then stands alone. */
  merged: boolean;
}

/** One side of one field: what it holds, and under which name the ledger knows it. */
interface Held {
  side: string;
  cell: string;
  value: string;
}

export function judge(truth: Truth): void {
  const { office } = truth;
  for (const record of office.records.values()) {
    const links = office.linksOf(record).filter(({ kind }) => kind in DECIDERS);
    for (const kind of new Set(links.map((link) => link.kind as Compared)))
      judgeRecord(
        truth,
        record,
        kind,
        links.filter((link) => link.kind === kind),
      );
  }
  everythingIsThere(truth);
  once(truth);
}

function judgeRecord(truth: Truth, record: CrmRecord, kind: Compared, links: readonly CrmLink[]): void {
  const deciders: Record<string, Decider> = DECIDERS[kind];
  for (const [field, decider] of Object.entries(deciders)) {
    const odoo: Held = {
      side: 'odoo',
      cell: cellName('odoo', `${record.model},${record.id}`, field),
      value: words(record.values[field]),
    };
    const others = links.flatMap((link) => heldThere(truth, link, kind, field));
    if (inConflict(truth, links, field) || isUnsaid(truth, decider, [odoo, ...others])) continue;
    for (const other of others)
      truth.verdict.expect(
        other.value === odoo.value,
        'both_sides_agree',
        () =>
          `${field} of ${kind} ${record.id} is "${odoo.value}" in Odoo, "${other.value}" at ${other.side}`,
      );
    judgeField(truth, { record, kind, field, decider }, [odoo, ...others]);
  }
}

function heldThere({ sides }: Truth, link: CrmLink, kind: Compared, field: string): Held[] {
  const side = sides.find(({ connection }) => connection.id === link.connection);
  const fields = side?.fields(kind, link.external_id);
  if (!side || !fields) return [];
  const cell = cellName(side.system, `${kind}:${link.external_id}`, field);
  return [{ side: side.system, cell, value: fields[field]! }];
}

const inConflict = ({ office }: Truth, links: readonly CrmLink[], field: string): boolean =>
  links.some(({ connection, kind, external_id }) =>
    office.conflicts.get(`${connection}/${kind}:${external_id}`)?.fields.some((each) => each.field === field),
  );

/** An owner that never said anything of a field empties nothing, and is not told what others say. */
function isUnsaid({ ledger }: Truth, decider: Decider, sides: readonly Held[]): boolean {
  const owner = ownerOf(decider, sides);
  return (
    typeof decider !== 'string' && owner !== undefined && ![...ledger.cell(owner.cell).held].some(Boolean)
  );
}

interface Field {
  record: CrmRecord;
  kind: Compared;
  field: string;
  decider: Decider;
}

function judgeField(truth: Truth, about: Field, sides: readonly Held[]): void {
  const { ledger, verdict } = truth;
  const { field, decider, kind, record } = about;
  const final = sides[0]!.value;
  const name = `${field} of ${kind} ${record.id}`;
  const everHeld = sides.some(({ cell }) => ledger.cell(cell).held.has(final));
  const wasDecided = ledger.decisions.some((each) => each.field === field && each.value === final);
  verdict.expect(
    everHeld || wasDecided || final === '',
    'nothing_made_up',
    () => `${name}: nobody said "${final}"`,
  );
  if (decider === 'told') return;
  const owner = ownerOf(decider, sides);
  const owned = owner && ledger.cell(owner.cell).last;
  if (owned && !covered(truth, about, owned.value) && !owned.unread)
    verdict.expect(
      owned.value === final,
      'owner_decides',
      () => `${name} is "${final}", but ${owner.side} owns it and said "${owned.value}"`,
    );
  for (const side of sides) {
    const last = ledger.cell(side.cell).last;
    if (!last || last.value === final || (owner && !isProposed(about, side))) continue;
    const reason =
      last.unread ||
      covered(truth, about, last.value) ||
      (decider === 'newest' && sides.some(({ cell }) => ledger.cell(cell).last?.value === final)) ||
      sides.some((other) => other !== side && ledger.cell(other.cell).held.has(last.value));
    verdict.expect(
      reason,
      'no_edit_vanishes',
      () => `${name} is "${final}"; what ${side.side} said last, "${last.value}", vanished`,
    );
  }
}

/** Somebody decided about this very value. */
const covered = ({ ledger }: Truth, { field }: Field, value: string): boolean =>
  ledger.decisions.some((each) => each.field === field && (each.odoo === value || each.other === value));

/** Edits in Odoo of a street are proposals to its owner. */
const isProposed = ({ field }: Field, { side }: Held): boolean => field === 'street' && side === 'odoo';

function ownerOf(decider: Decider, sides: readonly Held[]): Held | undefined {
  if (decider === 'odoo') return sides[0];
  if (typeof decider === 'string') return undefined;
  for (const system of decider as readonly System[]) {
    const owner = sides.find(({ side }) => side === system);
    if (owner) return owner;
  }
  return undefined;
}

/** Whatever lives at a CRM is linked, and every customer of Odoo is at every CRM. */
function everythingIsThere({ office, sides, verdict, merged }: Truth): void {
  for (const side of sides)
    for (const kind of Object.keys(DECIDERS) as Compared[])
      for (const id of side.ids(kind)) {
        const link = office.links.get(`${side.connection.id}/${kind}:${id}`);
        const there = link && office.record(link.model, link.res_id) !== undefined;
        verdict.expect(
          there === true,
          'both_sides_agree',
          () => `${kind} ${id} of ${side.system} is not in Odoo`,
        );
      }
  for (const record of office.partners()) {
    if (record.values['is_company'] !== true || record.values['active'] === false) continue;
    for (const { connection, system } of sides) {
      const linked = [...office.links.values()].some(
        (link) =>
          link.connection === connection.id && link.model === record.model && link.res_id === record.id,
      );
      verdict.expect(
        linked || merged,
        'both_sides_agree',
        () => `partner ${record.id} was not made at ${system}`,
      );
    }
  }
}

/** No two records for one, and one order for each deal that was won. */
function once({ office, sides, verdict, merged }: Truth): void {
  const counts = new Map<string, number>();
  const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const record of office.records.values()) {
    const links = office.linksOf(record);
    verdict.expect(
      links.length > 0 || merged || record.values['active'] === false,
      'no_twins',
      () => `${record.model} ${record.id} belongs to nobody`,
    );
    for (const { connection, kind } of links)
      count(`${connection}'s ${kind}s for ${record.model} ${record.id}`);
  }
  for (const side of sides) for (const key of side.keys()) count(`${side.system}'s companies for ${key}`);
  const leads = [...office.orders.keys()];
  for (const key of leads) count(`orders of ${key}`);
  for (const [name, times] of counts)
    verdict.expect(times === 1, 'no_twins', () => `${times} times: ${name}`);
}

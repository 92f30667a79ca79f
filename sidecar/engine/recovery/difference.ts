/** What a planned change would do to what Odoo is known to hold; pure. The last agreed values stand for Odoo's own. */
import type { Change, FieldValue, Link, UpsertChange } from '../../domain/change.ts';
import { maskText } from '../../domain/pii.ts';
import { laneOf, type Kind, type Reference } from '../../domain/reference.ts';
import { canonical } from '../../rules/index.ts';

/** `change`: something would be written; `same`: nothing to do; `waits`: for another record; `person`: for a decision. */
export type Verdict = 'change' | 'same' | 'waits' | 'person';

export interface Difference {
  verdict: Verdict;
  /** One sentence each, personal values masked: "would update vat: D••• → D•••". */
  what: string[];
}

export interface Known {
  /** The link of the changed record. */
  link: Link | undefined;
  /** True if the record named is linked, or will be before this change is. */
  linked: (ref: Reference) => boolean;
  connection: string;
  /** Fields whose values are personal. */
  personal: ReadonlySet<string>;
}

/** Compares one change with the link's base and digest. */
export function differenceOf(change: Change, known: Known): Difference {
  if (known.link?.digest === change.digest) return same('Odoo already holds exactly this');
  const missing = refsIn(change).filter(
    (ref) => !known.linked({ connection: known.connection, kind: ref.kind, externalId: ref.external_id }),
  );
  const tax = missing.find(({ kind }) => kind === 'tax_rate');
  if (tax) return { verdict: 'person', what: [`tax rate ${tax.external_id} has no tax in Odoo yet`] };
  if (missing.length > 0) return { verdict: 'waits', what: [`would wait for ${named(missing)}`] };
  return known.link ? toLinked(change, known.link, known.personal) : toUnlinked(change);
}

const same = (...what: string[]): Difference => ({ verdict: 'same', what });
const changes = (...what: string[]): Difference => ({ verdict: 'change', what });

function toUnlinked(change: Change): Difference {
  switch (change.op) {
    case 'upsert': {
      const twin = change.match.length > 0;
      if (!change.create && !twin) return same('is not in Odoo, and its rule makes none');
      if (!change.create) return changes(`would be linked to a ${change.model} that fits, else left alone`);
      const made = `would be created as ${change.model}`;
      return changes(twin ? `${made}, unless one that fits is found` : made);
    }
    case 'link':
      return changes(`would be linked to a ${change.model} that fits`);
    case 'merge':
      return changes(`would follow the record it became one with, ${named([change.into])}`);
    case 'order':
    case 'move':
    case 'payment':
      return changes(`would be ${change.climb.map(spokenRung).join(', then ')}`);
  }
}

function toLinked(change: Change, link: Link, personal: ReadonlySet<string>): Difference {
  if (change.op === 'link') return same(`stays linked to ${link.model} ${link.resId}`);
  if (change.op === 'upsert') return fieldsOf(change, link, personal);
  if (change.op === 'merge') return toUnlinked(change);
  const climb = change.climb.map(spokenRung).join(', then ');
  if (link.digest === '') return changes(`would be ${climb}, as far as it is not yet`);
  if (change.op === 'payment') return changes(`has changed since it was booked: would be ${climb}`);
  return {
    verdict: 'person',
    what: [
      'has changed since it came to Odoo: a draft would be rewritten, a posted document is never edited and waits for a person',
    ],
  };
}

function fieldsOf(change: UpsertChange, link: Link, personal: ReadonlySet<string>): Difference {
  const { base } = link;
  const own = Object.entries(change.values).filter(([name]) => !change.create_only.includes(name));
  if (base === null)
    return changes(`would compare ${own.map(([name]) => name).join(', ')} with ${link.model} ${link.resId}`);
  const shown = (name: string, value: FieldValue | undefined) => told(value, personal.has(name));
  const lines = own
    .filter(([name, value]) => !equal(value, base[name]))
    .map(([name, value]) => `would update ${name}: ${shown(name, base[name])} → ${shown(name, value)}`);
  return lines.length > 0 ? changes(...lines) : same('no field differs from what Odoo was told last');
}

/** Odoo has no null in texts and no empty text in references: all empties are one. */
const plain = (value: FieldValue | undefined): FieldValue =>
  value === undefined || value === '' || value === false ? null : value;
const equal = (wanted: FieldValue, held: FieldValue | undefined): boolean =>
  canonical(plain(wanted)) === canonical(plain(held));

function told(value: FieldValue | undefined, personal: boolean): string {
  const shown = plain(value ?? null);
  if (shown === null) return '(empty)';
  if (typeof shown === 'object')
    return 'ref' in shown ? `${spokenKind(shown.ref.kind)} ${shown.ref.external_id}` : shown.lookup[2];
  return personal ? maskText(String(shown)) : String(shown);
}

type Key = { kind: Kind; external_id: string };

function refsIn(change: Change): Key[] {
  const found = new Map<string, Key>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const ref = (value as { ref?: Partial<Key> }).ref;
    if (ref?.kind && ref.external_id)
      found.set(laneOf({ connection: '', kind: ref.kind, externalId: ref.external_id }), ref as Key);
    else for (const inner of Object.values(value)) walk(inner);
  };
  if (change.op === 'merge') return [change.into];
  walk('values' in change ? change.values : change.to);
  return [...found.values()];
}

const spokenKind = (kind: Kind): string => kind.replaceAll('_', ' ');
const named = (keys: readonly Key[]): string =>
  keys.map(({ kind, external_id: id }) => `${spokenKind(kind)} ${id}`).join(' and ');

/** `reconciled:in_1` → "reconciled with in_1". */
const spokenRung = (rung: string): string => rung.replace(':', ' with ');

/** Masters and leads between several systems: compare and set, what is told, and what diverged, as docs/protocol.md says. */
import type { ApplyResult, FieldValue, UpsertChange } from '../../../sidecar/domain/change.ts';
import { lane, plain, same, type CrmRecord, type Office, type Values } from './office.ts';
import type { Applying } from './odoo.ts';

/** One change on its way. */
interface Item {
  tx: Applying;
  change: UpsertChange;
  record: CrmRecord;
  base: Values | null;
  adopted: boolean;
  /** Systems of other connections that the record is linked to. */
  linked: string[];
}

type Verdict = 'left' | 'agreed' | 'written' | 'kept' | 'diverged';

export function upsert(tx: Applying, change: UpsertChange): ApplyResult {
  const { office, connection } = tx;
  const missing = Object.values(change.values).flatMap((value) =>
    typeof value === 'object' &&
    value !== null &&
    'ref' in value &&
    office.resolved(connection, value) === undefined
      ? [value.ref]
      : [],
  );
  if (missing.length > 0) return tx.result(change, 'waiting', { waiting_for: missing });
  const link = tx.link(change);
  const base = change.base ?? link?.base ?? null;
  if (link) {
    const record = office.record(link.model, link.res_id);
    if (!record)
      return tx.rejected(change, 'conflict', 'record_missing', 'The linked record was deleted in Odoo.');
    return compared(itemOf(tx, change, record, base, false));
  }
  const twins = twinsOf(office, connection, change);
  if (twins.length > 1) return tx.rejected(change, 'conflict', 'ambiguous_match', 'Several records fit.');
  if (twins[0]) return compared(itemOf(tx, change, twins[0], base, true));
  if (!change.create) return tx.result(change, 'skipped');
  const values = Object.fromEntries(
    Object.entries(change.values).map(([name, value]) => [name, plain(office.resolved(connection, value))]),
  );
  const record = office.create(change.model, { active: true, ...values }, undefined, connection);
  return written(itemOf(tx, change, record, base, false), 'created', {});
}

function itemOf(
  tx: Applying,
  change: UpsertChange,
  record: CrmRecord,
  base: Values | null,
  adopted: boolean,
): Item {
  const linked = tx.office
    .linksOf(record)
    .filter(({ connection }) => connection !== tx.connection)
    .map(({ connection }) => connection);
  return { tx, change, record, base, adopted, linked: [...new Set(linked)].sort() };
}

/** The first domain that finds anybody decides; who is linked on this connection is no candidate. */
function twinsOf(office: Office, connection: string, change: UpsertChange): CrmRecord[] {
  const taken = new Set(
    [...office.links.values()]
      .filter((link) => link.connection === connection && link.kind === change.key.kind)
      .map(({ res_id: id }) => id),
  );
  for (const domain of change.match) {
    const found = office.found(change.model, domain, taken);
    if (found.length > 0) return found;
  }
  return [];
}

function compared(item: Item): ApplyResult {
  const { tx, change, record } = item;
  const writes: Values = {};
  const kept: Values = {};
  let diverged = false;
  for (const [name, value] of Object.entries(change.values)) {
    const wanted = plain(tx.office.resolved(tx.connection, value));
    const verdict = verdictOn(item, name, wanted);
    if (verdict === 'written') writes[name] = wanted;
    if (verdict === 'kept') kept[name] = value;
    diverged ||= verdict === 'diverged';
  }
  if (diverged) {
    const names = [...Object.keys(change.values).filter((name) => !isApart(item, name)), ...toldOnly(item)];
    const about = { model: record.model, res_id: record.id, ...(item.base ? { base: item.base } : {}) };
    return tx.result(change, 'diverged', { ...about, ...told(item, names) });
  }
  const changed = tx.office.write(record, writes, undefined, tx.connection);
  return written(item, changed ? 'updated' : 'unchanged', kept);
}

const isApart = ({ change }: Item, name: string): boolean =>
  change.create_only.includes(name) && !(name in (change.outward ?? {}));

const toldOnly = ({ change }: Item): string[] =>
  Object.keys(change.outward ?? {}).filter((name) => !(name in change.values));

/** What becomes of one field of a record that exists. */
function verdictOn(item: Item, name: string, wanted: FieldValue): Verdict {
  const { change, record, base, adopted, linked } = item;
  const outward = name in (change.outward ?? {});
  if (isApart(item, name)) return 'left';
  if (same(record.values[name], wanted)) return 'agreed';
  if (change.create_only.includes(name)) return 'diverged';
  if ((change.yields_to?.[name] ?? []).some((system) => linked.includes(system))) return 'diverged';
  if (change.overwrite.includes(name)) return 'written';
  if (base === null || (adopted && !(name in base))) return outward ? 'diverged' : 'kept';
  if (isBase(item, name)) return 'written';
  return adopted && !outward ? 'kept' : 'diverged';
}

/** Whether the record still holds what was last agreed. */
function isBase({ tx, change, record, base }: Item, name: string): boolean {
  if (!base || !(name in base)) return plain(record.values[name]) === null;
  const value = base[name]!;
  const named = typeof value === 'object' && value !== null;
  if (named && JSON.stringify(value) === JSON.stringify(change.values[name])) return false;
  return same(record.values[name], tx.office.resolved(tx.connection, value));
}

/** `current`, and whom it concerns. */
function told({ tx, change, record, base, linked }: Item, names: readonly string[]): Partial<ApplyResult> {
  const { office, connection } = tx;
  const agrees = (name: string, value: FieldValue | undefined) =>
    value !== undefined && same(record.values[name], office.resolved(connection, value));
  const current = names.map((name) => {
    const words = [change.values[name], base?.[name]].find((value) => agrees(name, value));
    return [name, words ?? office.notation(connection, record, name)];
  });
  return {
    current: Object.fromEntries(current),
    linked,
    ...(record.edited ? { edited: record.edited } : {}),
  };
}

function written(item: Item, status: 'created' | 'updated' | 'unchanged', kept: Values): ApplyResult {
  const { tx, change, record } = item;
  const news = toldOnly(item).filter((name) => !isBase({ ...item, base: item.base ?? {} }, name));
  const base: Values = { ...tx.link(change)?.base };
  for (const [name, value] of Object.entries(change.values)) {
    if (isApart(item, name)) continue;
    const named = typeof value === 'object' && value !== null;
    const agrees = same(record.values[name], tx.office.resolved(tx.connection, value));
    base[name] = kept[name] ?? (named && agrees ? value : plain(record.values[name]));
  }
  for (const name of toldOnly(item))
    if (!news.includes(name) && change.base && name in change.base) base[name] = change.base[name]!;
  Object.assign(base, change.kept);
  tx.saveLink(change, record, base);
  const more = news.length > 0 ? told(item, news) : {};
  return tx.result(change, status, {
    ...more,
    base: tx.office.links.get(lane(tx.connection, change.key))!.base!,
  });
}

/** The model's masters: compare and set against the base, adopt a twin, create; and records that are only found. */
import type { ApplyResult, FieldValue, LinkChange, UpsertChange } from '../../sidecar/domain/change.ts';
import type { Kind } from '../../sidecar/domain/reference.ts';
import type { Transaction } from './odoo-model.ts';
import { keyOf, type Master } from './odoo-state.ts';

/** Two values that Odoo would not tell apart. */
const same = (a: FieldValue | undefined, b: FieldValue | undefined): boolean =>
  JSON.stringify(emptied(a)) === JSON.stringify(emptied(b));
const emptied = (value: FieldValue | undefined): FieldValue | false =>
  value === undefined || value === null || value === '' ? false : value;

export function upsert(tx: Transaction, change: UpsertChange): ApplyResult {
  const missing = refsOf(change).filter((ref) => !tx.link(keyOf(ref)));
  if (missing.length > 0) return tx.missing(change, missing);
  const link = tx.link(keyOf(change.key));
  if (link) {
    const record = tx.state.master(link.model, link.res_id);
    if (!record)
      return tx.rejected(change, 'conflict', 'record_missing', 'The linked record was deleted in Odoo.');
    return write(tx, change, record, false);
  }
  const twin = twinOf(tx, change);
  if (twin) return write(tx, change, twin, true);
  if (!change.create) return tx.result(change, 'skipped');
  const record = tx.state.addMaster(change.model, { active: true, ...change.values });
  return written(tx, change, record, 'created', {});
}

function refsOf(change: UpsertChange): { kind: Kind; external_id: string }[] {
  return Object.values(change.values).flatMap((value) =>
    typeof value === 'object' && value !== null && 'ref' in value ? [value.ref] : [],
  );
}

/** Domains of one case-blind equality each, as the rules write them; linked records are no candidates. */
function twinOf(tx: Transaction, change: UpsertChange): Master | undefined {
  const taken = new Set(
    [...tx.state.links.values()]
      .filter(({ kind, model }) => kind === change.key.kind && model === change.model)
      .map(({ res_id: id }) => id),
  );
  for (const domain of change.match) {
    const [field, , value] = domain[0] as [string, string, string];
    const text = value.replaceAll(/\\(.)/g, '$1').toLowerCase();
    const found = [...tx.state.masters.values()].filter(
      (each) =>
        each.model === change.model &&
        !taken.has(each.id) &&
        String(each.values[field] ?? '').toLowerCase() === text,
    );
    if (found.length > 0) return found[0];
  }
  return undefined;
}

function write(tx: Transaction, change: UpsertChange, record: Master, adopted: boolean): ApplyResult {
  const base = change.base ?? tx.link(keyOf(change.key))?.base ?? null;
  const unknown = adopted || base === null;
  const kept: Record<string, FieldValue> = {};
  const writes: Record<string, FieldValue> = {};
  let diverged = false;
  for (const [name, wanted] of Object.entries(change.values)) {
    if (change.create_only.includes(name) || same(record.values[name], wanted)) continue;
    if (change.overwrite.includes(name) || (!unknown && same(record.values[name], base[name])))
      writes[name] = wanted;
    else if (unknown) kept[name] = wanted;
    else diverged = true;
  }
  if (diverged) return tx.result(change, 'diverged', { current: currentOf(change, record) });
  Object.assign(record.values, writes);
  return written(tx, change, record, Object.keys(writes).length > 0 ? 'updated' : 'unchanged', kept);
}

const currentOf = (change: UpsertChange, record: Master): Record<string, FieldValue> =>
  Object.fromEntries(
    Object.keys(change.values)
      .filter((name) => !change.create_only.includes(name))
      .map((name) => [name, record.values[name] ?? null]),
  );

function written(
  tx: Transaction,
  change: UpsertChange,
  record: Master,
  status: 'created' | 'updated' | 'unchanged',
  kept: Record<string, FieldValue>,
): ApplyResult {
  if (status !== 'unchanged') tx.wrote(keyOf(change.key), record);
  const base = { ...tx.link(keyOf(change.key))?.base, ...currentOf(change, record), ...kept };
  tx.saveLink(change, record.model, record.id, { digest: change.digest, base });
  return tx.result(change, status, { base });
}

/** Tax rates are found by their percentage, prices live on their product. */
export function link(tx: Transaction, change: LinkChange): ApplyResult {
  const known = tx.link(keyOf(change.key));
  const target = change.to ? tx.link(keyOf(change.to.ref)) : (known ?? taxOf(tx, change));
  if (change.to && !target) return tx.missing(change, [change.to.ref]);
  if (!target)
    return tx.rejected(change, 'missing_mapping', 'no_match', `Nothing in Odoo fits ${change.label}.`);
  const moved = !known || known.model !== target.model || known.res_id !== target.res_id;
  tx.saveLink(change, target.model, target.res_id, { digest: change.digest });
  return tx.result(change, moved ? (known ? 'updated' : 'created') : 'unchanged');
}

function taxOf(tx: Transaction, change: LinkChange): { model: string; res_id: number } | undefined {
  for (const domain of change.match as [string, string, unknown][][]) {
    const found = tx.state.taxes.filter((tax) =>
      domain.every(([field, , value]) => tax[field as keyof typeof tax] === value),
    );
    if (found.length === 1) return { model: 'account.tax', res_id: found[0]!.id };
  }
  return undefined;
}

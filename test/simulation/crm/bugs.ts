/** Deliberate defects of two-way synchronisation, as wrappers around what the engine is given: the proof that the checks would notice. */
import type { Divergence } from '../../../sidecar/domain/agreement.ts';
import type { FieldValue, Link } from '../../../sidecar/domain/change.ts';
import type { OdooPort } from '../../../sidecar/engine/index.ts';
import type { SqliteStore } from '../../../sidecar/store/sqlite/index.ts';
import type { Tampering } from '../sidecar.ts';
import type { Check } from '../verdict.ts';

/** What is wrong, in words, and which checks are to notice it. */
export interface SeededBug {
  name: string;
  noticedBy: readonly Check[];
  bug: Tampering;
}

export const SEEDED_BUGS: readonly SeededBug[] = [
  {
    name: 'the vendor’s echo counts as news and is answered',
    noticedBy: ['told_once'],
    bug: { rules: (rules) => ({ ...rules, merge: (divergence) => rules.merge(echoed(divergence)) }) },
  },
  {
    name: 'a decision is applied to other values than the person saw',
    noticedBy: ['no_edit_vanishes'],
    bug: { rules: (rules) => ({ ...rules, merge: (divergence) => rules.merge(decidedAnyway(divergence)) }) },
  },
  {
    name: 'what was told does not become common ground',
    noticedBy: ['asked_for_a_reason', 'no_edit_vanishes'],
    bug: { store: keepFirstBase, odoo: (odoo) => withoutBases(odoo) },
  },
  {
    name: 'Odoo’s values are told before the vendor’s news are merged',
    noticedBy: ['no_edit_vanishes', 'owner_decides'],
    bug: { rules: (rules) => ({ ...rules, merge: (divergence) => rules.merge(toldFirst(divergence)) }) },
  },
  {
    name: 'wishes are dropped when the deliveries of a lane are folded',
    noticedBy: ['comes_to_rest', 'parked_for_a_reason'],
    bug: {
      odoo: (odoo) => ({
        ...odoo,
        async outbox(limit) {
          const rows = await odoo.outbox(limit);
          return rows.map((row) =>
            row.command === 'born' ? row : { ...row, args: withoutWishes(row.args) },
          );
        },
      }),
    },
  },
  {
    name: 'a record born in Odoo gets another key with each attempt',
    noticedBy: ['no_twins', 'both_sides_agree'],
    bug: {
      session: (session) => {
        let count = 0;
        const keyOf = (key: string | null) => key && `${key}.${++count}`;
        return { ...session, push: (push) => session.push!({ ...push, odooKey: keyOf(push.odooKey) }) };
      },
    },
  },
  {
    name: 'edits in Odoo are acknowledged before they are on disk',
    noticedBy: ['both_sides_agree', 'no_edit_vanishes', 'comes_to_rest'],
    bug: {
      store: (store) => ({
        ...store,
        put(deliveries) {
          store.put(deliveries).catch(() => {});
          return Promise.resolve(deliveries.map(({ id }) => ({ id, duplicate: false })));
        },
      }),
    },
  },
];

/** Whatever the vendor says is as if it had never been heard. */
function echoed(divergence: Divergence): Divergence {
  const { change } = divergence;
  const held = Object.fromEntries(
    Object.keys(change.outward ?? {}).map((name) => [name, null as FieldValue]),
  );
  return {
    ...divergence,
    change: { ...change, values: { ...change.values, ...held } },
    base: { ...divergence.base, ...held },
  };
}

function decidedAnyway(divergence: Divergence): Divergence {
  const { current, change } = divergence;
  const decisions = Object.entries(divergence.decisions).map(([field, decision]) => [
    field,
    {
      ...decision,
      take: 'value' as const,
      value: { odoo: decision.odoo, other: decision.other, value: decision.value ?? null }[decision.take],
      odoo: current[field] ?? null,
      other: change.values[field] ?? null,
    },
  ]);
  return { ...divergence, decisions: Object.fromEntries(decisions) };
}

/** Links keep what both sides agreed on when they were made. */
function keepFirstBase(store: SqliteStore): SqliteStore {
  const first = new Map<string, Link['base']>();
  const aged = (connection: string, link: Link): Link => {
    const name = `${connection}/${link.kind}:${link.externalId}`;
    if (link.base && !first.has(name)) first.set(name, link.base);
    return { ...link, base: first.get(name) ?? null };
  };
  return {
    ...store,
    link: (ref) => {
      const link = store.link(ref);
      return link && { ...link, ...aged(ref.connection, link), sourceDigest: link.sourceDigest };
    },
    linksOf: (refs) =>
      store.linksOf(refs).map((link, index) => {
        return link && { ...link, ...aged(refs[index]!.connection, link), sourceDigest: link.sourceDigest };
      }),
  };
}

/** And Odoo does not say what it knows. */
const withoutBases = (odoo: OdooPort): OdooPort => ({
  ...odoo,
  apply: async (request) =>
    (await odoo.apply(request)).map(({ base: _base, ...result }, index) => {
      const change = request.changes[index]!;
      const base = result.status === 'diverged' && change.op === 'upsert' ? change.base : null;
      return base ? { ...result, base } : result;
    }),
});

function toldFirst(divergence: Divergence): Divergence {
  return { ...divergence, base: { ...divergence.base, ...divergence.change.values } };
}

const withoutWishes = (args: Record<string, unknown> | null | undefined): Record<string, unknown> => ({
  ...args,
  ...(args?.['edits'] ? { edits: {} } : {}),
  ...(args?.['decisions'] ? { decisions: {} } : {}),
});

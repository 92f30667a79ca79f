/** Mending what a comparison found: what differs is read again, by the same door and with the same care as everything. */
import type { ComparedLink } from '../../domain/comparison.ts';
import { laneOf, sourceOf, type Reference } from '../../domain/reference.ts';
import { roomInQueue } from '../pace/back-pressure.ts';
import type { Context } from '../context.ts';
import { hint } from '../intake.ts';

/**
 * Compares link by link in slots that differ: what Odoo lacks or has otherwise is forgotten and read again, what only Odoo
 * has is learnt. Left alone is what moved since `ours` was read, and what is being worked on.
 */
export async function mendLinks(
  context: Context,
  connection: string,
  ours: readonly ComparedLink[],
  slots: readonly string[],
  run: number,
): Promise<{ forgotten: number; learnt: number }> {
  const { store, odoo } = context;
  const rows = await odoo.compareRows(connection, slots);
  const theirs = new Map(rows.map((link) => [keyOf(link), link] as const));
  const known = new Set(ours.map(keyOf));
  const otherwise = ours.filter((link) => !equal(link, theirs.get(keyOf(link))));
  const stale = settled(context, connection, otherwise).filter((link) => unmoved(context, connection, link));
  const only = rows.filter((link) => !known.has(keyOf(link)));
  const unknown = settled(context, connection, only).filter(
    (link) => store.link({ connection, ...link }) === undefined,
  );
  store.forgetLinksOf(stale.map(({ kind, externalId }) => ({ connection, kind, externalId })));
  store.saveLinks(
    connection,
    unknown.map((link) => ({ ...link, base: null })),
  );
  await lookAgainAt(context, connection, stale, { run, name: 'compare', reason: 'Odoo has it otherwise' });
  return { forgotten: stale.length, learnt: unknown.length };
}

const keyOf = ({ kind, externalId }: Pick<Reference, 'kind' | 'externalId'>): string =>
  `${kind}:${externalId}`;

function equal(one: ComparedLink, other: ComparedLink | undefined): boolean {
  return (
    one.version === other?.version &&
    one.digest === other.digest &&
    one.model === other.model &&
    one.resId === other.resId
  );
}

/** Those on which nobody works: where work is under way, both sides need not agree yet. */
function settled<T extends Pick<Reference, 'kind' | 'externalId'>>(
  { store }: Context,
  connection: string,
  links: readonly T[],
): T[] {
  const refs = links.map(({ kind, externalId }) => sourceOf({ connection, kind, externalId }));
  const lanes = store.lanesOf(refs);
  return links.filter((_, index) => (lanes[index]?.pending ?? 0) === 0);
}

/** True if the link is still as it was when it was summed up. */
function unmoved({ store }: Context, connection: string, link: ComparedLink): boolean {
  const now = store.link({ connection, kind: link.kind, externalId: link.externalId });
  return now !== undefined && equal(now, link);
}

/** Records that were deleted or edited in Odoo since they were written; not those a person told us to ignore. */
export async function lookAtStrays(context: Context, connection: string, run: number): Promise<number> {
  let count = 0;
  for (let after: number | null = 0; after !== null && !context.stopping.aborted;) {
    await roomInQueue(context, connection);
    const page = await context.odoo.compareRecords(connection, after);
    const open = settled(context, connection, page.rows).filter(
      (row) => !ignored(context, { connection, ...row }),
    );
    await lookAgainAt(context, connection, open, { run, name: 'stray', reason: 'edited or deleted in Odoo' });
    count += open.length;
    after = page.next;
  }
  return count;
}

function ignored({ store }: Context, ref: Reference): boolean {
  return store.journal({ lane: laneOf(ref), limit: 1 }).at(-1)?.step === 'ignored';
}

async function lookAgainAt(
  context: Context,
  connection: string,
  links: readonly Pick<Reference, 'kind' | 'externalId'>[],
  { run, name, reason }: { run: number; name: string; reason: string },
): Promise<void> {
  const now = context.clock.now();
  await context.intake.put(
    links.map(({ kind, externalId }) =>
      hint(sourceOf({ connection, kind, externalId }), {
        id: `${name}:${run.toString(36)}:${kind}:${externalId}`,
        origin: 'backfill',
        reason,
        now,
        force: true,
      }),
    ),
  );
}

/**
 * Both sides come to agree: the vendor is told what Odoo decides, read once more, and what both hold then is what Odoo is
 * sent as the new base. A stop in between repeats it harmlessly: after the push the vendor holds what Odoo holds.
 */
import pLimit from 'p-limit';
import type { Agreement } from '../../domain/agreement.ts';
import type { Link, UpsertChange } from '../../domain/change.ts';
import { asFailure, reactionTo } from '../../domain/failure.ts';
import { canonical, digestOf } from '../../rules/index.ts';
import type { Context, Line } from '../context.ts';
import { agreedAfter, groundOf, isOf, noteAgreement, settling, type Open } from './agree.ts';
import { settleAll, type Ack } from './outcome.ts';
import type { Work } from './read.ts';
import { end, type Settled } from './results.ts';
import { goBack, timedPush, timedRead, understand, vendorFailed } from './understand.ts';

/** Resolves with the works that have something for Odoo again; the others are settled. Never throws for a record. */
export async function agreeAll(context: Context, line: Line, open: Settled['open']): Promise<Work[]> {
  const limit = pLimit(line.session.atOnce ?? context.settings.readConcurrency);
  const acks: Ack[] = [];
  const again: Work[] = [];
  await Promise.all(
    open.map(async ({ work, open: mine }) => {
      const tells = mine.some(({ agreement }) => agreement.tell) && line.session.push !== undefined;
      const changes = tells
        ? await limit(() => toldOf(context, line, work, mine))
        : changesOf(work, mine, []);
      if (!changes) return;
      work.changes = changes;
      if (changes.length > 0) again.push(work);
      else end(context, work, { acks });
    }),
  );
  settleAll(context, acks);
  return again;
}

/** What was read longer ago is looked at once more before the vendor is told: Odoo may have been slow, and no vendor compares. */
const FRESH_MS = 5_000;

/** Tells the vendor and looks again; undefined: the lane was settled, because that was not possible. */
async function toldOf(
  context: Context,
  line: Line,
  work: Work,
  open: readonly Open[],
): Promise<UpsertChange[] | undefined> {
  const { health, stopping } = context;
  if (stopping.aborted || health.admission(line.id) !== 'all') {
    goBack(context, work);
    return undefined;
  }
  try {
    if (await movedOn(context, line, work)) {
      goBack(context, work);
      return undefined;
    }
    for (const each of open) {
      if (!each.agreement.tell) continue;
      await push(context, line, work, each.divergence.change, each.agreement);
      keepGround(context, work, each);
    }
    health.fine(line.id);
  } catch (error) {
    if (!(await arrived(context, line, work, open, error))) return refused(context, line, work, open, error);
  }
  try {
    understand(context, line, work, await timedRead(context, line, work, { ...work.delivery, form: 'hint' }));
  } catch (error) {
    vendorFailed(context, line, work, error);
    return undefined;
  }
  // It became one with another meanwhile: what is left to do is done with that one.
  if (work.changes.some(({ op }) => op === 'merge')) {
    goBack(context, work);
    return undefined;
  }
  const now = open.map((each) => lookedAt(context, work, each));
  if (now.some((each, index) => hasMoreToTell(open[index]!, each))) {
    goBack(context, work);
    return undefined;
  }
  return changesOf(work, now, []);
}

const toldNames = ({ agreement }: Open): string[] => Object.keys(agreement.tell?.agreed ?? {});

/** Somebody edited the record at the vendor meanwhile, and that is to go back: it would not be told any more. A field that was told and
 * is spelt otherwise there is not told for ever. */
const hasMoreToTell = (before: Open, now: Open): boolean =>
  toldNames(now).some((name) => !toldNames(before).includes(name));

/** Whether somebody changed the record at the vendor while Odoo was asked about what it was before. */
async function movedOn(context: Context, line: Line, work: Work): Promise<boolean> {
  if (context.clock.now() - work.readAt <= FRESH_MS) return false;
  const { body } = await timedRead(context, line, work, { ...work.delivery, form: 'hint' });
  return digestOf(body) !== work.sourceDigest;
}

/** Whether what was told is there although the answer was lost; what is never read cannot be known. */
async function arrived(
  context: Context,
  line: Line,
  work: Work,
  open: readonly Open[],
  error: unknown,
): Promise<boolean> {
  if (asFailure(error).class !== 'unknown_outcome') return false;
  try {
    understand(context, line, work, await timedRead(context, line, work, { ...work.delivery, form: 'hint' }));
  } catch {
    return false;
  }
  const found = open
    .filter(({ agreement }) => agreement.tell)
    .map((each) => ({ each, names: foundThere(work, each) }));
  // Also where a part of it cannot be known: what is there is our own word, and no news of the vendor's.
  for (const { each, names } of found) if (names.length > 0) keepGround(context, work, each, names);
  return found.every(({ each, names }) => names.length === toldNames(each).length);
}

/** The fields of which the vendor holds what it was told. */
function foundThere(work: Work, open: Open): string[] {
  const now = work.changes.find((change) => isOf(change, open.divergence.change.key));
  if (now?.op !== 'upsert') return [];
  const told = open.agreement.tell!.agreed;
  return toldNames(open).filter((name) => canonical(now.values[name]) === canonical(told[name]));
}

async function push(
  context: Context,
  line: Line,
  work: Work,
  { key }: UpsertChange,
  { tell, because }: Agreement,
): Promise<void> {
  const { values, custom, agreed } = tell!;
  const names = Object.keys(agreed).join(', ');
  const push = { kind: key.kind, externalId: key.external_id, odooKey: null, values, custom };
  await timedPush(context, line, work, push, names);
  work.touched = true;
  work.notes.push(...because, `told ${line.connector.title} ${names}`);
}

/**
 * What the vendor took is common ground from now on, also if Odoo can only be told later: else our own word there would pass
 * for the vendor's news beside the next edit in Odoo.
 */
function keepGround(context: Context, work: Work, open: Open, names?: readonly string[]): void {
  const { connection } = work.batch.ref;
  if (!work.link || !isOf(open.divergence.change, refKey(work.link))) return;
  work.link = { ...work.link, digest: '', sourceDigest: null, base: groundOf(open, names) };
  try {
    context.store.saveLinks(connection, [work.link]);
  } catch {
    // A disk that takes nothing just now: what was told is forgotten only if the process ends before it is asked again.
  }
}

const refKey = ({ kind, externalId }: Link): UpsertChange['key'] => ({ kind, external_id: externalId });

/** The agreement in the light of what the vendor holds now; of a record that it lacks now the old one stands. */
function lookedAt(context: Context, work: Work, open: Open): Open {
  const now = work.changes.find((change) => isOf(change, open.divergence.change.key));
  return now?.op === 'upsert' ? agreedAfter(context, open, now) : open;
}

/** What only this record is blamed for ends in Exceptions, when the rest of it, without what was refused, is in Odoo. */
function refused(
  context: Context,
  line: Line,
  work: Work,
  open: readonly Open[],
  error: unknown,
): UpsertChange[] | undefined {
  const failure = asFailure(error);
  if (reactionTo(failure.class) !== 'park') {
    vendorFailed(context, line, work, failure);
    return undefined;
  }
  context.health.fine(line.id);
  work.ending ??= { failure };
  return changesOf(
    work,
    open,
    open.flatMap(({ agreement }) => Object.keys(agreement.tell?.agreed ?? {})),
  );
}

function changesOf(work: Work, open: readonly Open[], refusedFields: readonly string[]): UpsertChange[] {
  work.agreeing = open;
  for (const each of open) noteAgreement(work, each);
  return open.flatMap((each) => settling(each, refusedFields) ?? []);
}

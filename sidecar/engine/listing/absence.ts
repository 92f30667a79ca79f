/**
 * What a whole listing lacked: each linked record that is missing is asked about, for absence is a question and never a
 * deletion. When more are missing than is credible, nothing is asked until a person decides.
 */
import { SweepConfig } from '../../domain/connection.ts';
import type { Kind, Reference } from '../../domain/reference.ts';
import { roomInQueue } from '../pace/back-pressure.ts';
import type { Context, Line } from '../context.ts';
import { hint } from '../intake.ts';

/** Links looked through at once; webhooks get their turn in between. */
const PAGE = 2_000;
/** Questions put into the queue at once. */
const AT_ONCE = 500;
/** A record that stays missing although the vendor knows it is asked about again after this long. */
const ASK_AGAIN_MS = 30 * 86_400_000;

/** Looks for linked records that the sweep `run` (its start, UTC ms) of a whole listing did not see. */
export async function questionAbsent(
  context: Context,
  line: Line,
  stream: string,
  run: number,
): Promise<void> {
  for (const kind of line.session.whole?.[stream] ?? []) {
    context.store.seenAgain(line.id, kind, run);
    const { missing, of } = await missingOf(context, line.id, kind, run);
    if (missing.length === 0) continue;
    if (missing.length > allowed(line, of)) hold(context, line, { stream, kind, ids: missing, of });
    else await ask(context, line, { stream, kind, ids: missing, run });
  }
}

async function missingOf(context: Context, connection: string, kind: Kind, run: number) {
  const askedSince = context.clock.now() - ASK_AGAIN_MS;
  const missing: string[] = [];
  let of = 0;
  for (let after: string | null = ''; after !== null;) {
    const page = context.store.unseen(connection, kind, run, { askedSince, after, limit: PAGE });
    missing.push(...page.missing);
    of += page.looked;
    after = page.next;
    if (after !== null) await context.clock.sleep(1, context.stopping);
  }
  return { missing, of };
}

/** How many records of a kind may be missing at once before a person has to decide. */
function allowed({ connection }: Line, of: number): number {
  const { records, percent } = (connection.sweep ?? SweepConfig.parse({})).brake;
  return Math.max(records, (of * percent) / 100);
}

function hold(
  context: Context,
  line: Line,
  { stream, kind, ids, of }: { stream: string; kind: Kind; ids: string[]; of: number },
): void {
  context.store.markAbsent(line.id, { stream, kind, ids, state: 'held', at: context.clock.now() });
  context.logger.warn(
    `${ids.length} of ${of} records (${kind}) are missing in the listing ${stream}: nothing is done about them until a person decides`,
    { connection: line.id, examples: ids.slice(0, 5).join(', ') },
  );
}

async function ask(
  context: Context,
  line: Line,
  { stream, kind, ids, run }: { stream: string; kind: Kind; ids: string[]; run: number },
): Promise<void> {
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    await roomInQueue(context, line.id);
    const refs = ids.slice(from, from + AT_ONCE).map((id) => ({ connection: line.id, kind, externalId: id }));
    await askAbout(context, stream, refs, run);
  }
  context.logger.info(`${ids.length} records (${kind}) are missing in ${stream}: each is looked at again`, {
    connection: line.id,
  });
}

/** First the questions, durably; only then are they noted as asked. */
async function askAbout(
  context: Context,
  stream: string,
  refs: readonly Reference[],
  run: number,
): Promise<void> {
  const now = context.clock.now();
  await context.intake.put(
    refs.map((ref) =>
      hint(ref, {
        id: `absent:${run.toString(36)}:${ref.kind}:${ref.externalId}`,
        origin: 'backfill',
        reason: `missing in ${stream}`,
        now,
      }),
    ),
  );
  for (const kind of new Set(refs.map((ref) => ref.kind))) {
    const ids = refs.filter((ref) => ref.kind === kind).map(({ externalId }) => externalId);
    context.store.markAbsent(refs[0]!.connection, { stream, kind, ids, state: 'asked', at: now });
  }
}

/** A person wants each of the records held back to be looked at; returns how many there were. */
export async function releaseBrake(context: Context, connection: string, stream: string): Promise<number> {
  const run = context.clock.now();
  let asked = 0;
  for (;;) {
    const refs = context.store.heldRecords(connection, stream, AT_ONCE);
    if (refs.length === 0) return asked;
    await askAbout(context, stream, refs, run);
    asked += refs.length;
  }
}

/** A person wants the records held back to stay as they are; returns how many there were. */
export function keepAbsent(context: Context, connection: string, stream: string): number {
  return context.store.keepHeld(connection, stream, context.clock.now());
}

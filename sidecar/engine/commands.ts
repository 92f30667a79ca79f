/** What people ask for in Odoo: pulled from its outbox, carried out, acknowledged. */
import { asFailure, Failure, reactionTo } from '../domain/failure.ts';
import { laneOf, Reference, sourceOf } from '../domain/reference.ts';
import { keepAbsent, releaseBrake } from './listing/absence.ts';
import { lookAtAll, startSyncing } from './contact/contact.ts';
import { takeVerdict } from './contact/heed.ts';
import type { Context } from './context.ts';
import { saveCorrection } from './work/correction.ts';
import { isEdit, noteEdits, type Done } from './edits.ts';
import { hint } from './intake.ts';
import { orderListing } from './listing/listing.ts';
import type { OutboxRow } from './types.ts';

/** Rows of Odoo's outbox in one call. */
export const AT_ONCE = 100;

/** Pulls and carries out what is waiting; returns how many commands there were. Throws Failures of Odoo. */
export async function pullCommands(context: Context): Promise<number> {
  const rows = await context.odoo.outbox(AT_ONCE);
  if (rows.length === 0) return 0;
  const done: Done[] = [];
  try {
    done.push(...(await noteEdits(context, rows.filter(isEdit))));
  } catch (error) {
    // The disk takes nothing just now: Odoo keeps the rows, and what comes after them waits as well.
    context.logger.warn(`Edits are noted later: ${asFailure(error).message}`);
    return 0;
  }
  for (const row of rows.filter((each) => !isEdit(each))) {
    try {
      await carryOut(context, row);
      done.push({ id: row.id, ok: true });
    } catch (error) {
      const failure = asFailure(error);
      // It passes, so the wish stands: this one and those after it, in their order, come again.
      if (reactionTo(failure.class) === 'retry' && failure.class !== 'bug') {
        context.logger.warn(`Command ${row.command} is tried again: ${failure.message}`, {
          connection: row.connection,
        });
        break;
      }
      done.push({ id: row.id, ok: false, message: failure.message });
      context.logger.warn(`Command ${row.command} failed: ${failure.message}`, {
        connection: row.connection,
      });
    }
  }
  if (done.length > 0) await context.odoo.outboxDone(done);
  return done.length;
}

/** The same as from the outbox, where somebody hands it in one by one. */
async function noted(context: Context, row: OutboxRow): Promise<void> {
  const [done] = await noteEdits(context, [row]);
  if (done && !done.ok) throw new Failure('invalid_data', 'not_understood', done.message ?? row.command);
}

type Command = (context: Context, row: OutboxRow, ref: Reference | undefined) => Promise<void> | void;

const commands: Record<string, Command> = {
  async sync_now(context, row, ref) {
    if (!ref) return orderListing(context, row.connection, { purpose: 'person' });
    await lookAgain(context, ref, `outbox:${row.id}`, 'Sync now');
  },
  push: noted,
  born: noted,
  resolve: noted,
  async retry(context, row, ref) {
    if (!ref) return void retryAll(context, row.connection, row.args?.['code']);
    await lookAgain(context, ref, `outbox:${row.id}`, 'Retry');
    context.store.retry({ lanes: [laneOf(ref)] });
  },
  ignore(context, row, ref) {
    if (!ref) throw new Failure('invalid_data', 'no_record', 'Ignore needs a record');
    ignore(context, ref, row.user ?? 'somebody');
  },
  async correct(context, row, ref) {
    if (!ref) throw new Failure('invalid_data', 'no_record', 'A correction needs a record');
    saveCorrection(context, ref, row);
    await lookAgain(context, ref, `outbox:${row.id}`, 'Correction');
    context.store.retry({ lanes: [laneOf(ref)] });
  },
  pause: (context, row) => context.health.pause(row.connection, row.user ?? 'somebody'),
  resume: (context, row) => context.health.resume(row.connection),
  backfill(context, row) {
    orderListing(context, row.connection, { purpose: 'person', streams: streamsIn(row) });
  },
  sweep(context, row) {
    orderListing(context, row.connection, { purpose: 'full', streams: streamsIn(row) });
  },
  first_contact: (context, row) => lookAtAll(context, context.lines.get(row.connection)!),
  start_syncing: (context, row) => startSyncing(context, row.connection),
  async release_brake(context, row) {
    const count = await releaseBrake(context, row.connection, streamIn(row));
    decided(context, row, `${count} missing records are looked at again`);
  },
  keep_absent(context, row) {
    const count = keepAbsent(context, row.connection, streamIn(row));
    decided(context, row, `${count} missing records are left as they are`);
  },
};

const streamsIn = (row: OutboxRow): string[] | undefined => {
  const streams = row.args?.['streams'];
  return Array.isArray(streams) ? streams.map(String) : undefined;
};

function streamIn(row: OutboxRow): string {
  const stream = row.args?.['stream'];
  if (typeof stream === 'string') return stream;
  throw new Failure('invalid_data', 'no_stream', `${row.command} needs the name of a stream`, {
    hint: 'Write {"stream": "customers"}, as the report names it.',
  });
}

function decided({ logger }: Context, row: OutboxRow, what: string): void {
  logger.info(what, { connection: row.connection, stream: streamIn(row), user: row.user ?? undefined });
}

/** Carries out one command. Throws Failures in words that a user of Odoo can read. */
export async function carryOut(context: Context, row: OutboxRow): Promise<void> {
  const command = commands[row.command];
  if (!command)
    throw new Failure('invalid_data', 'unknown_command', `This sidecar does not know "${row.command}"`, {
      hint: 'The addon is newer than the sidecar: update the sidecar.',
    });
  if (!context.lines.has(row.connection))
    throw new Failure('invalid_data', 'unknown_connection', `There is no connection ${row.connection}`, {
      hint: `Known are: ${[...context.lines.keys()].join(', ')}.`,
    });
  const ref = refOf(row);
  takeVerdict(context, row, ref);
  await command(context, row, ref);
  context.logger.info(`Command ${row.command}`, { connection: row.connection, user: row.user ?? undefined });
  context.work.ring();
}

function refOf(row: OutboxRow): Reference | undefined {
  if (!row.kind || !row.external_id) return undefined;
  const { connection, kind, external_id: externalId } = row;
  return sourceOf(Reference.parse({ connection, kind, externalId }));
}

/** Re-reads one record and compares every field, whatever the digests say. */
export async function lookAgain(context: Context, ref: Reference, id: string, reason: string): Promise<void> {
  await context.intake.put([
    hint(ref, { id, origin: 'outbox', reason, now: context.clock.now(), force: true }),
  ]);
}

/** All parked lanes of a connection (of one cause), now. Also ends a break, so that it is tried again. */
export function retryAll(context: Context, connection: string, code?: unknown): number {
  context.health.mended(connection);
  return context.store.retry({ connection, ...(typeof code === 'string' ? { code } : {}) });
}

/** Forgets what waits in a lane because a person said so. Returns whether there was anything. */
export function ignore(context: Context, ref: Reference, user: string): boolean {
  const [latest] = context.store.parked({ lane: laneOf(ref) });
  return context.store.ignore(ref, {
    at: context.clock.now(),
    delivery: latest?.delivery ?? '',
    lane: laneOf(ref),
    step: 'ignored',
    detail: `ignored by ${user}`,
  });
}

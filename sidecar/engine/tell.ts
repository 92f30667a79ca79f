/** How a piece of work is told of: in the log by delivery, lane and connection, and without what is personal. */
import type { Failure, FailureClass, Reaction } from '../domain/failure.ts';
import { maskIn } from '../domain/pii.ts';
import type { JournalLine } from '../store/store.ts';
import type { Context } from './context.ts';
import type { PushOutcome } from './types.ts';
import type { Work } from './work/read.ts';

/** So many tries of one record fail quietly: most troubles pass by themselves. */
const QUIET_TRIES = 4;

/** The ids by which all lines about one delivery are found. */
export interface About {
  delivery: string;
  lane: string;
  connection: string;
  /** The call to Odoo it went with; receipts in Odoo name the same. */
  batch?: string;
}

export function about({ batch, delivery, sentIn }: Work): About {
  return {
    delivery: delivery.id,
    lane: batch.lane,
    connection: batch.ref.connection,
    ...(sentIn === undefined ? {} : { batch: sentIn }),
  };
}

/** A failure in the journal: its words, then its class and code for those who search. */
export function told(work: Work, failure: Failure): string {
  return `${masked(failure.message, work, failure)} (${failure.class}, ${failure.code})`;
}

/** Whom a failure names stands in the vendor's object, or among the candidates and values it was given. */
const masked = (text: string, work: Work, failure: Failure): string =>
  maskIn(text, [work.snapshot?.body, failure.args]);

const VERB: Record<Reaction, string> = {
  retry: 'Tried again later',
  pause: 'Connection stopped',
  park: 'Handed to a person',
};

/** Says once what failed and what was decided about it: to the log, and to whoever counts. */
export function tellFailure(context: Context, work: Work, failure: Failure, decision: Reaction): void {
  context.meter.failure(work.batch.ref.connection, failure, decision);
  const tries = work.batch.attempts + 1;
  const level = levelOf(failure.class, decision, tries);
  context.logger[level](`${VERB[decision]}: ${masked(failure.message, work, failure)}`, {
    ...about(work),
    class: failure.class,
    code: failure.code,
    tries,
    ...(level === 'error' ? { stack: masked(stackOf(failure) ?? '', work, failure) } : {}),
  });
}

/** A worker has the record now. */
export function tellClaim({ logger }: Context, work: Work): void {
  const { attempts, deliveries } = work.batch;
  logger.debug('Claimed', { ...about(work), deliveries: deliveries.length, tries: attempts });
}

/** The vendor answered, or did not, after so many ms. */
export function tellRead({ logger, meter }: Context, work: Work, ms: number): void {
  const ids = about(work);
  meter.read(ids.connection, ms);
  logger.debug('Read', { ...ids, ms });
}

/** The vendor was told something, and took it or not; only fields are named. */
export function tellPush(
  { logger, meter }: Context,
  work: Work,
  outcome: PushOutcome,
  fields: string,
  ms: number,
): void {
  const ids = about(work);
  meter.pushed(ids.connection, work.batch.ref.kind, outcome, ms);
  logger.debug(`${TELLING[outcome]}: ${fields}`, { ...ids, ms });
}

const TELLING: Record<PushOutcome, string> = {
  told: 'Told the vendor',
  refused: 'The vendor refuses',
  failed: 'Not yet told the vendor',
};

/** What was decided about the object that was read. */
export function tellPlan({ logger }: Context, work: Work): void {
  const { rule } = work.changes[0] ?? {};
  logger.debug('Planned', { ...about(work), changes: work.changes.length, rule });
}

/** One call to Odoo with the records of many deliveries. */
export function tellCall({ logger }: Context, works: readonly Work[], changes: number): void {
  const { connection, batch } = about(works[0]!);
  logger.debug('Sent to Odoo', { connection, batch, changes, deliveries: works.map((w) => w.delivery.id) });
}

/** Odoo did not take a call as a whole; no record is to blame. */
export function tellRefusal({ logger, meter }: Context, works: readonly Work[], failure: Failure): void {
  meter.odooFailure(failure.class);
  const { connection, batch } = about(works[0]!);
  const bodies = works.map((work) => work.snapshot?.body);
  const fields = { connection, batch, code: failure.code, hint: failure.hint, lanes: works.length };
  logger.warn(maskIn(failure.message, bodies), fields);
}

/** Says how work ended that went well; only those who follow a delivery want to know. */
export function tellEnd(context: Context, work: Work, step: JournalLine['step'], detail: string): void {
  context.logger.debug(`${step[0]?.toUpperCase()}${step.slice(1)}: ${detail}`, { ...about(work) });
}

function levelOf(failureClass: FailureClass, decision: Reaction, tries: number): 'error' | 'warn' | 'debug' {
  if (failureClass === 'bug') return 'error';
  return decision === 'retry' && tries <= QUIET_TRIES ? 'debug' : 'warn';
}

function stackOf(failure: Failure): string | undefined {
  return failure.cause instanceof Error ? failure.cause.stack : failure.stack;
}

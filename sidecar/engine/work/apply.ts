/** Works → apply calls: packed, sent, and taken apart again when a call as a whole is refused. */
import type { ApplyResult } from '../../domain/change.ts';
import { asFailure, CONSEQUENCES, Failure } from '../../domain/failure.ts';
import { laneClassOf, rankOf, type LaneClass } from '../../domain/reference.ts';
import { newId, type Context, type Line } from '../context.ts';
import { concernsAll } from '../pace/health.ts';
import { doubted, failed, giveBack, settleAll } from './outcome.ts';
import type { Work } from './read.ts';
import { agreeAll } from './push.ts';
import { settle, type Settled } from './results.ts';
import { tellCall, tellRefusal } from '../tell.ts';

/** The same batch is asked for at most this often at once when its answer is lost. */
const ASK_AGAIN = 3;

/** Sends all works of one lane class of one connection and settles each. Never throws for a record. */
export async function applyAll(context: Context, line: Line, works: readonly Work[]): Promise<void> {
  const laneClass = laneClassOf(works[0]?.batch.ref.kind ?? 'customer');
  const shards = laneClass === 'document' ? [[...works]] : shard(works, 2);
  await Promise.all(
    shards.map(async (mine) => {
      let queue = mine;
      const agreeing: Promise<Work[]>[] = [];
      while (queue.length > 0 || agreeing.length > 0) {
        if (queue.length === 0) queue = (await Promise.all(agreeing.splice(0))).flat();
        const [call = [], ...later] = pack(queue, callSize(context, laneClass));
        if (call.length === 0) continue;
        const settled: Settled = { acks: [], open: [] };
        await send(context, line, call, settled);
        if (settled.open.length > 0) agreeing.push(heeded(agreeAll(context, line, settled.open)));
        queue = later.flat();
      }
    }),
  );
}

/** What fails before anybody awaits it is awaited all the same. */
function heeded<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}

/** How many changes the next call may hold; as few as possible while it is the one that shows whether Odoo is well. */
export function callSize({ gate, sizes }: Pick<Context, 'gate' | 'sizes'>, laneClass: LaneClass): number {
  return gate.halfOpen ? sizes.least(laneClass) : sizes.size(laneClass);
}

/** Splits by the lane's name, so that one record always travels in the same shard. */
export function shard(works: readonly Work[], count: number): Work[][] {
  const shards: Work[][] = Array.from({ length: works.length < 20 ? 1 : count }, () => []);
  for (const work of works) shards[hashOf(work.batch.lane) % shards.length]!.push(work);
  return shards.filter((each) => each.length > 0);
}

function hashOf(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) hash = (hash * 31 + text.charCodeAt(index)) >>> 0;
  return hash;
}

/** Calls of at most `most` changes, what others point to first, and no key twice in one call. */
export function pack(works: readonly Work[], most: number): Work[][] {
  const calls: { works: Work[]; keys: Set<string>; size: number }[] = [];
  for (const work of [...works].sort(byRank)) {
    const keys = work.changes.map(({ key }) => `${key.kind}:${key.external_id}`);
    const last = calls.at(-1);
    const fits = last && last.size + keys.length <= most && !keys.some((key) => last.keys.has(key));
    const call = fits ? last : { works: [], keys: new Set<string>(), size: 0 };
    if (!fits) calls.push(call);
    call.works.push(work);
    call.size += keys.length;
    for (const key of keys) call.keys.add(key);
  }
  return calls.map((call) => call.works);
}

function byRank(a: Work, b: Work): number {
  const left = a.batch.ref;
  const right = b.batch.ref;
  if (left.kind !== right.kind) return rankOf(left.kind) - rankOf(right.kind);
  return left.externalId < right.externalId ? -1 : 1;
}

async function send(context: Context, line: Line, works: readonly Work[], settled: Settled): Promise<void> {
  const leave = context.gate.enter();
  if (!leave) return sendBack(context, works);
  let results: ApplyResult[];
  try {
    results = await ask(context, line, works);
  } catch (error) {
    leave();
    return refused(context, line, works, asFailure(error), settled);
  }
  leave();
  context.gate.good();
  settleCall(context, works, results, settled);
}

async function refused(
  context: Context,
  line: Line,
  works: readonly Work[],
  failure: Failure,
  settled: Settled,
): Promise<void> {
  if (!concernsAll(failure)) return takeApart(context, line, works, failure, settled);
  context.gate.shutAfter(failure);
  tellRefusal(context, works, failure);
  sendBack(context, works);
}

/** One call, asked again while its answer is lost: receipts in Odoo make the repetition harmless. */
async function ask(context: Context, line: Line, works: readonly Work[]): Promise<ApplyResult[]> {
  const changes = works.flatMap((work) =>
    work.changes.map((change) => ({ ...change, delivery: work.delivery.id })),
  );
  const batch = newId(context);
  const laneClass = laneClassOf(changes[0]!.key.kind);
  for (const work of works) {
    context.waiters.asked(work.batch.lane);
    work.sentIn = batch;
  }
  tellCall(context, works, changes.length);
  for (let time = 1; ; time++) {
    const begun = context.clock.now();
    try {
      const results = await context.tracer.span('apply', aboutCall(line, works, batch, changes.length), () =>
        context.odoo.apply({ batch, connection: line.id, changes }),
      );
      const ms = context.clock.now() - begun;
      context.meter.apply(laneClass, changes.length, ms);
      context.sizes.took(laneClass, changes.length, ms);
      if (results.length === changes.length) return results;
      throw new Failure(
        'bug',
        'answer_length',
        `Odoo answered ${results.length} of ${changes.length} changes`,
      );
    } catch (error) {
      const failure = asFailure(error);
      if (CONSEQUENCES[failure.class].lookUp) context.sizes.lost(laneClass);
      if (!CONSEQUENCES[failure.class].lookUp || time >= ASK_AGAIN || context.stopping.aborted) throw failure;
      context.logger.warn('Odoo’s answer was lost; the same batch is sent again', { batch, time });
    }
  }
}

const aboutCall = (line: Line, works: readonly Work[], batch: string, changes: number) => ({
  connection: line.id,
  batch,
  changes,
  deliveries: works.map((work) => work.delivery.id),
});

function settleCall(
  context: Context,
  works: readonly Work[],
  results: ApplyResult[],
  settled: Settled,
): void {
  let from = 0;
  const mine: Settled = { acks: [], open: settled.open };
  for (const work of works) {
    const count = work.changes.length;
    settle(context, work, results.slice(from, from + count), mine);
    from += count;
  }
  settleAll(context, mine.acks);
}

/** A call refused as a whole is halved until what it is about stands alone. */
async function takeApart(
  context: Context,
  line: Line,
  works: readonly Work[],
  failure: Failure,
  settled: Settled,
): Promise<void> {
  const [only] = works;
  if (works.length === 1 && only) return failed(context, only, failure);
  const middle = Math.ceil(works.length / 2);
  await send(context, line, works.slice(0, middle), settled);
  await send(context, line, works.slice(middle), settled);
}

/** Odoo cannot be spoken to: everything goes back as it was, no record is blamed. */
function sendBack(context: Context, works: readonly Work[]): void {
  for (const work of works) giveBack(context, work.batch, { links: doubted(work) });
}

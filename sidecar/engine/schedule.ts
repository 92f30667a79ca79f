/** What happens by the clock: poll the vendors, pull commands, report, probe what is broken, tidy up. */
import cron from 'node-cron';
import { asFailure } from '../domain/failure.ts';
import { stretched } from './pace/back-pressure.ts';
import { AT_ONCE, pullCommands } from './commands.ts';
import type { Context, Line } from './context.ts';
import { list } from './listing/listing.ts';
import { probe } from './pace/probe.ts';
import { catchUp } from './listing/pull.ts';
import { isReady, makeReady } from './recovery/rebuild.ts';
import type { Reporter } from './report.ts';
import { orderDueSweeps } from './listing/sweep.ts';

/** Leases whose holder died are looked for this often. */
const REAP_MS = 5_000;
/** An outbox with nothing in it is asked less and less often, up to this. */
const OUTBOX_IDLE_MS = 2_000;
/** Pause between two questions, pokes or not. */
const POKED_MS = 50;
/** Old deliveries and their journal are forgotten at night. */
const TIDY = '17 3 * * *';

/** Starts all of it; resolves when the engine stops and the last turn of each has ended. */
export async function schedule(context: Context, reporter: Reporter): Promise<void> {
  // Stopped while Odoo was still being waited for: an abort that has happened is told to nobody any more.
  if (context.stopping.aborted) return;
  const tidy = cron.schedule(TIDY, () => tidyUp(context));
  context.stopping.addEventListener('abort', () => void tidy.stop(), { once: true });
  const lines = [...context.lines.values()];
  await Promise.all([
    ...lines.map((line) => every(context, `feed ${line.id}`, () => feedTurn(context, line))),
    ...lines.map((line) => every(context, `listing ${line.id}`, () => listingTurn(context, line))),
    ...lines.map((line) => every(context, `probe ${line.id}`, () => probeTurn(context, line))),
    every(context, 'commands', commandsTurn(context)),
    every(context, 'report', () => reportTurn(context, reporter)),
    every(context, 'leases', () => reapTurn(context)),
  ]);
}

/** Repeats a turn until the engine stops. A turn answers how long to sleep (ms); one that throws is our defect. */
async function every(context: Context, name: string, turn: () => Promise<number> | number): Promise<void> {
  const { stopping, clock, logger } = context;
  while (!stopping.aborted) {
    let pause = REAP_MS;
    try {
      pause = await turn();
    } catch (error) {
      logger.error(`Scheduled work "${name}" failed: ${asFailure(error).message}`, {
        stack: error instanceof Error ? error.stack : undefined,
      });
    }
    await clock.sleep(pause, stopping);
  }
}

/** Makes a new connection ready, then reads its feed; ± 20 % so that connections spread. */
async function feedTurn(context: Context, line: Line): Promise<number> {
  const { settings, random } = context;
  if (!(await makeReady(context, line))) return 1_000;
  await catchUp(context, line);
  context.work.ring();
  const pause = stretched(context, line.id, settings.pollMs) * (0.8 + 0.4 * random());
  line.pollAt = Math.round(context.clock.now() + pause);
  return pause;
}

/** A turn of its own: a connection that breaks between two polls need not wait for the next one to be mended. */
async function probeTurn(context: Context, line: Line): Promise<number> {
  if (context.health.probeDue(line.id)) await probe(context, line);
  return 1_000;
}

async function listingTurn(context: Context, line: Line): Promise<number> {
  if (!isReady(context, line.id)) return 1_000;
  orderDueSweeps(context, line);
  await list(context, line);
  return 1_000;
}

/** At once after a poke, every second while people do something, less often after a quiet half minute. */
function commandsTurn(context: Context): () => Promise<number> {
  const { settings, gate, outbox, stopping } = context;
  let idle = 0;
  return async () => {
    if (gate.shut) return 500;
    const count = await guarded(context, () => pullCommands(context), 0);
    if (count >= AT_ONCE) return 0;
    idle = count > 0 ? 0 : idle + 1;
    await outbox.heard(Math.min(settings.outboxMs * (1 + Math.floor(idle / 30)), OUTBOX_IDLE_MS), stopping);
    // However often somebody pokes, Odoo is asked a few times a second.
    return POKED_MS;
  };
}

async function reportTurn(context: Context, reporter: Reporter): Promise<number> {
  if (!context.gate.shut) await guarded(context, () => reporter.tick(), false);
  return context.settings.reportMs;
}

function reapTurn(context: Context): number {
  if (context.store.reap(context.clock.now()) > 0) context.work.ring();
  return REAP_MS;
}

/** Odoo's failures shut the gate and are told once; the turn comes again. */
async function guarded<T>(context: Context, call: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    const answer = await call();
    context.gate.heard();
    return answer;
  } catch (error) {
    const failure = asFailure(error);
    if (failure.class === 'bug') throw error;
    context.gate.shutAfter(failure);
    context.meter.odooFailure(failure.class);
    context.logger.warn(failure.message, { code: failure.code, hint: failure.hint });
    return otherwise;
  }
}

async function tidyUp(context: Context): Promise<void> {
  const { store, clock, settings, logger, stopping } = context;
  const before = clock.now() - settings.keepMs;
  let rows = 0;
  // Some thousand rows at a time, so that webhooks get their turn in between.
  for (let forgotten = store.prune(before); forgotten > 0; forgotten = store.prune(before)) {
    rows += forgotten;
    await clock.sleep(50, stopping);
    if (stopping.aborted) return;
  }
  if (rows > 0) logger.info(`${rows} rows forgotten, older than they need to be kept`);
}

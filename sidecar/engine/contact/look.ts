/** The look of a first contact: a vendor's records page by page, compared with Odoo's; nothing is written but findings. */
import type { Snapshot } from '../../domain/connector.ts';
import { asFailure, type Failure } from '../../domain/failure.ts';
import { REVIEWED } from '../../domain/first-contact.ts';
import type { Context, Line } from '../context.ts';
import { feedFailed } from '../listing/listing.ts';
import { foundOf, seenIn } from './finding.ts';
import { cursorOf, phaseOf, savePhase, streamsOf, type Phase } from './phase.ts';

/** Records in one question to Odoo: some ten milliseconds of its time. */
const AT_ONCE = 250;

/** Begins a look at everything; one under way is given up at its next page. */
export function orderLook(context: Context, line: Line): void {
  const names = streamsOf(line, REVIEWED);
  const now = context.clock.now();
  for (const name of names) context.store.saveCursor(line.id, cursorOf(name), '', now);
  const streams = Object.fromEntries(names.map((name) => [name, { listed: 0, put: 0, done: false }]));
  savePhase(context, line.id, { phase: 'looking', run: `${now}`, streams });
}

/**
 * Carries on with the look, to its end if nothing comes between; resumable after each page. Never throws: failures are noted
 * on the connection or on Odoo's gate, and it is called again.
 */
export async function look(context: Context, line: Line): Promise<void> {
  const phase = phaseOf(context, line.id);
  if (phase?.phase !== 'looking' || context.health.admission(line.id) !== 'all') return;
  const { odoo } = context;
  if (!(await toOdoo(context, () => odoo.contactStep(line.id, 'begin', phase.run)))) return;
  try {
    for (const name of Object.keys(phase.streams)) {
      if (!(await lookThrough(context, line, name, phase))) return;
    }
  } catch (error) {
    return feedFailed(context, line, asFailure(error));
  }
  if (!goesOn(context, line, phase)) return;
  if (!(await toOdoo(context, () => odoo.contactStep(line.id, 'end', phase.run)))) return;
  // Another look was ordered while Odoo was being told: it comes next.
  if (phaseOf(context, line.id)?.run !== phase.run) return;
  savePhase(context, line.id, { ...phase, phase: 'review' });
  const looked = sumOf(phase);
  context.logger.info(`First look complete: ${looked} records wait for a decision in Odoo`, {
    connection: line.id,
  });
}

/** False if it was not read to its end. */
async function lookThrough(context: Context, line: Line, name: string, phase: Phase): Promise<boolean> {
  const stream = phase.streams[name]!;
  if (stream.done) return true;
  const { store, clock } = context;
  const cursor = store.cursor(line.id, cursorOf(name))?.value;
  for await (const page of line.session.list(name, cursor || null)) {
    for (let from = 0; from < page.items.length; from += AT_ONCE) {
      const items = page.items.slice(from, from + AT_ONCE);
      if (!(await compare(context, line, items, sumOf(phase) + from + items.length))) return false;
    }
    if (!goesOn(context, line, phase)) return false;
    stream.listed += page.items.length;
    store.saveCursor(line.id, cursorOf(name), page.cursor, clock.now());
    savePhase(context, line.id, phase);
  }
  stream.done = true;
  savePhase(context, line.id, phase);
  return true;
}

/** One question and one answer; false if Odoo could not be asked or told. */
async function compare(
  context: Context,
  line: Line,
  items: readonly Snapshot[],
  looked: number,
): Promise<boolean> {
  const seen = seenIn(items, line, context.rules);
  const asked = seen.filter(({ stranger }) => stranger);
  const kept = await toOdoo(context, async () => {
    const answers =
      asked.length > 0
        ? await context.odoo.candidates(
            line.id,
            asked.map(({ stranger }) => stranger!),
          )
        : [];
    const found = asked.flatMap((each, index) => {
      const answer = answers[index];
      return answer && !answer.decided ? [foundOf(each, answer.candidates)] : [];
    });
    const rest = seen.filter(({ stranger }) => !stranger).map(({ finding }) => finding);
    await context.odoo.findings(line.id, [...found, ...rest], looked);
  });
  return kept !== undefined;
}

/** Stopped, paused, resting, or another look has begun meanwhile. */
function goesOn(context: Context, line: Line, phase: Phase): boolean {
  if (context.stopping.aborted || context.health.admission(line.id) !== 'all') return false;
  return phaseOf(context, line.id)?.run === phase.run;
}

const sumOf = ({ streams }: Phase): number =>
  Object.values(streams).reduce((sum, { listed }) => sum + listed, 0);

/** What a call to Odoo answered; one that fails shuts the gate, and the work is taken up again later. */
export async function toOdoo<T>(
  context: Context,
  call: () => Promise<T>,
): Promise<{ answer: T } | undefined> {
  const { gate, logger } = context;
  if (gate.shut) return undefined;
  try {
    const answer = await call();
    gate.good();
    return { answer };
  } catch (error) {
    const failure: Failure = asFailure(error);
    gate.shutAfter(failure);
    logger.warn(`First contact waits for Odoo: ${failure.message}`, {
      code: failure.code,
      hint: failure.hint,
    });
    return undefined;
  }
}

/**
 * First contact: before a connection's first sync its records are compared with Odoo's, people decide, and only then does
 * anything happen. Until it is over nothing of the connection is worked on; what arrives waits in its lanes.
 */
import { Failure } from '../../domain/failure.ts';
import type { Context, Line } from '../context.ts';
import { look, orderLook, toOdoo } from './look.ts';
import { isReviewed, phaseOf, savePhase, type Phase } from './phase.ts';

/** True while there is nothing to do but wait for a person. */
export function awaitsReview(context: Pick<Context, 'store'>, connection: string): boolean {
  return phaseOf(context, connection)?.phase === 'review';
}

/** Takes the next step; true once the connection may synchronise. Links of it are known by then. Never throws. */
export async function contactMade(context: Context, line: Line): Promise<boolean> {
  if (!isReviewed(line)) return true;
  const phase = phaseOf(context, line.id);
  if (!phase) return begun(context, line);
  if (phase.phase === 'looking') await look(context, line);
  if (phase.phase === 'starting') await takeOver(context, line, phase);
  return phase.phase === 'linked' ? over(context, line, phase) : false;
}

/** Odoo remembers how it stands, also for a sidecar that lost its store. One that has links is past it. */
async function begun(context: Context, line: Line): Promise<boolean> {
  const state = (await toOdoo(context, () => context.odoo.contactState(line.id)))?.answer;
  if (state === undefined || state === 'unknown') return false;
  if (state === 'started') return takeDecisions(context, line);
  if (state === 'none' && context.store.countLinks(line.id) > 0) return true;
  if (state === 'review' || state === 'starting') {
    savePhase(context, line.id, { phase: state, run: `${context.clock.now()}`, streams: {} });
    return false;
  }
  orderLook(context, line);
  await look(context, line);
  return false;
}

async function takeOver(context: Context, line: Line, phase: Phase): Promise<void> {
  if (await takeDecisions(context, line)) savePhase(context, line.id, { ...phase, phase: 'linked' });
}

/** Odoo makes the links; what gets none is remembered here. Repeating it changes nothing. */
async function takeDecisions(context: Context, line: Line): Promise<boolean> {
  const { store, odoo } = context;
  const taken = await toOdoo(context, async () => {
    for (let after: number | null = 0; after !== null;) {
      const page = await odoo.decisions(line.id, after);
      store.saveVerdicts(
        page.rows.map(({ kind, externalId, verdict, candidates }) => ({
          ref: { connection: line.id, kind, externalId },
          verdict,
          candidates,
        })),
      );
      after = page.next;
    }
  });
  return taken !== undefined;
}

async function over(context: Context, line: Line, phase: Phase): Promise<boolean> {
  if (!(await toOdoo(context, () => context.odoo.contactStep(line.id, 'done', phase.run)))) return false;
  savePhase(context, line.id, null);
  context.logger.info('First contact is over: the first load begins', { connection: line.id });
  return true;
}

/** A person wants to begin. Throws InvalidData `still_looking` while the look is not complete. */
export function startSyncing(context: Context, connection: string): void {
  const phase = phaseOf(context, connection);
  if (phase?.phase === 'looking')
    throw new Failure('invalid_data', 'still_looking', 'The records are being looked at again', {
      hint: 'Start when that is complete.',
    });
  if (phase?.phase === 'review') savePhase(context, connection, { ...phase, phase: 'starting' });
}

/** A person wants everything looked at once more. Throws InvalidData `in_sync` where it is too late for that. */
export function lookAtAll(context: Context, line: Line): void {
  const phase = phaseOf(context, line.id);
  if (phase?.phase !== 'looking' && phase?.phase !== 'review')
    throw new Failure('invalid_data', 'in_sync', `${line.id} synchronises already`, {
      hint: 'Press “Sweep now” to look for what was missed.',
    });
  orderLook(context, line);
}

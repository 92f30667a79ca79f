/** First start, or a lost store: what was synchronised before is learnt from Odoo, then everything is listed once. */
import { asFailure } from '../../domain/failure.ts';
import { awaitsReview, contactMade } from '../contact/contact.ts';
import { isReviewed } from '../contact/phase.ts';
import type { Context, Line } from '../context.ts';
import { restoreCorrection } from '../work/correction.ts';
import { orderListing } from '../listing/listing.ts';
import { EVENTS, followFromNow } from '../listing/pull.ts';
import { recallExceptions } from './recall.ts';

const PAGE = 1_000;
const settingOf = (connection: string): string => `ready:${connection}`;
const learningOf = (connection: string): string => `learning:${connection}`;

/** True once links were fetched and the first listing was ordered; before that nothing of the connection is worked on. */
export function isReady(context: Pick<Context, 'store'>, connection: string): boolean {
  return context.store.setting(settingOf(connection)) !== undefined;
}

/** True while people look through the connection before its first sync: nothing of it is worked on. */
export function awaitsContact(context: Pick<Context, 'store'>, line: Line): boolean {
  return isReviewed(line) && !isReady(context, line.id);
}

const UUID = 'odoo:uuid';
const PATIENCE_MS = 250;

/**
 * Finds out which Odoo database answers before anything is compared with what the store remembers of one. Another one
 * than last time means that the remembered links are not its own: they are forgotten and learnt anew. Waits for Odoo.
 */
export async function recognise(context: Context): Promise<void> {
  const { gate, clock, stopping, odoo, logger } = context;
  while (!stopping.aborted) {
    try {
      if (!gate.shut) {
        const { uuid } = await odoo.hello();
        gate.heard();
        remember(context, uuid);
        return;
      }
    } catch (error) {
      const failure = asFailure(error);
      gate.shutAfter(failure);
      logger.warn(failure.message, { code: failure.code, hint: failure.hint });
    }
    await clock.sleep(PATIENCE_MS, stopping);
  }
}

function remember({ store, lines, logger }: Context, uuid: string | undefined): void {
  const known = store.setting(UUID);
  if (uuid === undefined || uuid === known) return;
  if (known !== undefined) {
    store.forgetLinks();
    for (const id of lines.keys()) store.saveSetting(settingOf(id), null);
    logger.warn('This is another Odoo database than last time: its links are learnt anew');
  }
  store.saveSetting(UUID, uuid);
}

/**
 * Makes a connection ready: links from Odoo, then the event feed from now on, then the full listing. Resumable: each
 * part can be repeated. Returns whether it is ready; a failure is noted on the gate or the connection and tried again.
 */
export async function makeReady(context: Context, line: Line): Promise<boolean> {
  const { store, clock, gate, health } = context;
  if (isReady(context, line.id)) return true;
  if (gate.shut || health.blocked(line.id) || awaitsReview(context, line.id)) return false;
  if (!(await learnLinks(context, line.id))) return false;
  try {
    if (!store.cursor(line.id, EVENTS)) await followFromNow(context, line);
  } catch (error) {
    const failure = asFailure(error);
    if (failure.class === 'connection') health.broke(line.id, failure);
    else health.trouble(line.id, failure);
    context.logger.warn(`The event feed cannot be read yet: ${failure.message}`, { connection: line.id });
    return false;
  }
  if (!(await contactMade(context, line))) return false;
  orderListing(context, line.id, { purpose: 'first' });
  store.saveSetting(settingOf(line.id), new Date(clock.now()).toISOString());
  return true;
}

/** `12000 of 50000` while the links are being learnt; undefined before and after. */
export const learning = ({ store }: Pick<Context, 'store'>, connection: string): string | undefined =>
  store.setting(learningOf(connection));

/** How far it is: in the log every ten pages, and always where `status` and `pull` look. */
function saidLearning({ store, logger }: Context, connection: string, learnt: number, total?: number): void {
  const far = total === undefined ? `${learnt}` : `${learnt} of ${total}`;
  store.saveSetting(learningOf(connection), far);
  if (learnt > 0 && (learnt / PAGE) % 10 === 0) logger.info(`${far} links learnt from Odoo`, { connection });
}

async function learnLinks(context: Context, connection: string): Promise<boolean> {
  let after: number | null = 0;
  let total: number | undefined;
  let learnt = 0;
  try {
    while (after !== null) {
      const page = await context.odoo.links(connection, after, PAGE);
      // Odoo's link was made by work we no longer remember, so the vendor's digest is unknown: the first listing
      // compares each record once.
      context.store.saveLinks(connection, page.links);
      for (const kept of page.corrections ?? []) restoreCorrection(context, connection, kept);
      if (page.exceptions) await recallExceptions(context, connection, page.exceptions);
      after = page.next;
      total ??= page.total;
      learnt += page.links.length;
      saidLearning(context, connection, learnt, total);
    }
    context.store.saveSetting(learningOf(connection), null);
    context.gate.good();
  } catch (error) {
    const failure = asFailure(error);
    context.gate.shutAfter(failure);
    context.logger.warn(`The links cannot be fetched from Odoo yet: ${failure.message}`, {
      connection,
      hint: failure.hint,
    });
    return false;
  }
  const links = context.store.countLinks(connection);
  if (links > 0) context.logger.info(`${links} links learnt from Odoo`, { connection });
  return true;
}

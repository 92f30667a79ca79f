/** First start, or a lost store: what was synchronised before is learnt from Odoo, then everything is listed once. */
import { asFailure } from '../domain/failure.ts';
import { startBackfill } from './backfill.ts';
import type { Context, Line } from './context.ts';
import { EVENTS, followFromNow } from './pull.ts';

const PAGE = 1_000;
const settingOf = (connection: string): string => `ready:${connection}`;

/** True once links were fetched and the first listing was ordered; before that nothing of the connection is worked on. */
export function isReady(context: Pick<Context, 'store'>, connection: string): boolean {
  return context.store.setting(settingOf(connection)) !== undefined;
}

/**
 * Makes a connection ready: links from Odoo, then the event feed from now on, then the full listing. Resumable: each
 * part can be repeated. Returns whether it is ready; a failure is noted on the gate or the connection and tried again.
 */
export async function makeReady(context: Context, line: Line): Promise<boolean> {
  const { store, clock, gate, health } = context;
  if (isReady(context, line.id)) return true;
  if (gate.shut || health.blocked(line.id)) return false;
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
  startBackfill(context, line.id);
  store.saveSetting(settingOf(line.id), new Date(clock.now()).toISOString());
  return true;
}

async function learnLinks(context: Context, connection: string): Promise<boolean> {
  let after: number | null = 0;
  try {
    while (after !== null) {
      const page = await context.odoo.links(connection, after, PAGE);
      // Odoo's link was made by work we no longer remember, so the vendor's digest is unknown: the first listing
      // compares each record once.
      context.store.saveLinks(connection, page.links);
      after = page.next;
    }
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

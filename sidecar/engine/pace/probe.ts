/** Finding out whether a broken connection works again: not by a friendly answer alone, but by what had failed. */
import { asFailure, reactionTo } from '../../domain/failure.ts';
import type { Context, Line } from '../context.ts';
import type { Evidence } from './health.ts';
import { catchUp } from '../listing/pull.ts';

/** Asks the vendor who we are and repeats what broke the connection; returns whether it works. */
export async function probe(context: Context, line: Line): Promise<boolean> {
  const { health } = context;
  const evidence = health.broken(line.id)?.evidence;
  try {
    await line.session.probe();
    if (evidence) await readAgain(line, evidence);
  } catch (error) {
    health.broke(line.id, asFailure(error));
    return false;
  }
  if (evidence || !health.broken(line.id)) health.mended(line.id);
  else await provenByFeed(context, line);
  const works = health.broken(line.id) === undefined;
  if (works) context.logger.info('The connection works again', { connection: line.id });
  context.work.ring();
  return works;
}

/** What the vendor says of this record alone does not matter here: it let us read. */
async function readAgain({ session }: Line, { kind, externalId }: Evidence): Promise<void> {
  try {
    await session.read(kind, externalId, 0);
  } catch (error) {
    const failure = asFailure(error);
    if (reactionTo(failure.class) !== 'park') throw failure;
  }
}

/** No record failed, so the event feed shows it; if somebody else goes first just now, they do. */
async function provenByFeed(context: Context, line: Line): Promise<void> {
  context.health.answered(line.id);
  await catchUp(context, line);
}

/** `saas-sync replay`: through the running sidecar, else into the store's file for its next start. */
import { userInfo } from 'node:os';
import { placesOf, type Environment } from '../config.ts';
import { InvalidData } from '../domain/failure.ts';
import type { Finding, ReplayOptions, ReplayPlan, ReplaySelector } from '../engine/index.ts';
import { runningIn } from '../instance.ts';
import { assemble } from '../main.ts';
import { print } from './output.ts';
import { ask } from './remote.ts';

type Options = Record<string, string | boolean | undefined>;

/** More than this is a number, not a list. */
const MOST_SHOWN = 50;

export async function replayCommand(env: Environment, options: Options): Promise<void> {
  const selector = selectorOf(options);
  const plan = await carryOut(env, selector, {
    dry: options['yes'] !== true,
    limit: limitOf(options['limit']),
    by: `${whoami()} on the command line`,
  });
  print(options['json'] ? JSON.stringify(plan, null, 2) : drawn(plan));
}

async function carryOut(
  env: Environment,
  selector: ReplaySelector,
  { dry, ...how }: ReplayOptions,
): Promise<ReplayPlan> {
  const instance = runningIn(placesOf(env).home);
  if (instance) return ask<ReplayPlan>(instance, '/replay', { ...selector, ...how, dry_run: dry });
  const { engine, store } = assemble(env, { quiet: true });
  try {
    return await engine.replay(selector, { dry, ...how });
  } finally {
    await engine.stop();
    store.close();
  }
}

function whoami(): string {
  try {
    return userInfo().username;
  } catch {
    return 'somebody';
  }
}

/** Throws InvalidData when nothing is selected: replaying everything must be asked for by a connection. */
export function selectorOf(options: Options): ReplaySelector {
  const { connection, delivery, lane, cause, from, to } = options as Record<string, string | undefined>;
  const selector: ReplaySelector = {
    ...(connection ? { connection } : {}),
    ...(delivery ? { delivery } : {}),
    ...(lane ? { lane } : {}),
    ...(cause ? { cause } : {}),
    ...(from ? { from: timeOf(from, '--from') } : {}),
    ...(to ? { to: timeOf(to, '--to') + (DAY.test(to) ? 86_400_000 - 1 : 0) } : {}),
  };
  if (Object.keys(selector).length === 0)
    throw new InvalidData('nothing_selected', 'Nothing is selected', {
      hint: 'Say what to replay: --lane, --delivery, --cause, --connection, or a time with --from and --to.',
    });
  if (delivery && !connection)
    throw new InvalidData('connection_missing', 'A delivery is known by its connection and its id', {
      hint: `Add --connection, e.g. saas-sync replay --connection billing-eu --delivery ${delivery}`,
    });
  return selector;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** UTC ms. Only forms that mean the same on every machine: a time without its zone would not. */
function timeOf(text: string, option: string): number {
  const time = DAY.test(text) || INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new InvalidData('no_time', `${option} is "${text}", which is no time`, {
    hint: 'Write a day (2026-11-01, UTC) or an instant with its zone (2026-11-01T08:00Z, 2026-11-01T08:00+01:00).',
  });
}

function limitOf(text: string | boolean | undefined): number {
  const limit = text === undefined ? 100 : Number(text);
  if (Number.isInteger(limit) && limit >= 0 && limit <= 1_000) return limit;
  throw new InvalidData('no_limit', `--limit is "${text}", which is no number of records`, {
    hint: 'Write a whole number from 0 to 1000. It bounds what is looked at; --yes replays all that is selected.',
  });
}

const VERDICTS: readonly [Finding['verdict'], string][] = [
  ['change', 'would change'],
  ['waits', 'would wait for another record'],
  ['person', 'would wait for a person'],
  ['same', 'need nothing'],
  ['unread', 'could not be read'],
];

/** The plan for people: what would change record by record, then how many of each. */
export function drawn({ dry, records, lanes, findings }: ReplayPlan): string {
  const meant = (verb: string) => (records === 1 ? `1 record is ${verb}` : `${records} records are ${verb}`);
  if (!dry)
    return `${meant('being read again')}${records > 0 ? '; `saas-sync status` shows how far it is' : ''}.`;
  const telling = findings.filter(({ verdict }) => verdict !== 'same');
  const rest = records - findings.length;
  const unseen = findings.length === 0 ? lanes : [];
  return [
    ...telling.slice(0, MOST_SHOWN).flatMap(shown),
    ...more(telling.length - MOST_SHOWN),
    ...unseen.slice(0, MOST_SHOWN),
    ...more(unseen.length - MOST_SHOWN),
    `${meant('meant')}${findings.length > 0 ? `, ${findings.length} looked at:` : '.'}`,
    ...VERDICTS.map(
      ([verdict, words]) => [findings.filter((each) => each.verdict === verdict).length, words] as const,
    )
      .filter(([count]) => count > 0)
      .map(([count, words]) => `  ${count} ${words}`),
    ...(rest > 0 && findings.length > 0 ? [`  ${rest} not looked at (--limit)`] : []),
    ...(records > 0 ? ['Nothing was changed. Add --yes to do it.'] : []),
  ].join('\n');
}

const shown = ({ lane, label, what }: Finding): string[] => [
  `${label}  (${lane})`,
  ...what.map((sentence) => `    ${sentence}`),
];

const more = (count: number): string[] => (count > 0 ? [`… and ${count} more`] : []);

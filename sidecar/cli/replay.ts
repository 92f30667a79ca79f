/** `saas-sync replay`: through the running sidecar, else into the store's file for its next start. */
import { placesOf, type Environment } from '../config.ts';
import { InvalidData } from '../domain/failure.ts';
import type { ReplayPlan, ReplaySelector } from '../engine/index.ts';
import { runningIn } from '../instance.ts';
import { assemble } from '../main.ts';
import { print } from './output.ts';
import { ask } from './remote.ts';

/** More than this is a number, not a list. */
const MOST_SHOWN = 50;

export async function replayCommand(
  env: Environment,
  options: Record<string, string | boolean | undefined>,
): Promise<void> {
  const selector = selectorOf(options);
  const dry = options['yes'] !== true;
  const plan = await carryOut(env, selector, dry);
  for (const lane of plan.lanes.slice(0, MOST_SHOWN)) print(lane);
  if (plan.lanes.length > MOST_SHOWN) print(`… and ${plan.lanes.length - MOST_SHOWN} more`);
  print(
    dry
      ? `${plan.lanes.length} records would be read again. Add --yes to do it.`
      : `${plan.lanes.length} records are being read again.`,
  );
}

async function carryOut(env: Environment, selector: ReplaySelector, dry: boolean): Promise<ReplayPlan> {
  const instance = runningIn(placesOf(env).home);
  if (instance) return ask<ReplayPlan>(instance, '/replay', { ...selector, dry_run: dry });
  const { engine, store } = assemble(env, { quiet: true });
  try {
    return await engine.replay(selector, dry);
  } finally {
    store.close();
  }
}

/** Throws InvalidData when nothing is selected: replaying everything must be asked for by a connection. */
export function selectorOf(options: Record<string, string | boolean | undefined>): ReplaySelector {
  const { connection, delivery, lane, code, from, to } = options as Record<string, string | undefined>;
  const selector: ReplaySelector = {
    ...(connection ? { connection } : {}),
    ...(delivery ? { delivery } : {}),
    ...(lane ? { lane } : {}),
    ...(code ? { code } : {}),
    ...(from ? { from: timeOf(from, '--from') } : {}),
    ...(to ? { to: timeOf(to, '--to') } : {}),
  };
  if (Object.keys(selector).length === 0)
    throw new InvalidData('nothing_selected', 'Nothing is selected', {
      hint: 'Say what to replay: --lane, --delivery, --code, --connection, or a time with --from and --to.',
    });
  if (delivery && !connection)
    throw new InvalidData('connection_missing', 'A delivery is known by its connection and its id', {
      hint: `Add --connection, e.g. saas-sync replay --connection billing-eu --delivery ${delivery}`,
    });
  return selector;
}

function timeOf(text: string, option: string): number {
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw new InvalidData('no_time', `${option} is "${text}", which is no time`, {
    hint: 'Write a day (2026-11-01) or an instant (2026-11-01T08:00Z).',
  });
}

/** `saas-sync status`: from the running sidecar, else from the store's file. */
import { placesOf, type Environment } from '../config.ts';
import type { EngineStatus } from '../engine/index.ts';
import { runningIn } from '../instance.ts';
import { assemble } from '../main.ts';
import type { Parked } from '../store/store.ts';
import { table } from './output.ts';
import { ask } from './remote.ts';
import { drawnBrakes, drawnStreams } from './streams.ts';

interface Picture {
  running: boolean;
  status: EngineStatus;
  exceptions: Parked[];
}

export async function status(env: Environment, options: { json?: boolean }): Promise<string> {
  const picture = await look(env);
  return options.json ? JSON.stringify(picture, null, 2) : drawn(picture);
}

async function look(env: Environment): Promise<Picture> {
  const instance = runningIn(placesOf(env).home);
  if (instance)
    return {
      running: true,
      status: await ask<EngineStatus>(instance, '/status'),
      exceptions: await ask<Parked[]>(instance, '/exceptions'),
    };
  const { engine, store } = assemble(env, { quiet: true });
  try {
    return { running: false, status: engine.status(), exceptions: store.parked() };
  } finally {
    store.close();
  }
}

type Shown = EngineStatus['connections'][number];

/** "4310 (about 6 min)" */
const withEta = ({ backlog, eta_ms: eta }: Shown): string | number =>
  eta === null ? backlog : `${backlog} (about ${Math.max(1, Math.round(eta / 60_000))} min)`;

const triedAgain = ({ message, next_try_at: at }: Shown): string =>
  at === null ? message : `${message}; tried again at ${at}`;

/** The picture for people. */
export function drawn({ running, status: now, exceptions }: Picture): string {
  const connections = now.connections.map((each) => [
    each.id,
    each.state,
    withEta(each),
    each.parked,
    each.waiting,
    each.last_event_at ?? 'never',
    each.learning === null ? triedAgain(each) : `links learnt from Odoo: ${each.learning}`,
  ]);
  const causes = new Map<string, number>();
  for (const { ref, cause, code } of exceptions) {
    const key = [ref.connection, cause, code].join('\t');
    causes.set(key, (causes.get(key) ?? 0) + 1);
  }
  const byCause = [...causes]
    .sort(([, a], [, b]) => b - a)
    .map(([key, count]) => [...key.split('\t'), count]);
  const brakes = drawnBrakes(now.connections);
  const odoo = now.odoo.reachable ? 'reachable' : `not reachable: ${now.odoo.message}`;
  return [
    running
      ? `The sidecar runs, version ${now.version}; Odoo is ${odoo}.`
      : 'No sidecar runs; this is what its store says.',
    '',
    table(['connection', 'state', 'backlog', 'exceptions', 'waiting', 'last event', ''], connections),
    '',
    drawnStreams(now.connections),
    '',
    ...(brakes === '' ? [] : [brakes, '']),
    byCause.length === 0 ? 'No exceptions.' : table(['connection', 'cause', 'code', 'exceptions'], byCause),
  ].join('\n');
}

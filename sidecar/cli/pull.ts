/** `saas-sync pull`: asks the running sidecar, or does the work itself if none runs. */
import { setTimeout as pause } from 'node:timers/promises';
import { SingleBar } from 'cli-progress';
import { placesOf, type Environment } from '../config.ts';
import { Transient } from '../domain/failure.ts';
import type { Engine, EngineStatus, Progress } from '../engine/index.ts';
import { runningIn, type Instance } from '../instance.ts';
import { assemble } from '../main.ts';
import { print } from './output.ts';
import { ask } from './remote.ts';

interface Options {
  backfill?: boolean;
  wait?: boolean;
}

const LOOK_MS = 500;

export async function pull(env: Environment, only: string | undefined, options: Options): Promise<void> {
  const instance = runningIn(placesOf(env).home);
  if (instance) return pullThere(instance, only, options);
  const parts = assemble(env, { quiet: true });
  try {
    const ids = only === undefined ? parts.config.connections.map(({ id }) => id) : [only];
    await pullHere(parts.engine, ids, options);
  } finally {
    await parts.engine.stop();
    parts.store.close();
  }
}

async function pullThere(instance: Instance, only: string | undefined, options: Options): Promise<void> {
  const status = () => ask<EngineStatus>(instance, '/status');
  const ids = only === undefined ? (await status()).connections.map(({ id }) => id) : [only];
  for (const id of ids) {
    await ask(
      instance,
      `/connections/${encodeURIComponent(id)}/${options.backfill ? 'backfill' : 'pull'}`,
      {},
    );
    print(`${id}: ${options.backfill ? 'the listing has been ordered' : 'the event feed has been read'}`);
  }
  if (options.wait) await settled(status, ids, async () => {});
}

async function pullHere(engine: Engine, ids: readonly string[], options: Options): Promise<void> {
  for (const id of ids) {
    if (!(await learnt(engine, id))) throw notReady(engine, id);
    if (!options.backfill) print(`${id}: ${await engine.pull(id)} new deliveries`);
    if (options.backfill || isBusy(engine, id)) await listed(engine, id);
    if (isBusy(engine, id)) throw notReady(engine, id);
  }
  if (options.wait)
    await settled(
      async () => engine.status(),
      ids,
      () => engine.runUntilIdle(),
    );
}

/** Makes the connection ready; a store that is new or was lost says how many links it has learnt from Odoo so far. */
async function learnt(engine: Engine, id: string): Promise<boolean> {
  let said: string | null = null;
  const say = () => {
    const far = engine.status().connections.find((each) => each.id === id)?.learning ?? null;
    if (far !== null && far !== said) print(`${id}: links learnt from Odoo: ${far}`);
    said = far;
  };
  const telling = setInterval(say, LOOK_MS);
  try {
    return await engine.makeReady(id);
  } finally {
    clearInterval(telling);
  }
}

/** A connection that is new here is listed in full first. */
const isBusy = (engine: Engine, id: string): boolean =>
  engine.status().connections.some((connection) => connection.id === id && connection.busy);

const CONTACT = {
  looking: 'its records are being compared with those of Odoo',
  review: 'people in Odoo decide what is linked and created',
  starting: 'what people decided is being taken over',
  linked: 'what people decided is being taken over',
} as const;

function notReady(engine: Engine, id: string): Transient {
  const status = engine.status();
  const own = status.connections.find((connection) => connection.id === id);
  if (own?.contact)
    return new Transient('first_contact', `${id} is not synchronised yet: ${CONTACT[own.contact]}`, {
      hint: 'See “First Contact” in Odoo; people decide there, and start it.',
    });
  const why = own?.message || status.odoo.message || 'Odoo or the vendor does not answer';
  return new Transient('not_ready', `${id} cannot be pulled: ${why}`, {
    hint: own?.hint || 'Run `saas-sync doctor`: it says what is wrong.',
  });
}

/** A bar where somebody looks on, a line per page elsewhere. */
async function listed(engine: Engine, id: string): Promise<void> {
  const bar = process.stderr.isTTY
    ? new SingleBar({ format: `${id}  {value} listed, {put} new or changed  {stream}`, hideCursor: true })
    : undefined;
  bar?.start(0, 0, { put: 0, stream: '' });
  await engine.backfill(id, {
    told: (progress) => {
      const { value, put, stream } = sums(progress);
      if (bar) bar.update(value, { put, stream });
      else print(`${id}: ${value} listed, ${put} new or changed (${stream})`);
    },
  });
  bar?.stop();
}

function sums({ streams }: Progress): { value: number; put: number; stream: string } {
  const all = Object.entries(streams);
  return {
    value: all.reduce((sum, [, stream]) => sum + stream.listed, 0),
    put: all.reduce((sum, [, stream]) => sum + stream.put, 0),
    stream: all.find(([, stream]) => !stream.done)?.[0] ?? 'done',
  };
}

/** Waits until nothing is left to do but what waits for a person; says what stands in the way if something does. */
async function settled(
  status: () => Promise<EngineStatus>,
  ids: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  for (;;) {
    await work();
    const now = await status();
    const mine = now.connections.filter(({ id }) => ids.includes(id));
    const stuck = mine.find(({ state }) => state === 'broken' || state === 'paused');
    if (stuck)
      throw new Transient('not_settled', `${stuck.id} is ${stuck.state}: ${stuck.message}`, {
        hint: stuck.hint,
      });
    const reviewed = mine.find(({ contact }) => contact === 'review');
    if (reviewed) return print(`${reviewed.id}: ${CONTACT.review} (“First Contact”).`);
    const left = mine.reduce((sum, { backlog }) => sum + backlog, 0);
    if (left === 0 && mine.every(({ busy }) => !busy)) {
      const parked = mine.reduce((sum, each) => sum + each.parked, 0);
      return print(
        parked === 0
          ? 'Everything is in Odoo.'
          : `Done; ${parked} records wait for a person (saas-sync status).`,
      );
    }
    await pause(LOOK_MS);
  }
}

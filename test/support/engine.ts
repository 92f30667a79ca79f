/** A small world for tests of the engine: the real store, a clock turned by hand, a vendor and an Odoo made of maps. */
import type { UpsertChange } from '../../sidecar/domain/change.ts';
import { createEngine, type Clock, type EngineDeps } from '../../sidecar/engine/index.ts';
import { hint } from '../../sidecar/engine/intake.ts';
import { digestOf, merge } from '../../sidecar/rules/index.ts';
import { openStore } from '../../sidecar/store/sqlite/index.ts';
import type { Store } from '../../sidecar/store/store.ts';
import { FakeOdoo } from './fake-odoo.ts';
import { connectionNamed, refOf, thingConnector, Vendor } from './things.ts';

export { connectionNamed, refOf, thingConnector } from './things.ts';

export const START = Date.UTC(2026, 10, 22, 8);

/** A clock that only moves when told; sleepers wake when their time has come. */
export class HandClock implements Clock {
  #now = START;
  #sleepers: { at: number; wake: () => void }[] = [];
  now = (): number => this.#now;
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = () => {
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      signal?.addEventListener('abort', wake, { once: true });
      this.#sleepers.push({ at: this.#now + ms, wake });
    });
  }
  advance(ms: number): void {
    this.#now += ms;
    const due = this.#sleepers.filter(({ at }) => at <= this.#now);
    this.#sleepers = this.#sleepers.filter(({ at }) => at > this.#now);
    for (const { wake } of due) wake();
  }
}

/** One rule: a thing becomes a contact whose fields point to what it needs. */
export const rules: EngineDeps['rules'] = {
  merge: (divergence) => merge(divergence),
  watch: () => ({}),
  birth: () => undefined,
  plan(event, _link, { force }) {
    const entity = event.entity as { name: string; unit?: string };
    const needs = (entity.unit ?? '').split(' ').filter(Boolean);
    const refs = needs.map((name, index) => {
      const { kind, externalId } = refOf('', name);
      return [`need_${index}`, { ref: { kind, external_id: externalId } }] as const;
    });
    const values = { name: entity.name, ...Object.fromEntries(refs) };
    const change: UpsertChange = {
      op: 'upsert',
      key: { kind: event.ref.kind, external_id: event.ref.externalId },
      model: 'res.partner',
      version: event.version,
      digest: digestOf(values),
      label: event.label,
      rule: 'thing@1',
      reason: event.reason,
      values,
      base: null,
      match: [],
      create: true,
      create_only: [],
      overwrite: [],
      ...(force ? { force } : {}),
    };
    return { event, changes: [change], because: 'rule thing@1' };
  },
};

export interface World {
  engine: ReturnType<typeof createEngine>;
  store: Store;
  clock: HandClock;
  odoo: FakeOdoo;
  vendors: Record<string, Vendor>;
  logs: string[];
  /** Something happened to these records of a connection. */
  hook(connection: string, ...names: string[]): Promise<void>;
  /** Turns the clock by `ms` in steps, working in between. */
  pass(ms: number, step?: number): Promise<void>;
  /** Keys whose records Odoo holds. */
  held(): string[];
}

/** Builds a world with connections `a` and `b`; `given` replaces parts, e.g. the store of a world that crashed. */
export function world(
  given: { store?: Store; odoo?: FakeOdoo; clock?: HandClock; deps?: Partial<EngineDeps> } = {},
): World {
  const clock = given.clock ?? new HandClock();
  const store = given.store ?? openStore(':memory:', { now: clock.now });
  const odoo = given.odoo ?? new FakeOdoo();
  const vendors: Record<string, Vendor> = { a: new Vendor(), b: new Vendor() };
  const logs: string[] = [];
  const log = (message: string) => void logs.push(message);
  let seed = 1;
  const engine = createEngine({
    store,
    odoo,
    rules,
    members: Object.keys(vendors).map((id) => ({
      connection: connectionNamed(id),
      connector: thingConnector,
    })),
    open: ({ connection }) => vendors[connection.id]!.session(clock),
    clock,
    random: () => (seed = (seed * 16807) % 2147483647) / 2147483647,
    logger: { debug: log, info: log, warn: log, error: log },
    version: '0.0.0',
    ...given.deps,
  });
  let count = 0;
  return {
    engine,
    store,
    clock,
    odoo,
    vendors,
    logs,
    async hook(connection, ...names) {
      const about = (name: string) =>
        hint(refOf(connection, name), {
          id: `evt_${clock.now()}_${++count}`,
          origin: 'hook',
          reason: 'changed',
          now: clock.now(),
        });
      await engine.intake.put(names.map(about));
    },
    async pass(ms, step = 1_000) {
      for (let gone = 0; gone < ms; gone += step) {
        clock.advance(step);
        await engine.runUntilIdle();
      }
    },
    held: () => [...odoo.rows.keys()].sort(),
  };
}

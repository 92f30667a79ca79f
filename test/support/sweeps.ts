/** A small world whose connection `a` is swept, and short ways to do so. */
import type { SweepConfig } from '../../sidecar/domain/connection.ts';
import { connectionNamed, thingConnector, world, type World } from './engine.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** A world whose connection `a` knows these customers and lists them whole. */
export function worldOf(
  count: number,
  sweep?: Partial<SweepConfig>,
  given: Parameters<typeof world>[0] = {},
): World {
  const brake = { records: 2, percent: 10 };
  const settings: SweepConfig = { window: '1 h', full: '02:00', brake, ...sweep };
  const member = { connection: { ...connectionNamed('a'), sweep: settings }, connector: thingConnector };
  const w = world({ ...given, deps: { members: [member], ...given.deps } });
  const vendor = w.vendors['a']!;
  vendor.whole = ['customer'];
  for (let i = 0; i < count; i++) vendor.things.set(nameOf(i), { name: `${i}` });
  return w;
}

export const nameOf = (i: number) => `customer:c${String(i).padStart(3, '0')}`;

/** Lists and applies everything once. */
export async function loaded(w: World): Promise<World> {
  await w.engine.makeReady('a');
  await w.engine.backfill('a');
  await w.engine.runUntilIdle();
  w.clock.advance(60_000);
  w.vendors['a']!.reads = [];
  w.vendors['a']!.asked = [];
  return w;
}

/** Full sweep and whatever it leads to. */
export async function swept(w: World): Promise<void> {
  w.clock.advance(60_000);
  await w.engine.sweep('a');
  await w.engine.runUntilIdle();
}

export const command = (w: World, name: string, args: Record<string, unknown> = {}) =>
  w.engine.command({ command: name, connection: 'a', kind: null, external_id: null, args });
export const report = (w: World) => w.engine.status().connections[0]!;
export const stream = (w: World) => report(w).streams.find(({ name }) => name === 'all')!;

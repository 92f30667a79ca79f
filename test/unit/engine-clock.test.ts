/** Time for the engine: it never goes back, and what an earlier, wrong clock left behind is put right at the start. */
import { expect } from 'chai';
import { Failure } from '../../sidecar/domain/failure.ts';
import { Versions } from '../../sidecar/engine/work/versions.ts';
import { steadyTime } from '../../sidecar/engine/wake.ts';
import { HandClock, world } from '../support/engine.ts';

describe('the engine’s time', () => {
  const world = () => {
    const machine = { wall: 1_000_000, elapsed: 0 };
    const time = steadyTime(
      () => machine.wall,
      () => machine.elapsed,
    );
    const pass = (ms: number) => {
      machine.wall += ms;
      machine.elapsed += ms;
    };
    return { machine, time, pass };
  };

  it('is the machine’s while that goes forward, also by leaps', () => {
    const { machine, time, pass } = world();
    pass(500);
    expect(time()).to.equal(1_000_500);
    machine.wall += 3_600_000;
    expect(time()).to.equal(4_600_500);
  });

  it('goes on forward when the machine’s clock is set back, so that no sleep lasts longer than twice', () => {
    const { machine, time, pass } = world();
    machine.wall -= 3_600_000;
    pass(1_000);
    expect(time()).to.equal(1_000_500);
    pass(9_000);
    expect(time()).to.equal(1_005_000);
  });

  it('meets the machine’s again after a small step back', () => {
    const { machine, time, pass } = world();
    machine.wall -= 400;
    pass(799);
    expect(time()).to.be.greaterThan(machine.wall - 1);
    pass(10);
    expect(time()).to.equal(machine.wall);
  });
});

describe('versions', () => {
  const store = () => {
    const settings = new Map<string, string>();
    return {
      setting: (name: string) => settings.get(name),
      saveSetting: (name: string, value: string | null) => void settings.set(name, value ?? ''),
    };
  };

  it('are the time of the read while that is later than all before', () => {
    const versions = new Versions(store());
    expect([versions.after(1_000, 0), versions.after(2_000, 0)]).to.deep.equal([1_000, 2_000]);
  });

  it('rise within one moment, and above what Odoo has', () => {
    const versions = new Versions(store());
    expect([versions.after(1_000, 0), versions.after(1_000, 0)]).to.deep.equal([1_000, 1_001]);
    expect(versions.after(1_000, 5_000)).to.equal(5_000);
  });

  it('rise above all that was given out before a restart, also if the clock is set back meanwhile', () => {
    const kept = store();
    const given = new Versions(kept).after(90_000_000, 0);
    expect(new Versions(kept).after(1_000, 0)).to.be.greaterThan(given);
  });
});

describe('a clock that was ahead and is right after a restart', () => {
  const AHEAD_MS = 7 * 3_600_000;
  /** The same store and Odoo with a clock that is right again, and a vendor that knows these names. */
  const restarted = (before: ReturnType<typeof world>, names: Record<string, string>) => {
    const { store, odoo, clock } = before;
    clock.advance(-AHEAD_MS);
    const now = world({ store, odoo, clock });
    for (const [id, name] of Object.entries(names)) now.vendors['a']!.things.set(id, { name });
    return now;
  };
  const ahead = () => {
    const clock = new HandClock();
    clock.advance(AHEAD_MS);
    return world({ clock });
  };

  it('does not let what Odoo was told then pass for newer than what happens now', async () => {
    const before = ahead();
    before.vendors['a']!.things.set('customer:c1', { name: 'Old' });
    await before.hook('a', 'customer:c1');
    await before.engine.runUntilIdle();
    const now = restarted(before, { 'customer:c1': 'New' });
    await now.hook('a', 'customer:c1');
    await now.engine.runUntilIdle();
    expect(now.odoo.rows.get('a/customer:c1')?.values).to.include({ name: 'New' });
  });

  it('wakes what would sleep until the time of then', async () => {
    const before = ahead();
    before.vendors['a']!.failure = new Failure('transient', 'down', 'Down', { retryAfterMs: 60_000 });
    await before.hook('a', 'customer:c1');
    await before.engine.runUntilIdle();
    const now = restarted(before, { 'customer:c1': 'Awake' });
    now.engine.start();
    await now.pass(5_000);
    expect(now.held()).to.include('a/customer:c1');
    await now.engine.stop();
  });
});

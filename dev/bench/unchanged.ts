/** Listing again what has not changed: how fast, and that nothing whatever is written for it. */
import { mkdirSync } from 'node:fs';
import type { Page, Session, Snapshot } from '../../sidecar/domain/connector.ts';
import { connectorOf } from '../../sidecar/connectors/index.ts';
import { createEngine, type Engine, type OdooPort } from '../../sidecar/engine/index.ts';
import { systemClock } from '../../sidecar/engine/wake.ts';
import { rulesFrom } from '../../sidecar/main.ts';
import { openStore } from '../../sidecar/store/sqlite/index.ts';
import { judged, median, rounds, type Benchmark } from './benchmark.ts';
import { inHome } from './home.ts';
import { CONNECTION, connection } from './ingest/connection.ts';
import { snapshot } from './store/deliveries.ts';

const PAGE = 100;

export const unchanged: Benchmark = {
  name: 'unchanged',
  goal: '≥ 10,000 unchanged records a second, without a write',
  async run(sizes, say) {
    mkdirSync(inHome('unchanged'), { recursive: true });
    const store = openStore(inHome('unchanged', 'store.sqlite'));
    const snapshots = Array.from({ length: sizes.unchanged }, (_, number) => snapshot(number));
    const odoo = countingOdoo();
    const engine = engineOn(store, odoo, snapshots);
    try {
      const listing = engine.backfill(CONNECTION);
      await Promise.all([listing, untilLinked(engine, store, sizes.unchanged)]);
      const before = { changes: odoo.changes, received: store.counters(CONNECTION).received };
      const rates: number[] = [];
      for (let round = 0; round < Math.max(3, sizes.rounds); round++) {
        const begun = performance.now();
        await engine.backfill(CONNECTION);
        await engine.runUntilIdle();
        rates.push(sizes.unchanged / ((performance.now() - begun) / 1_000));
        say(`${Math.round(rates.at(-1)!)} records a second`);
      }
      const writes = odoo.changes - before.changes;
      const stored = store.counters(CONNECTION).received - before.received;
      const value = median(rates);
      return [
        judged(
          { name: 'unchanged records listed again', value, unit: '/s', note: rounds(rates) },
          '≥ 10,000/s',
          value >= 10_000,
        ),
        judged(
          {
            name: 'changes sent to Odoo for them',
            value: writes,
            unit: '',
            note: `${stored} deliveries stored`,
          },
          '0',
          writes === 0 && stored === 0,
        ),
      ];
    } finally {
      await engine.stop();
      store.close();
    }
  },
};

/** Works while the first listing runs, which pauses when too much is waiting. */
async function untilLinked(
  engine: Engine,
  store: ReturnType<typeof openStore>,
  count: number,
): Promise<void> {
  while (store.countLinks(CONNECTION) < count) {
    await engine.runUntilIdle();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function countingOdoo(): OdooPort & { changes: number } {
  const odoo = {
    changes: 0,
    hello: async () => ({}),
    links: async () => ({ links: [], next: null }),
    compareBuckets: async () => [],
    compareRows: async () => [],
    compareRecords: async () => ({ rows: [], next: null }),
    outbox: async () => [],
    values: async () => [],
    contactState: async () => 'none' as const,
    contactStep: async () => {},
    candidates: async () => [],
    findings: async () => {},
    decisions: async () => ({ rows: [], next: null }),
    outboxDone: async () => {},
    report: async () => {},
    apply: async ({ changes }: Parameters<OdooPort['apply']>[0]) =>
      changes.map((change) => ({
        key: change.key,
        status: 'created' as const,
        model: change.model,
        res_id: (odoo.changes += 1),
        version: change.version,
        digest: change.digest,
        ...(change.op === 'upsert' ? { base: change.values } : {}),
      })),
  };
  return odoo;
}

function engineOn(store: ReturnType<typeof openStore>, odoo: OdooPort, snapshots: Snapshot[]): Engine {
  const nothing = () => {};
  return createEngine({
    store,
    odoo,
    rules: rulesFrom('sync-rules'),
    members: [{ connection, connector: connectorOf('stripe')! }],
    open: () => sessionOf(snapshots),
    clock: systemClock,
    random: Math.random,
    logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    version: 'bench',
  });
}

/** A vendor in memory, so that nothing but the sidecar is measured. Each page is parsed anew, as from the network. */
function sessionOf(snapshots: Snapshot[]): Session {
  const pages = Array.from({ length: Math.ceil(snapshots.length / PAGE) }, (_, page) =>
    JSON.stringify(snapshots.slice(page * PAGE, (page + 1) * PAGE)),
  );
  return {
    streams: ['customers'],
    whole: { customers: ['customer'] },
    probe: async () => ({ account: 'bench', details: {} }),
    read: async (kind, externalId) =>
      snapshots.find((each) => each.kind === kind && each.externalId === externalId)!,
    changes: async function* () {},
    list: async function* (_stream, cursor) {
      for (let page = cursor === null ? 0 : Number(cursor); page < pages.length; page++)
        yield { items: JSON.parse(pages[page]!), cursor: String(page + 1) } satisfies Page<Snapshot>;
    },
  };
}

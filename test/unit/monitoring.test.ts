/** Alerts, dashboard and runbooks speak of what the sidecar really exports, and of each other. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { CONCERNS } from '../../sidecar/domain/failure.ts';
import type { ConnectionReport } from '../../sidecar/engine/index.ts';
import { createMetrics } from '../../sidecar/server/index.ts';
import { openStore } from '../../sidecar/store/sqlite/index.ts';
import { HandClock } from '../support/engine.ts';
import { measured, scrape } from '../support/scrape.ts';
import { cleanTempStores, tempStore } from '../support/temp-store.ts';

interface Alert {
  alert: string;
  expr: string;
  for?: string;
  labels: { severity: string; concerns: string };
  annotations: { summary: string; description: string; runbook_url: string };
}

interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string; legendFormat: string }[];
}

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const allOf = (folder: string): string =>
  readdirSync(new URL(`../../${folder}`, import.meta.url), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.xml'))
    .map((name) => read(`${folder}/${name}`))
    .join('\n');
const groups = (parse(read('docker/monitoring/alerts.yml')) as { groups: { name: string; rules: Alert[] }[] })
  .groups;
const alerts = groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(read('docker/monitoring/dashboard.json')) as {
  panels: Panel[];
  templating: { list: { name: string; type: string; query: unknown }[] };
};
const runbooks = readdirSync(new URL('../../docs/runbooks', import.meta.url)).filter(
  (name) => name !== 'README.md',
);

/** Every metric with the labels it may carry, after a run in which everything there is happened once. */
async function exported(): Promise<Map<string, Set<string>>> {
  const at = new Date().toISOString();
  const known: Partial<ConnectionReport> = {
    eta_ms: 1,
    next_try_at: at,
    last_event_at: at,
    budget: { left: 1, of: 2, per_ms: 1_000, resets_at: null },
    streams: [
      {
        name: 'events',
        fresh_at: at,
        progress: null,
        next_at: at,
        late_at: at,
        last: { listed: 9, put: 2, unchanged: 7, expected: 9 },
      },
    ],
    brakes: [{ stream: 'all', kind: 'customer', absent: 1, of: 2, examples: [], since: at }],
  };
  const clock = new HandClock();
  const { path } = tempStore();
  const metrics = createMetrics({ storePath: path });
  const store = openStore(path, { now: clock.now, committed: metrics.committed });
  const { w } = measured({ store, clock }, metrics);
  w.vendors['a']!.things.set('customer:c1', { name: 'x' }).set('customer:c2', { name: 'x', wrong: true });
  await w.hook('a', 'customer:c1', 'customer:c2');
  await w.engine.runUntilIdle();
  metrics.meter.odooFailure('transient');
  metrics.meter.pushed('a', 'customer', 'told', 1);
  await w.hook('a', 'customer:c1');
  const total = {
    connection: 'a',
    cause: 'business_rule',
    code: 'may_not_write',
    currency: 'EUR',
    open: 1,
    oldestAt: 1,
    amount: 1,
  } as const;
  const samples = await scrape(w, metrics, known, [total]);
  store.close();
  const labels = new Map<string, Set<string>>();
  for (const sample of samples)
    labels.set(sample.name, new Set([...(labels.get(sample.name) ?? []), ...Object.keys(sample.labels)]));
  return labels;
}

/** What an expression asks for: metrics with the labels in their braces. */
const asked = (expr: string): { metric: string; labels: string[] }[] =>
  [...expr.matchAll(/\b((?:saas_sync|nodejs|process)_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, metric = '', inner = '']) => ({
      metric,
      labels: [...inner.matchAll(/(\w+)\s*[=!]~?/g)].map(([, label = '']) => label),
    }),
  );

/** Added by Prometheus itself. */
const OF_THE_SCRAPE = ['instance', 'job'];

/** Labels that remain on the result, as far as they can be read from the text: those of the last grouping. */
function remaining(expr: string, labels: Map<string, Set<string>>): Set<string> {
  const grouping = /\bby \(([^)]*)\)/.exec(expr)?.[1];
  if (grouping !== undefined) return new Set(grouping.split(',').map((label) => label.trim()));
  return new Set(asked(expr).flatMap(({ metric }) => [...(labels.get(metric) ?? [])]));
}

function checkExpression(expr: string, labels: Map<string, Set<string>>): void {
  expect(asked(expr), expr).to.not.have.length(0);
  for (const { metric, labels: wanted } of asked(expr)) {
    expect([...labels.keys()], expr).to.include(metric);
    expect([...labels.get(metric)!, ...OF_THE_SCRAPE], `${metric} in ${expr}`).to.include.members(wanted);
  }
  for (const [, inner = ''] of expr.matchAll(/\b(?:by|on) \(([^)]*)\)/g))
    for (const label of inner
      .split(',')
      .map((each) => each.trim())
      .filter(Boolean)) {
      const all = asked(expr).flatMap(({ metric }) => [...labels.get(metric)!]);
      expect([...all, ...OF_THE_SCRAPE], expr).to.include(label);
    }
}

describe('monitoring', () => {
  let labels: Map<string, Set<string>>;
  before(async () => (labels = await exported()));
  after(cleanTempStores);

  for (const { alert, expr, for: wait, labels: about, annotations } of alerts)
    describe(alert, () => {
      it('asks for metrics and labels that are exported', () => checkExpression(expr, labels));

      it('names only labels that its result has', () => {
        const used = Object.values(annotations).flatMap((text) => [...text.matchAll(/\$labels\.(\w+)/g)]);
        for (const [, label] of used) expect([...remaining(expr, labels)], label).to.include(label);
      });

      it('says how bad it is, whom it concerns, and where the way out is written', () => {
        expect(['info', 'warning', 'critical']).to.include(about.severity);
        expect(CONCERNS).to.include(about.concerns);
        expect(annotations.runbook_url).to.equal(`docs/runbooks/${alert}.md`);
        expect(annotations.summary).to.not.equal('');
        expect(annotations.description).to.not.equal('');
      });

      it('has a runbook with every part', () => {
        const text = read(annotations.runbook_url);
        const parts = [...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title);
        expect(text).to.match(new RegExp(`^# ${alert}\n`));
        expect(parts).to.deep.equal([
          'What it means',
          'How to see it',
          'First aid',
          'Verify that it is over',
          'Escalate',
        ]);
      });

      if (about.severity === 'info')
        it('waits half an hour at least, because it may pass by itself', () => {
          expect(Number.parseInt(wait ?? '0', 10) * (wait?.endsWith('h') ? 60 : 1)).to.be.at.least(30);
        });
    });

  it('keeps what passes by itself apart from what somebody has to do', () => {
    for (const { name, rules } of groups)
      for (const { alert, labels: about } of rules)
        expect(about.severity === 'info', alert).to.equal(name === 'saas_sync_passes_by_itself');
  });

  it('has no runbook without an alert, and lists each of them', () => {
    expect(runbooks.toSorted()).to.deep.equal(alerts.map(({ alert }) => `${alert}.md`).toSorted());
    const list = read('docs/runbooks/README.md');
    for (const name of runbooks) expect(list).to.contain(`](${name})`);
  });

  it('sends people only to filters and buttons that Odoo has', () => {
    const desk = allOf('odoo_addon/saas_sync/views');
    const overview = allOf('odoo_addon/saas_sync/static/src');
    for (const name of runbooks) {
      const text = read(`docs/runbooks/${name}`);
      for (const [, filter] of text.matchAll(/filter _([^_]+)_/g))
        expect(desk, name).to.contain(`"${filter}"`);
      for (const [, group] of text.matchAll(/grouped by _([^_]+)_/g))
        expect(desk, name).to.contain(`"${group}"`);
      for (const [, button] of text.matchAll(/\*\*(Sweep now|Check each[^*]+|Leave[^*]+)\*\*/g))
        expect(overview, name).to.contain(button);
    }
  });

  it('sends people only to commands, alerts and metrics that exist', () => {
    const commands = [...read('sidecar/cli.ts').matchAll(/\.command\('(\w+)'\)/g)].map(([, name]) => name);
    const options = [...read('sidecar/cli.ts').matchAll(/(--[a-z-]+)/g)].map(([, name]) => name);
    for (const name of runbooks) {
      const text = read(`docs/runbooks/${name}`);
      for (const [, command, rest = ''] of text.matchAll(/saas-sync (\w+)([^\n`]*)/g)) {
        expect(commands, `${name}: saas-sync ${command}`).to.include(command);
        for (const [option] of rest.matchAll(/--[a-z-]+/g))
          expect(options, `${name}: ${rest}`).to.include(option);
      }
      for (const [, link = ''] of text.matchAll(/\]\(([\w.]+)\)/g)) expect(runbooks, name).to.include(link);
      for (const { metric } of asked(text)) expect([...labels.keys()], name).to.include(metric);
    }
  });

  for (const { title, targets = [] } of dashboard.panels.filter(({ type }) => type !== 'row'))
    it(`draws "${title}" from metrics and labels that are exported`, () => {
      expect(targets).to.not.have.length(0);
      for (const { expr, legendFormat } of targets) {
        checkExpression(expr, labels);
        for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g))
          expect([...remaining(expr, labels)], expr).to.include(label);
      }
    });

  it('has a dashboard for any data source and any connections, in rows', () => {
    const { panels, templating } = dashboard;
    expect(templating.list.map(({ name }) => name)).to.deep.equal(['datasource', 'connection']);
    expect(JSON.stringify(panels)).to.not.match(/"uid":(?!"\$\{datasource\}")/);
    expect(panels.filter(({ type }) => type === 'row').map(({ title }) => title)).to.deep.equal([
      'Is everything well?',
      'Money waiting',
      'Flow',
      'Odoo',
      'Vendors',
      'Process',
    ]);
    expect(new Set(panels.map(({ id }) => id)).size).to.equal(panels.length);
  });

  it('has no two panels in one place', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).to.equal(cells.length);
  });

  it('draws or watches every metric of ours', () => {
    const known = JSON.stringify([alerts, dashboard.panels]);
    const ours = [...labels.keys()].filter((name) => name.startsWith('saas_sync_'));
    const bare = new Set(ours.map((name) => name.replace(/_(bucket|sum|count)$/, '')));
    for (const name of bare) expect(known, name).to.contain(name);
  });

  it('has help for every metric of ours, and a counter’s name ends in _total', async () => {
    const { w, metrics } = measured();
    const text = await metrics.text({ status: w.engine.status(), exceptions: [], queues: [] });
    for (const [, name = '', kind] of text.matchAll(/^# TYPE (saas_sync_\w+) (\w+)$/gm)) {
      expect(text).to.match(new RegExp(`^# HELP ${name} .{15,}$`, 'm'));
      expect(name.endsWith('_total'), name).to.equal(kind === 'counter');
    }
  });
});

/** The command line: what it prints is what people work with. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { snapshotsIn, told } from '../../sidecar/cli/explain.ts';
import { selectorOf } from '../../sidecar/cli/replay.ts';
import { drawn } from '../../sidecar/cli/status.ts';
import type { Failure } from '../../sidecar/domain/failure.ts';
import { connectionNamed, thingConnector, world } from '../support/engine.ts';

const ROOT = join(import.meta.dirname, '..', '..');

function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], SAAS_SYNC_HOME: join(tmpdir(), 'saas-sync-none') };
    execFile(process.execPath, ['bin/saas-sync.mjs', ...args], { cwd: ROOT, env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

describe('saas-sync explain', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'saas-sync-cli-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  interface Fixture {
    delivery: { body: unknown };
  }

  it('prints event, rule and changes of a customer, and needs no configuration for it', async () => {
    const file = join(folder, 'customer.json');
    const fixture = join(ROOT, 'sidecar/connectors/stripe/fixtures/customer.created.json');
    writeFileSync(file, JSON.stringify((JSON.parse(readFileSync(fixture, 'utf8')) as Fixture).delivery.body));
    const { code, out, err } = await run('explain', file);
    expect(err).to.equal('');
    expect(code).to.equal(0);
    expect(out).to.match(
      /^Customer cus_Ada {2}\(customer cus_Ada, observed\)\n {2}because {3}rule customer@\d+\n {2}upsert {4}res\.partner/,
    );
    expect(out).to.match(/ {4}email +ledger@example\.com/);
    expect(out).to.contain('finds a twin by');
  });

  it('says the way out when nothing in the file is known', async () => {
    const file = join(folder, 'empty.json');
    writeFileSync(file, '{}');
    const { code, err } = await run('explain', file);
    expect(code).to.equal(1);
    expect(err).to.match(/^✘ No connector recognises an object in .*empty\.json\n {2}→ Use a vendor object/);
  });

  it('shows references, amounts and the ladder of a document', () => {
    const snapshot = {
      kind: 'customer' as const,
      externalId: 'c1',
      readAt: 0,
      body: { name: 'Ada', needs: ['customer:c0'], leads: ['invoice:i1'] },
    };
    const explanation = thingConnector.translate(snapshot, {
      connection: connectionNamed('a').id,
      timeZone: 'UTC',
      environment: 'test',
      reason: 'x',
    });
    const [event] = explanation.events;
    const text = told({
      snapshot,
      follow: explanation.follow,
      plans: [
        {
          event: event!,
          because: 'rule payment@1',
          changes: [
            {
              op: 'payment',
              key: { kind: 'payment', external_id: 'p1' },
              model: 'account.payment',
              version: 1,
              digest: 'd',
              label: 'Payment p1',
              rule: 'payment@1',
              reason: 'paid',
              climb: ['posted', 'reconciled:in_1'],
              values: {
                payment_type: 'inbound',
                partner: { ref: { kind: 'customer', external_id: 'c0' } },
                amount: 11_900,
                currency: 'EUR',
                exponent: 2,
                date: '2026-11-22',
                memo: '',
                channel: 'processor',
                allocations: [],
                failed_date: null,
              },
            },
          ],
        },
      ],
    });
    expect(text).to.equal(
      [
        'Thing c1  (customer c1, observed)',
        '  because   rule payment@1',
        '  payment   account.payment  (rule payment@1)',
        '    payment_type  inbound',
        '    partner       → customer c0',
        '    date          2026-11-22',
        '    amount        119.00 EUR',
        '    climbs    posted → reconciled:in_1',
        '',
        'then looks at invoice i1',
      ].join('\n'),
    );
  });

  it('looks for the vendor’s object in an event, outermost first', () => {
    const event = { id: 'evt', object: 'event', data: { object: { id: 'in_1', object: 'invoice' } } };
    const found = snapshotsIn(event, ['customer', 'invoice']).map(
      ({ kind, externalId }) => `${kind}:${externalId}`,
    );
    expect(found).to.deep.equal(['customer:evt', 'invoice:evt', 'invoice:in_1']);
  });
});

describe('saas-sync status', () => {
  it('draws connections and exceptions by cause', async () => {
    const w = world();
    w.vendors['a']!.things.set('customer:c1', { name: 'x', wrong: true }).set('customer:c2', {
      name: 'y',
      wrong: true,
    });
    await w.hook('a', 'customer:c1', 'customer:c2');
    await w.engine.runUntilIdle();
    expect(drawn({ running: true, status: w.engine.status(), exceptions: w.store.parked() })).to.equal(
      [
        'The sidecar runs, version 0.0.0; Odoo is reachable.',
        '',
        'connection  state    backlog  exceptions  waiting  last event',
        'a           healthy        0           2        0  2026-11-22T08:00:00.000Z',
        'b           healthy        0           0        0  never',
        '',
        'connection  stream  complete as of         last listing  now  next look',
        'a           events  never read to its end',
        'a           all     never read to its end',
        'b           events  never read to its end',
        'b           all     never read to its end',
        '',
        'connection  cause         code             exceptions',
        'a           invalid_data  does_not_add_up           2',
      ].join('\n'),
    );
  });
});

describe('saas-sync replay', () => {
  const refusal = (options: Record<string, string>): Failure => {
    try {
      selectorOf(options);
    } catch (error) {
      return error as Failure;
    }
    throw new Error('nothing was refused');
  };

  it('refuses to guess what is meant', () => {
    expect(refusal({}).hint).to.contain('--connection');
    expect(refusal({ delivery: 'evt_1' }).hint).to.contain('--delivery evt_1');
    expect(refusal({ from: 'yesterday' }).message).to.equal('--from is "yesterday", which is no time');
  });

  it('understands days and instants', () => {
    expect(selectorOf({ from: '2026-11-01', to: '2026-11-01T08:00Z' })).to.deep.equal({
      from: Date.UTC(2026, 10, 1),
      to: Date.UTC(2026, 10, 1, 8),
    });
  });
});

describe('saas-sync', () => {
  it('lists every configuration mistake and ends with an exit code', async () => {
    const { code, err } = await run('serve');
    expect(code).to.equal(1);
    expect(err).to.match(/^✘ The configuration cannot be used:\n {2}ODOO_URL is not set/);
    expect(err).to.contain('→ Correct what is named; `saas-sync doctor`');
  });
});

/** A sidecar's engine that meets many customers for the first time: of a made-up account, before a real Odoo or none. */
import '../../../bin/frugal.mjs';
import type { Page, Session, Snapshot } from '../../../sidecar/domain/connector.ts';
import type { Candidate, ContactPort, Stranger } from '../../../sidecar/domain/first-contact.ts';
import { connectorOf } from '../../../sidecar/connectors/index.ts';
import { createEngine, type Engine, type OdooPort } from '../../../sidecar/engine/index.ts';
import { systemClock } from '../../../sidecar/engine/wake.ts';
import { rulesFrom } from '../../../sidecar/main.ts';
import { makeOdooApi } from '../../../sidecar/odoo/api.ts';
import { openTransport } from '../../../sidecar/odoo/transport.ts';
import { openStore } from '../../../sidecar/store/sqlite/index.ts';
import { wireCustomer } from '../../../test/support/stripe-wire.ts';
import { answer, given } from '../child.ts';
import { CONNECTION, connection } from '../ingest/connection.ts';

export interface Given {
  count: number;
  storeFile: string;
  /** None: candidates are made up, and findings are counted only. */
  odoo: { url: string; database: string; apiKey: string } | null;
}

const PAGE = 100;
const { count, storeFile, odoo } = given<Given>();
const nothing = () => {};

/** Every third is in Odoo as it is, every tenth under nearly that name; see partners.py. */
function customerAt(number: number): Snapshot {
  const body = wireCustomer({
    id: `cus_${number}`,
    name: `Kunde ${number} Handels GmbH`,
    email: `kunde.${number}@firma${number}.example`,
    address: { city: 'Kiel', country: 'DE', line1: 'Weg 1', postal_code: String(10_000 + (number % 80_000)) },
  });
  return { kind: 'customer', externalId: `cus_${number}`, readAt: Date.now(), body };
}

async function* pages(cursor: string | null): AsyncGenerator<Page<Snapshot>> {
  for (let at = Number(cursor ?? 0); at < count; at += PAGE) {
    const size = Math.min(PAGE, count - at);
    yield {
      items: Array.from({ length: size }, (_, index) => customerAt(at + index)),
      cursor: `${at + PAGE}`,
    };
  }
}

async function* noNews(): AsyncGenerator<Page<never>> {
  yield { items: [], cursor: '1' };
}

const session: Session = {
  streams: ['customers'],
  whole: { customers: ['customer'] },
  probe: () => Promise.resolve({ account: 'acct', details: {} }),
  read: () => Promise.reject(new Error('Nothing is read at first contact')),
  changes: noNews,
  list: (_stream, cursor) => pages(cursor),
};

/** Two candidates for each record, and nothing kept of what is told. */
const twoEach = ({ traits }: Stranger, index: number): Candidate[] => [
  { ...traits, id: 2 * index + 1 },
  { ...traits, id: 2 * index + 2, name: `${traits.name} Nord`, email: null },
];

const nobody: ContactPort = {
  contactState: () => Promise.resolve('none'),
  contactStep: () => Promise.resolve(),
  candidates: async (_connection, records) =>
    records.map((record, index) => ({ decided: false, candidates: twoEach(record, index) })),
  findings: () => Promise.resolve(),
  decisions: () => Promise.resolve({ rows: [], next: null }),
};

function portOf(): OdooPort {
  if (odoo) {
    const settings = { url: odoo.url, database: odoo.database, apiKey: odoo.apiKey };
    return makeOdooApi(openTransport(settings, 'json2'));
  }
  const none = { links: async () => ({ links: [], next: null }), hello: async () => ({}) };
  return { ...nobody, ...none } as unknown as OdooPort;
}

function engineOf(): Engine {
  return createEngine({
    store: openStore(storeFile),
    odoo: portOf(),
    rules: rulesFrom('sync-rules'),
    members: [{ connection: { ...connection, first_contact: 'review' }, connector: connectorOf('stripe')! }],
    open: () => session,
    clock: systemClock,
    random: Math.random,
    logger: { debug: nothing, info: nothing, warn: console.error, error: console.error },
    version: 'bench',
  });
}

const phaseOf = (engine: Engine) => engine.status().connections.find(({ id }) => id === CONNECTION)?.contact;

answer({
  /** Looks at everything; answers with the seconds it took. */
  async look() {
    const engine = engineOf();
    const begun = performance.now();
    while (phaseOf(engine) !== 'review') await engine.makeReady(CONNECTION);
    const seconds = (performance.now() - begun) / 1_000;
    await engine.stop();
    return seconds;
  },
});

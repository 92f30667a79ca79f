/** What every connector promises, checked over every folder of connectors/ with its own fixtures. */
import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { Connection } from '../../sidecar/domain/connection.ts';
import type { RawDelivery, Received, Snapshot, TranslationContext } from '../../sidecar/domain/connector.ts';
import { Event } from '../../sidecar/domain/event.ts';
import { Refused } from '../../sidecar/domain/failure.ts';
import { REVIEWED } from '../../sidecar/domain/first-contact.ts';
import type { Kind } from '../../sidecar/domain/reference.ts';
import { connectors } from '../../sidecar/connectors/index.ts';

const ROOM = fileURLToPath(new URL('../../sidecar/connectors/', import.meta.url));
const SECRET = 'whsec_contract';
const NOW = Date.parse('2026-11-22T08:00:00Z');
const HOOK = 'https://sync.example.com/hooks/contract';

interface Fixture {
  name: string;
  context: TranslationContext;
  delivery: { body: unknown };
  snapshot: Snapshot;
  events: unknown[];
  follow: unknown[];
}

type Sign = (body: Buffer, secret: string, at: number) => RawDelivery['headers'];

/** How each vendor signs, written here from its documentation and not with our own code. */
const SIGN: Record<string, Sign> = {
  stripe: (body, secret, at) => {
    const t = Math.floor(at / 1000);
    const v1 = createHmac('sha256', secret).update(`${t}.`).update(body).digest('hex');
    return { 'stripe-signature': `t=${t},v1=${v1}` };
  },
  hubspot: (body, secret, at) => ({
    'x-hubspot-signature-v3': createHmac('sha256', secret)
      .update(`POST${HOOK}`)
      .update(body)
      .update(String(at))
      .digest('base64'),
    'x-hubspot-request-timestamp': String(at),
  }),
  salesforce: (_body, secret) => ({ 'x-saas-sync-token': secret }),
};

/** Vendors that sign nothing: a secret in a header says who sends, and a message can do no more than make us look. */
const UNSIGNED = new Set(['salesforce']);

/** What a connection needs beside what all have. */
const HOME: Record<string, Partial<Connection>> = {
  hubspot: {
    secrets: { webhook_secret: [SECRET], access_token: ['pat-contract'] },
    options: { public_url: HOOK },
  },
};

const connection = (system: string): Connection => ({
  id: 'stripe-eu',
  system,
  company: 'base.main_company',
  environment: 'test',
  baseUrl: undefined,
  time_zone: 'Europe/Berlin',
  secrets: { webhook_secret: [SECRET], api_key: ['sk_test_contract'] },
  options: {},
  ...HOME[system],
});

function fixturesOf(system: string): Fixture[] {
  const folder = `${ROOM}${system}/fixtures/`;
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.map((name) => JSON.parse(readFileSync(folder + name, 'utf8')) as Fixture);
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

const jsonOf = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** In which forms a message brought records, if it was taken at all. */
function formsOf(call: () => Received): string[] {
  try {
    return call().deliveries.map(({ form }) => form);
  } catch (error) {
    if (error instanceof Refused) return [];
    throw error;
  }
}

function refusal(call: () => unknown): Refused {
  try {
    call();
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('connectors', () => {
  const folders = readdirSync(ROOM, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'kit')
    .map((entry) => entry.name);

  it('lists every folder, and nothing that has none', () => {
    expect(connectors.map(({ system }) => system).sort()).to.deep.equal(folders.sort());
  });

  for (const connector of connectors)
    describe(connector.title, () => {
      const fixtures = fixturesOf(connector.system);
      const sign = SIGN[connector.system]!;
      const home = connection(connector.system);
      const signed = (body: Buffer, at = NOW, secret = SECRET): RawDelivery => ({
        headers: sign(body, secret, at),
        body,
        receivedAt: NOW,
      });
      const bytes = (fixture: Fixture) => Buffer.from(JSON.stringify(fixture.delivery.body));

      it('has fixtures for every kind it claims', () => {
        const kinds = new Set(fixtures.map(({ snapshot }) => snapshot.kind));
        expect([...kinds].sort()).to.deep.equal([...connector.kinds].sort());
      });

      it('rejects unknown options', () => {
        expect(connector.options.safeParse({}).success).to.equal(true);
        expect(connector.options.safeParse({ colour: 'green' }).success).to.equal(false);
      });

      it('describes each credential in one line', () => {
        expect(Object.keys(connector.credentials)).to.not.be.empty;
        for (const line of Object.values(connector.credentials)) expect(line).to.match(/^[^\n]{10,}$/);
      });

      it('says of its own listings only which kinds they hold all of, each kind once', () => {
        const { streams, whole = {} } = connector.open(home, { now: () => NOW });
        expect(streams).to.include.members(Object.keys(whole));
        const kinds = Object.values(whole).flat();
        expect(connector.kinds).to.include.members(kinds);
        expect(new Set(kinds).size).to.equal(kinds.length);
      });

      it('lists whole what first contact looks at, customers before the people in them', () => {
        const { streams, whole = {} } = connector.open(home, { now: () => NOW });
        const listed = streams.flatMap((stream) => whole[stream] ?? []);
        const reviewed = connector.kinds.filter((kind) => REVIEWED.has(kind));
        expect(listed).to.include.members(reviewed);
        const order = ['customer', 'contact'].filter((kind) => reviewed.includes(kind as Kind));
        expect(listed.filter((kind) => order.includes(kind))).to.deep.equal(order);
      });

      const signs = !UNSIGNED.has(connector.system);

      it(`refuses another secret, ${signs ? 'a stale signature ' : ''}and a missing one`, () => {
        const body = bytes(fixtures[0]!);
        const stale = [signed(body, NOW - 3_600_000), signed(body, NOW + 3_600_000)];
        const tries = [
          signed(body, NOW, 'whsec_other'),
          { ...signed(body), headers: {} },
          ...(signs ? stale : []),
        ];
        for (const raw of tries) expect(refusal(() => connector.receive(raw, home)).status).to.equal(401);
      });

      it(`${signs ? 'refuses' : 'at most looks somewhere for'} a body in which any one bit was flipped`, () => {
        const raw = signed(bytes(fixtures[0]!));
        for (let at = 0; at < raw.body.length; at += 1) {
          const body = Buffer.from(raw.body);
          body[at] = body[at]! ^ (1 << (at % 8));
          const receive = () => connector.receive({ ...raw, body }, home);
          if (signs) expect(refusal(receive).status).to.equal(401);
          else expect(formsOf(receive)).to.not.include('state');
        }
      });

      for (const fixture of fixtures) {
        it(`receives ${fixture.name} as news about its record`, () => {
          const raw = signed(bytes(fixture));
          const { deliveries, ignored } = connector.receive(raw, home);
          expect(ignored).to.equal(undefined);
          expect(deliveries.map(({ kind, externalId }) => `${kind}:${externalId}`)).to.include(
            `${fixture.snapshot.kind}:${fixture.snapshot.externalId}`,
          );
          for (const delivery of deliveries) expect(delivery.body.equals(raw.body)).to.equal(true);
          expect(new Set(deliveries.map(({ id }) => id)).size).to.equal(deliveries.length);
        });

        it(`translates ${fixture.name} into its events, purely`, () => {
          const snapshot = freeze(structuredClone(fixture.snapshot));
          const context = freeze(structuredClone(fixture.context));
          const first = connector.translate(snapshot, context);
          const second = connector.translate(snapshot, context);
          expect(jsonOf(first.events)).to.deep.equal(fixture.events);
          expect(jsonOf(first.follow)).to.deep.equal(fixture.follow);
          expect(second).to.deep.equal(first);
          for (const event of first.events) expect(Event.parse(event)).to.deep.equal(event);
        });
      }
    });
});

/** Whatever is in a portal and whatever becomes of its webhooks: the same records are read, and what is told comes back the same. */
import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import type { Session, Snapshot } from '../../sidecar/domain/connector.ts';
import { Event } from '../../sidecar/domain/event.ts';
import { InvalidData, Refused } from '../../sidecar/domain/failure.ts';
import { hubspot } from '../../sidecar/connectors/hubspot/index.ts';
import { decimalOf, minus } from '../../sidecar/connectors/hubspot/translate/lines.ts';
import { isKind, PROPERTIES, TYPE_OF } from '../../sidecar/connectors/hubspot/vocabulary.ts';
import type { HookEvent } from '../sandbox/hubspot/index.ts';
import { account, context, wireObject } from '../support/hubspot-wire.ts';
import { connectionTo, HOOK, hubspotWorld, look, push, SECRET, START } from '../support/hubspot-world.ts';

const kinds = fc.constantFrom('customer', 'contact', 'product', 'deal');
const id = fc.integer({ min: 1, max: 9 }).map(String);
const value = fc.oneof(
  fc.constantFrom(
    null,
    '',
    ' ',
    'Ada',
    '0',
    '12.50',
    '-3',
    '1e3',
    '2026-11-22',
    '1795000000000',
    'true',
    'DE',
    'EUR',
    '1;2',
  ),
  fc.string(),
);
const edge = fc.record({
  id,
  types: fc.array(fc.constantFrom(1, 5, 14, 279)),
  labels: fc.array(fc.string()),
});
const stage = fc.record({
  label: fc.string(),
  closed: fc.boolean(),
  probability: fc.option(fc.double({ min: 0, max: 1 })),
});

const body = kinds.chain((kind) =>
  fc.record({
    kind: fc.constant(kind),
    properties: fc.dictionary(fc.constantFrom(...PROPERTIES[TYPE_OF[kind as 'deal']]), value),
    archived: fc.boolean(),
    companies: fc.array(edge),
    contacts: fc.array(edge),
    lines: fc.array(fc.dictionary(fc.constantFrom(...PROPERTIES.line_items), value), { maxLength: 3 }),
    stage: fc.option(stage),
  }),
);

type Act = { do: string; on: number; with: number; text: string };
const acts = fc.array(
  fc.record({
    do: fc.constantFrom('create', 'rename', 'archive', 'restore', 'merge', 'forget', 'parent', 'hear'),
    on: fc.nat(7),
    with: fc.nat(7),
    text: fc.constantFrom('Ada', 'Grace', 'Charles', ''),
  }),
  { minLength: 5, maxLength: 30 },
);

/** The newest event of each record, as Odoo would hold it. */
class Books {
  readonly kept = new Map<string, Event>();
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async readNow(kind: string, externalId: string): Promise<void> {
    if (!isKind(kind)) return;
    this.keep(await this.#session.read(kind, externalId));
  }

  keep(snapshot: Snapshot): void {
    for (const event of hubspot.translate(snapshot, context).events) {
      const known = this.kept.get(event.ref.externalId);
      if (!known || known.version <= event.version) this.kept.set(event.ref.externalId, event);
    }
  }
}

async function play(history: Act[], world: ReturnType<typeof hubspotWorld>): Promise<string[]> {
  const { sandbox, session, clock } = world;
  const books = new Books(session);
  const ids: string[] = [];
  const told: HookEvent[] = [];
  sandbox.portal.on('event', (event: HookEvent) => told.push(event));
  const start = await look(session, null);
  for (const act of history) {
    clock.now += 1_000;
    const [one, two] = [ids[act.on % ids.length], ids[act.with % ids.length]];
    try {
      if (act.do === 'create') ids.push(sandbox.create('companies', { name: act.text }));
      else if (one === undefined || two === undefined) continue;
      else if (act.do === 'rename') sandbox.update('companies', one, { name: act.text });
      else if (act.do === 'archive') sandbox.archive('companies', one);
      else if (act.do === 'restore') sandbox.restore('companies', one);
      else if (act.do === 'forget') sandbox.forget('companies', one);
      else if (act.do === 'parent') sandbox.setParent(one, two);
      else if (act.do === 'merge') ids.push(sandbox.merge('companies', one, two));
    } catch {
      // What the portal refuses did not happen.
    }
    // Some webhook arrives, in whatever order; others never do.
    const heard = told[act.with % Math.max(1, told.length)];
    if (act.do === 'hear' && heard) await books.readNow('customer', String(heard['objectId']));
  }
  clock.now += 1_000;
  for (const { kind, externalId } of (await look(session, start.cursor)).told)
    await books.readNow(kind, externalId);
  const listed = new Set<string>();
  for await (const page of session.list('companies', null))
    for (const snapshot of page.items) {
      listed.add(snapshot.externalId);
      books.keep(snapshot);
    }
  const missing = Array.from(books.kept.keys()).filter((known) => !listed.has(known));
  for (const known of missing) await books.readNow('customer', known);
  return [...books.kept]
    .map(([key, { action, into, entity }]) => JSON.stringify([key, action, into, entity]))
    .sort();
}

describe('HubSpot, for all portals', function () {
  this.timeout(60_000);

  it('translates whatever its properties hold, or says which one is wrong', () => {
    fc.assert(
      fc.property(body, (given) => {
        const object = wireObject('1', given.properties, given.archived);
        const lines = given.lines.map((properties, n) => wireObject(`9${n}`, properties));
        const snapshot = {
          kind: given.kind as 'deal',
          externalId: '1',
          readAt: START,
          body: { ...given, object, account, lines, parents: given.companies },
        };
        try {
          const { events } = hubspot.translate(snapshot, context);
          expect(Event.parse(events[0])).to.deep.equal(events[0]);
          expect(hubspot.translate(snapshot, context).events).to.deep.equal(events);
        } catch (error) {
          expect(error).to.be.instanceOf(InvalidData);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('comes to the same records, whichever webhooks are heard, in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(acts, async (history) => {
        const deaf = history.map((act) => (act.do === 'hear' ? { ...act, do: 'silence' } : act));
        const heard = await play(history, hubspotWorld({ limits: { tenSecondly: 0 } }));
        const unheard = await play(deaf, hubspotWorld({ limits: { tenSecondly: 0 } }));
        // A webhook may tell of a record that was gone for good before anybody else asked for it.
        expect(heard).to.include.members(unheard);
        for (const extra of heard.filter((one) => !unheard.includes(one)))
          expect(extra).to.match(/"(deleted|merged)"/);
      }),
      { numRuns: 60 },
    );
  });

  it('reads back what it was told', async () => {
    const text = fc.stringMatching(/^[A-Za-zÄé][A-Za-zÄé0-9.-]{0,12}$/);
    const told = fc.record({
      name: fc.array(text, { minLength: 1, maxLength: 4 }).map((words) => words.join(' ')),
      phone: fc.option(text),
      'address.street': text,
      'address.city': fc.option(text),
      'address.country': fc.constantFrom('DE', 'US', 'GB', 'CZ', 'CI', 'KR', 'MK', 'TR', 'BO', 'VA'),
    });
    const { sandbox, session } = hubspotWorld({ limits: { tenSecondly: 0 } });
    const ids = { customer: sandbox.create('companies', {}), contact: sandbox.create('contacts', {}) };
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('customer', 'contact'), told, async (kind, values) => {
        const externalId = ids[kind as 'customer'];
        await session.push!(push(kind as 'customer', externalId, { values }));
        const { events } = hubspot.translate(await session.read(kind as 'customer', externalId), context);
        expect(events[0]!.entity).to.include({ name: values.name, phone: values.phone });
        expect(events[0]!.entity)
          .to.have.nested.property('addresses[0]')
          .that.deep.includes({
            lines: [values['address.street']],
            city: values['address.city'],
            country: values['address.country'],
          });
      }),
      { numRuns: 200 },
    );
  });

  it('reckons with prices exactly', () => {
    const cents = fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n });
    const show = (amount: bigint): string => {
      const digits = String(amount < 0n ? -amount : amount).padStart(3, '0');
      return `${amount < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
    };
    const plain = (text: string) => decimalOf(wireObject('1', { price: text }), 'price')!;
    fc.assert(
      fc.property(cents, cents, (a, b) => {
        expect(minus(plain(show(a)), plain(show(b)))).to.equal(plain(show(a - b)));
      }),
    );
    expect(plain('1.5e3')).to.equal('1500');
    expect(plain('15E-4')).to.equal('0.0015');
    expect(plain('-0.00')).to.equal('0');
  });

  it('answers any signed nonsense with a refusal or with nothing to do, never with a crash', () => {
    const word = fc.constantFrom(
      'company',
      'contact',
      'deal',
      'object',
      '__proto__',
      'constructor',
      'ticket',
    );
    const verb = fc.constantFrom('creation', 'merge', 'associationChange', 'restore', 'toString');
    const event = fc.record(
      {
        subscriptionType: fc.tuple(word, verb).map((parts) => parts.join('.')),
        portalId: fc.constantFrom(1001, '1001', null),
        occurredAt: fc.constantFrom(1, -1, '1'),
        objectId: fc.oneof(fc.nat(), fc.string(), fc.constant(null)),
        objectTypeId: fc.constantFrom('0-1', '__proto__'),
        mergedObjectIds: fc.array(fc.nat()),
        associationType: fc.constantFrom('DEAL_TO_CONTACT', '_TO_', '__PROTO___TO_X', ''),
        fromObjectId: fc.nat(),
        toObjectId: fc.nat(),
      },
      { requiredKeys: ['subscriptionType', 'portalId', 'occurredAt'] },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.array(event).map((all) => JSON.stringify(all)),
        ),
        (text) => {
          const v3 = createHmac('sha256', SECRET).update(`POST${HOOK}${text}${START}`).digest('base64');
          const headers = { 'x-hubspot-signature-v3': v3, 'x-hubspot-request-timestamp': String(START) };
          try {
            const raw = { headers, body: Buffer.from(text), receivedAt: START };
            const { deliveries } = hubspot.receive(raw, connectionTo('http://hubspot.example'));
            for (const delivery of deliveries) expect(delivery.externalId).to.match(/^\d+$/);
          } catch (error) {
            expect(error).to.be.instanceOf(Refused);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

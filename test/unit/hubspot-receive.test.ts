/** HubSpot's webhooks: whose they are, whether anybody changed them, and which records they are about. */
import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import type { Connection } from '../../sidecar/domain/connection.ts';
import type { Received } from '../../sidecar/domain/connector.ts';
import { Refused } from '../../sidecar/domain/failure.ts';
import { hubspot } from '../../sidecar/connectors/hubspot/index.ts';
import { signedUrl } from '../../sidecar/connectors/hubspot/verify.ts';
import { wireEvent } from '../support/hubspot-wire.ts';
import { connectionTo, HOOK, SECRET, START } from '../support/hubspot-world.ts';

const home = connectionTo('http://hubspot.example');

interface Signing {
  url?: string;
  secret?: string;
  at?: number;
  stamp?: string;
}

function receive(body: string, connection: Connection = home, signing: Signing = {}): Received {
  const { url = HOOK, secret = SECRET, at = START } = signing;
  const stamp = signing.stamp ?? String(at);
  const v3 = createHmac('sha256', secret).update(`POST${url}${body}${stamp}`).digest('base64');
  const headers = { 'X-HubSpot-Signature-v3': v3, 'X-HubSpot-Request-Timestamp': stamp };
  return hubspot.receive({ headers, body: Buffer.from(body), receivedAt: START }, connection);
}

const events = (...all: object[]): string => JSON.stringify(all);
const records = ({ deliveries }: Received) =>
  deliveries.map(({ kind, externalId }) => `${kind}:${externalId}`);
const withOptions = (options: object): Connection => ({ ...home, options: { ...home.options, ...options } });

function refusal(call: () => unknown): Refused {
  try {
    call();
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('HubSpot webhooks', () => {
  const created = events(wireEvent('company.creation', 1));

  it('are signed over the address that HubSpot was told, with its decodings', () => {
    const url = `${HOOK}?to=a%2Fb%3Ac%20d`;
    expect(signedUrl(url)).to.equal(`${HOOK}?to=a/b:c%20d`);
    const connection = withOptions({ public_url: url });
    expect(records(receive(created, connection, { url: `${HOOK}?to=a/b:c%20d` }))).to.deep.equal([
      'customer:1',
    ]);
    expect(refusal(() => receive(created, connection, { url: HOOK })).code).to.equal('signature_mismatch');
  });

  it('are taken with either secret while one is rotated', () => {
    const connection = { ...home, secrets: { ...home.secrets, webhook_secret: ['new', SECRET] } };
    for (const secret of ['new', SECRET])
      expect(records(receive(created, connection, { secret }))).to.deep.equal(['customer:1']);
  });

  it('are refused five minutes before and after our time, and with no time at all', () => {
    for (const at of [START - 300_001, START + 300_001])
      expect(refusal(() => receive(created, home, { at }))).to.include({
        status: 401,
        code: 'signature_stale',
      });
    for (const at of [START - 300_000, START + 300_000])
      expect(receive(created, home, { at }).deliveries).to.have.length(1);
    expect(refusal(() => receive(created, home, { stamp: 'now' })).code).to.equal('signature_malformed');
  });

  it('need to know their address and a secret', () => {
    expect(refusal(() => receive(created, { ...home, options: {} })).code).to.equal('no_public_url');
    expect(refusal(() => receive(created, { ...home, secrets: {} })).code).to.equal('no_webhook_secret');
  });

  it('become one hint per record, whatever the order and number of its events', () => {
    const two = wireEvent('company.propertyChange', 2, { propertyName: 'name', propertyValue: 'B' });
    const again = wireEvent('company.propertyChange', 2, { propertyName: 'city', propertyValue: 'Bonn' });
    const person = wireEvent('contact.creation', 3);
    const one = receive(events(two, person, again));
    expect(records(one)).to.deep.equal(['customer:2', 'contact:3']);
    const other = receive(events(again, again, person, { ...two, attemptNumber: 3, eventId: 9 }));
    const ids = ({ deliveries }: Received) => new Set(deliveries.map(({ id }) => id));
    expect(ids(other)).to.deep.equal(ids(one));
    const later = { ...two, occurredAt: two.occurredAt + 1 };
    for (const others of [[two], [later, again]])
      expect([...ids(receive(events(...others)))].filter((id) => ids(one).has(id))).to.deep.equal([]);
  });

  it('of a hundred records are not kept a hundred times', () => {
    const body = events(...Array.from({ length: 100 }, (_, n) => wireEvent('contact.creation', n + 1)));
    const { deliveries } = receive(body);
    expect(deliveries).to.have.length(100);
    expect(deliveries.reduce((sum, one) => sum + one.body.length, 0)).to.be.below(2 * body.length);
  });

  it('tell no property’s value in their ids', () => {
    const event = wireEvent('contact.propertyChange', 1, {
      propertyName: 'email',
      propertyValue: 'a@b.example',
    });
    expect(receive(events(event)).deliveries[0]!.id).to.match(/^contact:1:[0-9a-f]{32}$/);
  });

  it('of a merge name the winner, the new id and all losers', () => {
    const merge = { primaryObjectId: 1, mergedObjectIds: [2, 3], newObjectId: 4, numberOfPropertiesMoved: 1 };
    expect(records(receive(events(wireEvent('company.merge', 1, merge))))).to.have.members(
      [1, 2, 3, 4].map((id) => `customer:${id}`),
    );
  });

  it('of an association name the deal, else the person, else both companies', () => {
    const told = (word: string, associationType: string) =>
      records(
        receive(
          events({
            ...wireEvent(`${word}.associationChange`, 0),
            objectId: undefined,
            associationType,
            fromObjectId: 1,
            toObjectId: 2,
          }),
        ),
      );
    expect(told('deal', 'DEAL_TO_COMPANY')).to.deep.equal(['deal:1']);
    expect(told('company', 'COMPANY_TO_DEAL')).to.deep.equal(['deal:2']);
    expect(told('deal', 'DEAL_TO_LINE_ITEM')).to.deep.equal(['deal:1']);
    expect(told('contact', 'CONTACT_TO_COMPANY')).to.deep.equal(['contact:1']);
    expect(told('company', 'PARENT_COMPANY_TO_CHILD_COMPANY')).to.deep.equal(['customer:1', 'customer:2']);
  });

  it('of the generic kind are understood by the type of their object', () => {
    expect(records(receive(events(wireEvent('object.creation', 7, { objectTypeId: '0-3' }))))).to.deep.equal([
      'deal:7',
    ]);
  });

  it('keep ids that no double can hold', () => {
    const body = created.replace('"objectId":1', '"objectId":90071992547409931');
    expect(records(receive(body))).to.deep.equal(['customer:90071992547409931']);
  });

  it('about tickets, line items or nothing are answered and left alone', () => {
    for (const type of ['ticket.creation', 'line_item.propertyChange', 'object.creation'])
      expect(receive(events(wireEvent(type, 1))).ignored).to.include(type);
    expect(receive('[]')).to.deep.equal({ deliveries: [], ignored: 'the message holds no events' });
  });

  it('of another portal are refused, and left out where ours are among them', () => {
    const connection = withOptions({ portal: 1001 });
    const other = { ...wireEvent('company.creation', 2), portalId: 1002 };
    expect(refusal(() => receive(events(other), connection))).to.include({
      status: 400,
      code: 'other_account',
    });
    expect(records(receive(events(other, wireEvent('company.creation', 1)), connection))).to.deep.equal([
      'customer:1',
    ]);
  });

  it('that are no list of events are refused with a reason', () => {
    expect(refusal(() => receive('{}')).code).to.equal('not_a_list');
    expect(refusal(() => receive('nonsense')).code).to.equal('not_a_list');
    expect(refusal(() => receive('[{"a":1}]')).code).to.equal('not_an_event');
  });
});

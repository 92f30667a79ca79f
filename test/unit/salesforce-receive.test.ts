/** Messages of an org: SOAP or JSON, from whoever knows the secret, about records of ours. */
import { expect } from 'chai';
import type { RawDelivery } from '../../sidecar/domain/connector.ts';
import type { Connection } from '../../sidecar/domain/connection.ts';
import { Refused } from '../../sidecar/domain/failure.ts';
import { salesforce } from '../../sidecar/connectors/salesforce/index.ts';
import { NOW } from '../support/salesforce-wire.ts';

const connection = (options: Record<string, unknown> = {}, secrets = ['old', 'new']): Connection => ({
  id: 'crm',
  system: 'salesforce',
  company: 'base.main_company',
  environment: 'test',
  baseUrl: undefined,
  time_zone: 'UTC',
  secrets: { webhook_secret: secrets },
  options,
});

const raw = (
  body: unknown,
  headers: Record<string, string> = { 'X-Saas-Sync-Token': 'new' },
): RawDelivery => ({
  headers,
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  receivedAt: NOW,
});

const soap = (
  ...notifications: [notification: string, id: string][]
): string => `<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>
<notifications xmlns="http://soap.sforce.com/2005/09/outbound"><OrganizationId>00D000000000001EAA</OrganizationId>
${notifications.map(([own, id]) => `<Notification><Id>${own}</Id><sObject xmlns:sf="urn:sobject"><sf:Id>${id}</sf:Id></sObject></Notification>`).join('\n')}
</notifications></soapenv:Body></soapenv:Envelope>`;

function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof Refused) return `${error.status} ${error.code}`;
    throw error;
  }
  return 'taken';
}

describe('Salesforce messages', () => {
  it('of a Flow name records by object and ids, as one or as many', () => {
    const one = salesforce.receive(raw({ object: 'Account', ids: '001D000000IRFma' }), connection());
    expect(one.deliveries.map(({ kind, externalId, form }) => [kind, externalId, form])).to.deep.equal([
      ['customer', '001D000000IRFmaIAH', 'hint'],
    ]);
    expect(one.answer).to.equal(undefined);
    const ids = ['006Qy000000000bIAA', '006Qy0000000011IAA', '006Qy000000000bIAA', 'nonsense'];
    const many = salesforce.receive(raw({ object: 'Opportunity', ids }), connection());
    expect(many.deliveries.map(({ kind }) => kind)).to.deep.equal(['deal', 'deal']);
  });

  it('by outbound message name records by id alone, and are acknowledged as the vendor wants it', () => {
    const body = soap(
      ['04l1', '001D000000IRFma'],
      ['04l2', '003Qy000000000bIAA'],
      ['04l3', '500Qy000000000bIAA'],
    );
    const { deliveries, answer } = salesforce.receive(raw(body), connection());
    expect(deliveries.map(({ id, kind }) => [id, kind])).to.deep.equal([
      ['message:04l1:001D000000IRFmaIAH', 'customer'],
      ['message:04l2:003Qy000000000bIAA', 'contact'],
    ]);
    expect(answer?.contentType).to.contain('text/xml');
    expect(answer?.body).to.contain('<Ack>true</Ack>');
  });

  it('that are repeated have the same ids, so that they count once', () => {
    const body = soap(['04l1', '001D000000IRFma']);
    const ids = [raw(body), { ...raw(body), receivedAt: NOW + 60_000 }].map(
      (each) => salesforce.receive(each, connection()).deliveries[0]?.id,
    );
    expect(ids[0]).to.equal(ids[1]);
  });

  it('about other objects are acknowledged and ignored', () => {
    const { deliveries, ignored, answer } = salesforce.receive(
      raw(soap(['04l1', '500Qy000000000bIAA'])),
      connection(),
    );
    expect(deliveries).to.deep.equal([]);
    expect(ignored).to.contain('500');
    expect(answer?.body).to.contain('<Ack>true</Ack>');
  });

  it('carry one of the secrets, in a header of ours or as a bearer token', () => {
    const body = { object: 'Account', ids: ['001D000000IRFma'] };
    const outcome = (headers: Record<string, string>, own = connection()) =>
      refusal(() => salesforce.receive(raw(body, headers), own));
    expect(outcome({ 'x-saas-sync-token': 'old' })).to.equal('taken');
    expect(outcome({ authorization: 'Bearer new' })).to.equal('taken');
    expect(outcome({ 'x-saas-sync-token': 'other' })).to.equal('401 token_mismatch');
    expect(outcome({})).to.equal('401 token_missing');
    expect(outcome({ 'x-saas-sync-token': 'x' }, connection({}, []))).to.equal('401 no_webhook_secret');
  });

  it('of another org are refused where the connection says which is its own', () => {
    const own = connection({ organization: '00D000000000001' });
    expect(refusal(() => salesforce.receive(raw(soap(['04l1', '001D000000IRFma'])), own))).to.equal('taken');
    const other = connection({ organization: '00D000000000002' });
    expect(refusal(() => salesforce.receive(raw(soap(['04l1', '001D000000IRFma'])), other))).to.equal(
      '400 other_account',
    );
  });

  it('that nobody can read are refused, and so are too many ids', () => {
    const outcome = (body: unknown) => refusal(() => salesforce.receive(raw(body), connection()));
    for (const body of ['', '{}', '[]', '<a/>', '<a><b></a>', '{"object":1,"ids":[]}'])
      expect(outcome(body), body).to.equal('400 not_a_message');
    const bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><Envelope>&a;</Envelope>';
    expect(outcome(bomb)).to.equal('400 not_a_message');
    expect(
      outcome({ object: 'Account', ids: Array.from({ length: 201 }, () => '001D000000IRFma') }),
    ).to.equal('400 too_many');
  });
});

/** Credit notes and the refunds that paid them out, or did not. */
import { expect } from 'chai';
import { stripe } from '../../sidecar/connectors/stripe/index.ts';
import { wireCreditNote } from '../support/stripe-wire.ts';

const creditNote = (status: string) => {
  const body = wireCreditNote({
    refunds: [
      {
        amount_refunded: 5950,
        payment_record_refund: null,
        refund: { id: 're_1', object: 'refund', status },
        type: 'refund',
      },
    ],
  });
  const snapshot = { kind: 'credit_note' as const, externalId: String(body['id']), readAt: 0, body };
  const context = { connection: 'c', timeZone: 'UTC', environment: 'live' as const, reason: 'test' };
  return stripe.translate(snapshot, context);
};

describe('a refund named by a credit note', () => {
  it('settles the note when it was paid out', () => {
    const { events } = creditNote('succeeded');
    expect(events[0]?.entity)
      .to.have.property('refunds')
      .that.deep.equals([{ refund: 're_1', amount: 5950 }]);
  });

  for (const status of ['failed', 'canceled'])
    it(`settles nothing when it is ${status}, and is looked at all the same`, () => {
      const { events, follow } = creditNote(status);
      expect(events[0]?.entity).to.have.property('refunds').that.deep.equals([]);
      expect(follow).to.deep.include({ connection: 'c', kind: 'refund', externalId: 're_1' });
    });
});

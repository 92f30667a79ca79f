/** Which of Stripe's events go before all others, and what the session tells of its limits. */
import { expect } from 'chai';
import type { Connection } from '../../sidecar/domain/connection.ts';
import { deliveriesOf } from '../../sidecar/connectors/stripe/receive.ts';
import { stripe } from '../../sidecar/connectors/stripe/index.ts';
import { WireEvent } from '../../sidecar/connectors/stripe/schema.ts';

const how = { connection: 'stripe-eu', origin: 'hook' as const, receivedAt: 0, body: Buffer.alloc(0) };

describe('Stripe: what goes first', () => {
  const urgentOf = (type: string): (boolean | undefined)[] | undefined => {
    const event = WireEvent.parse({
      id: 'evt_1',
      object: 'event',
      type,
      created: 1,
      livemode: false,
      api_version: '2026-10-28.endive',
      data: { object: { id: 'x_1', payment_intent: 'pi_1' } },
    });
    return deliveriesOf(event, how)?.map(({ urgent }) => urgent);
  };

  for (const type of [
    'invoice.payment_failed',
    'invoice.payment_action_required',
    'payment_intent.payment_failed',
    'charge.failed',
    'charge.refunded',
    'refund.created',
    'refund.failed',
    'charge.refund.updated',
  ])
    it(`is ${type}, as money is in trouble`, () => {
      expect(urgentOf(type)).to.deep.equal([true]);
    });

  for (const type of ['invoice.paid', 'customer.updated', 'product.updated', 'payment_intent.succeeded'])
    it(`is not ${type}`, () => {
      expect(urgentOf(type)).to.deep.equal([undefined]);
    });
});

describe('Stripe: what is left of its limits', () => {
  const budgetOf = (over: Partial<Connection>) =>
    stripe
      .open(
        {
          id: 'stripe-eu',
          system: 'stripe',
          company: 'base.main_company',
          environment: 'live',
          baseUrl: undefined,
          time_zone: 'UTC',
          secrets: { api_key: ['rk_live_unit'] },
          options: {},
          ...over,
        },
        { now: () => 0 },
      )
      .budget?.();

  it('is told for the last minute, below the documented limits of live and sandbox, or as the site says', () => {
    expect(budgetOf({})).to.deep.equal({ left: 4_800, of: 4_800, perMs: 60_000, resetsAt: null });
    expect(budgetOf({ environment: 'test' })?.of).to.equal(1_200);
    expect(budgetOf({ options: { rate_per_second: 5 } })?.of).to.equal(300);
  });
});

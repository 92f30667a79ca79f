/** Stripe's test cards: a token such as `pm_card_visa` becomes a payment method of the customer. */
import type { Account } from '../account.ts';
import { noSuch } from '../errors.ts';
import { get, type Route } from '../routes.ts';
import type { StripeObject } from '../state.ts';

/** What happens when the card is charged or refunded. */
const TEST_CARDS: Record<
  string,
  { brand: string; last4: string; declines?: string; refund?: 'pending' | 'fails' }
> = {
  pm_card_visa: { brand: 'visa', last4: '4242' },
  pm_card_mastercard: { brand: 'mastercard', last4: '4444' },
  pm_card_chargeCustomerFail: { brand: 'visa', last4: '0341', declines: 'generic_decline' },
  pm_card_visa_chargeDeclinedInsufficientFunds: {
    brand: 'visa',
    last4: '9995',
    declines: 'insufficient_funds',
  },
  pm_card_pendingRefund: { brand: 'visa', last4: '7726', refund: 'pending' },
  pm_card_refundFail: { brand: 'visa', last4: '5126', refund: 'fails' },
};

/** The payment method itself, or a new one made of a test token. */
export function adoptPaymentMethod(
  account: Account,
  idOrToken: string,
  customer: string | null,
): StripeObject {
  const known = account.find('payment_method', idOrToken);
  if (known) return known;
  const card = TEST_CARDS[idOrToken];
  if (!card) throw noSuch('PaymentMethod', idOrToken, 'payment_method');
  return account.insert('payment_method', {
    ...account.base('payment_method'),
    allow_redisplay: 'unspecified',
    billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
    card: {
      brand: card.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
      country: 'DE',
      display_brand: card.brand,
      exp_month: 12,
      exp_year: 2030,
      fingerprint: account.ids.random(16),
      funding: 'credit',
      last4: card.last4,
      wallet: null,
    },
    customer,
    customer_account: null,
    metadata: {},
    type: 'card',
    _declines: card.declines ?? null,
    _refund: card.refund ?? null,
  });
}

export const paymentMethodRoutes: Route[] = [
  get('/v1/payment_methods/:id', [], ({ account, path }) => account.get('payment_method', path['id'] ?? '')),
];

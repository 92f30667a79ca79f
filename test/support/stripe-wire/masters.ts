/** Customers, products, prices and tax rates as Stripe writes them. */
import { AT, type Wire } from './common.ts';

export function wireAddress(over: Wire = {}): Wire {
  return {
    city: 'Musterstadt',
    country: 'DE',
    line1: 'Beispielweg 7',
    line2: null,
    postal_code: '12345',
    state: null,
    ...over,
  };
}

export function wireCustomer(over: Wire = {}): Wire {
  return {
    id: 'cus_Ada',
    object: 'customer',
    address: wireAddress(),
    balance: 0,
    created: AT,
    currency: 'eur',
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: 'ledger@example.com',
    invoice_prefix: 'ADA',
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: {},
    name: 'Ada Engines GmbH',
    next_invoice_sequence: 2,
    phone: null,
    preferred_locales: ['de-DE'],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
    ...over,
  };
}

export function wireTaxId(over: Wire = {}): Wire {
  return {
    id: 'txi_1',
    object: 'tax_id',
    country: 'DE',
    created: AT,
    customer: 'cus_Ada',
    customer_account: null,
    livemode: false,
    owner: { type: 'customer', customer: 'cus_Ada', customer_account: null },
    type: 'eu_vat',
    value: 'DE123456789',
    verification: { status: 'verified', verified_address: null, verified_name: null },
    ...over,
  };
}

export function wireProduct(over: Wire = {}): Wire {
  return {
    id: 'prod_Pro',
    object: 'product',
    active: true,
    created: AT,
    default_price: null,
    description: 'Everything in the plan',
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: {},
    name: 'Pro plan',
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: 'txcd_10103001',
    tax_details: null,
    type: 'service',
    unit_label: 'seat',
    updated: AT,
    url: null,
    ...over,
  };
}

export function wirePrice(over: Wire = {}): Wire {
  return {
    id: 'price_Pro',
    object: 'price',
    active: true,
    billing_scheme: 'per_unit',
    created: AT,
    currency: 'eur',
    custom_unit_amount: null,
    livemode: false,
    lookup_key: null,
    metadata: {},
    nickname: 'Pro monthly',
    product: 'prod_Pro',
    recurring: {
      interval: 'month',
      interval_count: 1,
      meter: null,
      trial_period_days: null,
      usage_type: 'licensed',
    },
    tax_behavior: 'exclusive',
    tiers_mode: null,
    transform_quantity: null,
    type: 'recurring',
    unit_amount: 5000,
    unit_amount_decimal: '5000',
    ...over,
  };
}

export function wireTaxRate(over: Wire = {}): Wire {
  return {
    id: 'txr_19',
    object: 'tax_rate',
    active: true,
    country: 'DE',
    created: AT,
    description: null,
    display_name: 'USt',
    effective_percentage: 19,
    flat_amount: null,
    inclusive: false,
    jurisdiction: 'DE',
    jurisdiction_level: 'country',
    livemode: false,
    metadata: {},
    percentage: 19,
    rate_type: 'percentage',
    state: null,
    tax_type: 'vat',
    ...over,
  };
}

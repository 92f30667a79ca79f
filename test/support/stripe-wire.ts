/** Complete objects as Stripe's API version 2026-10-28.endive writes them, with invented data; overrides on top. */

export type Wire = Record<string, unknown>;

/** 2026-03-02 10:00:00 UTC. */
export const AT = 1_772_445_600;

export const listOf = (url: string, data: Wire[], more = false) => ({
  object: 'list',
  url,
  has_more: more,
  data,
});

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

/** One tax on a line or a document. */
export function wireTax(amount: number, base: number | null, over: Wire = {}): Wire {
  return {
    amount,
    tax_behavior: 'exclusive',
    tax_rate_details: { tax_rate: 'txr_19' },
    taxability_reason: 'standard_rated',
    taxable_amount: base,
    type: 'tax_rate_details',
    ...over,
  };
}

export function wireLine(over: Wire = {}): Wire {
  return {
    id: 'il_1',
    object: 'line_item',
    amount: 10_000,
    currency: 'eur',
    description: '2 × Pro plan (at €50.00 / month)',
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice: 'in_1',
    livemode: false,
    metadata: {},
    parent: {
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: null,
        proration: false,
        proration_details: { credited_items: null },
        subscription: 'sub_1',
        subscription_item: 'si_1',
      },
      type: 'subscription_item_details',
    },
    period: { start: AT, end: AT + 31 * 86_400 },
    pretax_credit_amounts: [],
    pricing: {
      price_details: { price: 'price_Pro', product: 'prod_Pro' },
      type: 'price_details',
      unit_amount_decimal: '5000',
    },
    quantity: 2,
    quantity_decimal: '2',
    subscription: 'sub_1',
    subtotal: over['amount'] ?? 10_000,
    taxes: [wireTax(1900, 10_000)],
    ...over,
  };
}

export function wireInvoicePayment(over: Wire = {}): Wire {
  return {
    id: 'inpay_1',
    object: 'invoice_payment',
    amount_paid: 11_900,
    amount_requested: 11_900,
    created: AT,
    currency: 'eur',
    invoice: 'in_1',
    is_default: true,
    livemode: false,
    payment: { payment_intent: 'pi_1', type: 'payment_intent' },
    status: 'paid',
    status_transitions: { canceled_at: null, paid_at: AT + 60 },
    ...over,
  };
}

/** An invoice of one line over 100.00 + 19 % tax, paid. `lines` and `payments` are given as arrays. */
export function wireInvoice(over: Wire & { lines?: Wire[]; payments?: Wire[] } = {}): Wire {
  const { lines = [wireLine()], payments = [wireInvoicePayment()], ...rest } = over;
  const id = String(over['id'] ?? 'in_1');
  return {
    id,
    object: 'invoice',
    account_country: 'DE',
    account_name: 'Example Engines',
    account_tax_ids: null,
    amount_due: 11_900,
    amount_overpaid: 0,
    amount_paid: 11_900,
    amount_paid_off_stripe: 0,
    amount_remaining: 0,
    amount_shipping: 0,
    application: null,
    attempt_count: 1,
    attempted: true,
    auto_advance: false,
    automatic_tax: {
      disabled_reason: null,
      enabled: false,
      liability: null,
      provider: null,
      status: null,
    },
    automatically_finalizes_at: null,
    billing_reason: 'subscription_cycle',
    collection_method: 'charge_automatically',
    created: AT,
    currency: 'eur',
    custom_fields: null,
    customer: 'cus_Ada',
    customer_account: null,
    customer_address: wireAddress(),
    customer_email: 'ledger@example.com',
    customer_name: 'Ada Engines GmbH',
    customer_phone: null,
    customer_shipping: null,
    customer_tax_exempt: 'none',
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: null,
    effective_at: AT,
    ending_balance: 0,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: `https://invoice.example.com/i/${id}`,
    invoice_pdf: `https://invoice.example.com/i/${id}/pdf`,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    livemode: false,
    metadata: {},
    next_payment_attempt: null,
    number: 'ADA-0001',
    on_behalf_of: null,
    parent: {
      quote_details: null,
      subscription_details: { metadata: {}, subscription: 'sub_1' },
      type: 'subscription_details',
    },
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: AT,
    period_start: AT - 28 * 86_400,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: 0,
    statement_descriptor: null,
    status: 'paid',
    status_transitions: {
      finalized_at: AT,
      marked_uncollectible_at: null,
      paid_at: AT + 60,
      voided_at: null,
    },
    subtotal: 10_000,
    subtotal_excluding_tax: 10_000,
    test_clock: null,
    total: 11_900,
    total_discount_amounts: [],
    total_excluding_tax: 10_000,
    total_pretax_credit_amounts: [],
    total_taxes: [wireTax(1900, 10_000)],
    webhooks_delivered_at: AT,
    ...rest,
    lines: listOf(`/v1/invoices/${id}/lines`, lines),
    payments: listOf('/v1/invoice_payments', payments),
  };
}

export function wireCreditNoteLine(over: Wire = {}): Wire {
  return {
    id: 'cnli_1',
    object: 'credit_note_line_item',
    amount: 5000,
    description: '1 × Pro plan (at €50.00 / month)',
    discount_amount: 0,
    discount_amounts: [],
    invoice_line_item: 'il_1',
    livemode: false,
    metadata: null,
    pretax_credit_amounts: [],
    quantity: 1,
    tax_rates: [],
    taxes: [wireTax(950, 5000)],
    type: 'invoice_line_item',
    unit_amount: 5000,
    unit_amount_decimal: '5000',
    ...over,
  };
}

/** A credit note over half of `wireInvoice`, refunded. */
export function wireCreditNote(over: Wire & { lines?: Wire[] } = {}): Wire {
  const { lines = [wireCreditNoteLine()], ...rest } = over;
  const id = String(over['id'] ?? 'cn_1');
  return {
    id,
    object: 'credit_note',
    amount: 5950,
    amount_shipping: 0,
    created: AT + 86_400,
    currency: 'eur',
    customer: 'cus_Ada',
    customer_account: null,
    customer_balance_transaction: null,
    discount_amount: 0,
    discount_amounts: [],
    effective_at: AT + 86_400,
    invoice: 'in_1',
    livemode: false,
    memo: null,
    metadata: {},
    number: 'ADA-0001-CN-01',
    out_of_band_amount: null,
    pdf: `https://invoice.example.com/cn/${id}/pdf`,
    post_payment_amount: 5950,
    pre_payment_amount: 0,
    pretax_credit_amounts: [],
    reason: 'order_change',
    refunds: [{ amount_refunded: 5950, payment_record_refund: null, refund: 're_1', type: 'refund' }],
    shipping_cost: null,
    status: 'issued',
    subtotal: 5000,
    subtotal_excluding_tax: 5000,
    total: 5950,
    total_excluding_tax: 5000,
    total_taxes: [wireTax(950, 5000)],
    type: 'post_payment',
    voided_at: null,
    ...rest,
    lines: listOf(`/v1/credit_notes/${id}/lines`, lines),
  };
}

export function wireCharge(over: Wire = {}): Wire {
  return {
    id: 'ch_1',
    object: 'charge',
    amount: 11_900,
    amount_captured: 11_900,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: 'txn_1',
    billing_details: {
      address: wireAddress(),
      email: null,
      name: 'Ada Engines GmbH',
      phone: null,
      tax_id: null,
    },
    calculated_statement_descriptor: 'EXAMPLE ENGINES',
    captured: true,
    created: AT + 60,
    currency: 'eur',
    customer: 'cus_Ada',
    description: 'Subscription update',
    disputed: false,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    fraud_details: {},
    livemode: false,
    metadata: {},
    on_behalf_of: null,
    outcome: null,
    paid: true,
    payment_intent: 'pi_1',
    payment_method: 'pm_1',
    payment_method_details: {
      sepa_debit: {
        bank_code: '37040044',
        branch_code: null,
        country: 'DE',
        fingerprint: 'abc',
        last4: '3000',
        mandate: null,
      },
      type: 'sepa_debit',
    },
    receipt_email: null,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'succeeded',
    transfer_data: null,
    transfer_group: null,
    ...over,
  };
}

export function wirePaymentIntent(over: Wire = {}): Wire {
  return {
    id: 'pi_1',
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: 11_900,
    amount_capturable: 0,
    amount_received: 11_900,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic',
    client_secret: null,
    confirmation_method: 'automatic',
    created: AT + 30,
    currency: 'eur',
    customer: 'cus_Ada',
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: 'ch_1',
    livemode: false,
    managed_payments: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: 'pm_1',
    payment_method_configuration_details: null,
    payment_method_options: null,
    payment_method_types: ['sepa_debit'],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'succeeded',
    transfer_data: null,
    transfer_group: null,
    ...over,
  };
}

export function wireRefund(over: Wire = {}): Wire {
  return {
    id: 're_1',
    object: 'refund',
    amount: 5950,
    balance_transaction: 'txn_2',
    charge: 'ch_1',
    created: AT + 86_400,
    currency: 'eur',
    customer: 'cus_Ada',
    customer_account: null,
    metadata: {},
    payment_intent: 'pi_1',
    payment_method: null,
    reason: 'requested_by_customer',
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
    ...over,
  };
}

/** A webhook's or the event list's envelope. */
export function wireEvent(type: string, object: Wire, over: Wire = {}): Wire {
  return {
    id: 'evt_1',
    object: 'event',
    api_version: '2026-10-28.endive',
    created: AT + 90,
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
    ...over,
  };
}

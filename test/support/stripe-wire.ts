/** Complete objects as Stripe's API version 2026-10-28.endive writes them, with invented data; overrides on top. */
export * from './stripe-wire/common.ts';
export * from './stripe-wire/documents.ts';
export * from './stripe-wire/masters.ts';
export * from './stripe-wire/money.ts';

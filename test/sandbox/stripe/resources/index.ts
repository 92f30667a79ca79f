/** Every endpoint of the sandbox. */
import type { Route } from '../routes.ts';
import { balanceRoutes } from './balance.ts';
import { chargeRoutes } from './charges.ts';
import { couponRoutes } from './coupons.ts';
import { creditNoteRoutes } from './credit_notes.ts';
import { customerRoutes } from './customers.ts';
import { eventRoutes } from './events.ts';
import { invoiceItemRoutes } from './invoice_items.ts';
import { invoicePaymentRoutes } from './invoice_payments.ts';
import { invoiceRoutes } from './invoices.ts';
import { paymentIntentRoutes } from './payment_intents.ts';
import { paymentMethodRoutes } from './payment_methods.ts';
import { priceRoutes } from './prices.ts';
import { productRoutes } from './products.ts';
import { refundRoutes } from './refunds.ts';
import { subscriptionRoutes } from './subscriptions.ts';
import { taxIdRoutes } from './tax_ids.ts';
import { taxRateRoutes } from './tax_rates.ts';
import { webhookEndpointRoutes } from './webhook_endpoints.ts';

export const resources: Route[] = [
  ...customerRoutes,
  ...taxIdRoutes,
  ...paymentMethodRoutes,
  ...productRoutes,
  ...priceRoutes,
  ...taxRateRoutes,
  ...couponRoutes,
  ...invoiceItemRoutes,
  ...invoiceRoutes,
  ...invoicePaymentRoutes,
  ...paymentIntentRoutes,
  ...chargeRoutes,
  ...refundRoutes,
  ...creditNoteRoutes,
  ...subscriptionRoutes,
  ...eventRoutes,
  ...webhookEndpointRoutes,
  ...balanceRoutes,
];

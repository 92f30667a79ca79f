/** Stripe: who it is, and the parts that make it a connector. */
import type { Connector } from '../../domain/connector.ts';
import { receive } from './receive.ts';
import { open } from './session.ts';
import { CREDENTIALS, Options, SYSTEM, TITLE } from './settings.ts';
import { translate } from './translate/index.ts';

export const stripe: Connector = {
  system: SYSTEM,
  title: TITLE,
  kinds: ['tax_rate', 'customer', 'product', 'price', 'invoice', 'credit_note', 'payment', 'refund'],
  options: Options,
  credentials: CREDENTIALS,
  receive,
  translate,
  open,
};

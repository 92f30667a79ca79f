/** What an operator can set for a HubSpot connection, and the constants of the vendor's that everything here shares. */
import * as z from 'zod';
import type { Connection } from '../../domain/connection.ts';
import { Currency } from '../../domain/money.ts';
import { readOptions } from '../kit/options.ts';

export const SYSTEM = 'hubspot';
export const TITLE = 'HubSpot';
export const BASE_URL = 'https://api.hubapi.com';

const property = z.string().regex(/^[a-z0-9_]+$/, 'the internal name of a property, e.g. vat_number');

/** What HubSpot has no property of its own for: internal names of the account's properties. */
export const Fields = z.strictObject({
  /** Of companies. */
  vat: property.optional(),
  legal_name: property.optional(),
  /** Of deals. */
  payment_terms: property.optional(),
  contract_start: property.optional(),
  contract_end: property.optional(),
  purchase_order: property.optional(),
  legal_entity: property.optional(),
});
export type Fields = z.infer<typeof Fields>;

/** `options` of a HubSpot connection in connections.yaml. */
export const Options = z.strictObject({
  /** The address of the webhook exactly as HubSpot was told it: it is part of every signature. */
  public_url: z.url().optional(),
  /** The portal (Hub ID) this connection is about: events of another are refused, and so is its token. */
  portal: z.int().positive().optional(),
  /** ISO 4217: of deals that name none; else the account's own currency. */
  currency: Currency.optional(),
  /** The unique property of companies and contacts that holds the key of the record in Odoo. */
  key_property: property.default('odoo_key'),
  fields: Fields.default({}),
  /** How far the clock of a signature may be off, in seconds, in both directions. */
  tolerance_seconds: z.int().min(1).max(86_400).default(300),
  /** Calls per second beside searches, which are paced apart; the vendor allows a private app 19, and 10 in a free account. */
  rate_per_second: z.number().positive().max(1_000).default(17),
});
export type Options = z.infer<typeof Options>;

export const CREDENTIALS = {
  access_token: 'Access token of a private app; not needed where refresh_token is given.',
  client_id: 'Client id of the app, for OAuth.',
  client_secret: 'Client secret of the app, for OAuth; two of them while one is being rotated.',
  refresh_token: 'Refresh token that the OAuth installation gave.',
  webhook_secret: 'Client secret of the app that sends webhooks; two of them while one is being rotated.',
} as const;

/** The connection's options with defaults. Throws ConfigurationError naming the option that is wrong. */
export const optionsOf = (connection: Connection): Options => readOptions(Options, connection, TITLE);

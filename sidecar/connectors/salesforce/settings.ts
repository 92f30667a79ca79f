/** What an operator can set for a Salesforce connection, and the constants of the vendor's that everything here shares. */
import * as z from 'zod';
import type { Connection } from '../../domain/connection.ts';
import { Currency } from '../../domain/money.ts';
import { readOptions } from '../kit/options.ts';

export const SYSTEM = 'salesforce';
export const TITLE = 'Salesforce';
/** The version every path names; a version of the vendor's lives for three years and more. */
export const API_VERSION = '62.0';
export const API = `/services/data/v${API_VERSION}`;

const field = z
  .string()
  .regex(/^[A-Za-z]\w*(__c|__pc)?$/, 'the API name of a field, e.g. VAT_Number__c')
  .max(80);

/** What Salesforce has no standard field for: API names of the org's own fields. */
export const Fields = z.strictObject({
  /** Of Account. */
  vat: field.optional(),
  legal_name: field.optional(),
  email: field.optional(),
  language: field.optional(),
  customer_terms: field.optional(),
  /** Of Opportunity. */
  payment_terms: field.optional(),
  contract_start: field.optional(),
  contract_end: field.optional(),
  renewal: field.optional(),
  purchase_order: field.optional(),
  legal_entity: field.optional(),
  lost_reason: field.optional(),
});
export type Fields = z.infer<typeof Fields>;

/** `options` of a Salesforce connection in connections.yaml. */
export const Options = z.strictObject({
  /** Where we log in; My Domain (https://acme.my.salesforce.com) for client credentials. */
  login_url: z.url({ protocol: /^https?$/ }).optional(),
  /** How we log in; without it, whatever the credentials allow: a private key, a refresh token, a client secret. */
  login: z.enum(['private_key', 'refresh_token', 'client_credentials']).optional(),
  /** Whom a login with a private key is for. */
  username: z.string().min(3).optional(),
  /** The org (00D…) this connection is about: messages and logins of another are refused. */
  organization: z
    .string()
    .regex(/^00D[A-Za-z0-9]{12}([A-Za-z0-9]{3})?$/, 'an org id starts with 00D and has 15 or 18 characters')
    .optional(),
  /** ISO 4217: of all amounts, where the org does not keep several currencies. */
  currency: Currency.optional(),
  fields: Fields.default({}),
  /** Object → more of its fields to read, for rules that say `extra.<field>`. */
  extra: z.record(z.string(), z.array(field).max(100)).default({}),
  /** The unique external-id field of Account and Contact that holds the key of the record in Odoo. */
  key_field: field.default('Odoo_Key__c'),
  /** What happens when a duplicate rule warns about a record that we write. */
  duplicates: z.enum(['refuse', 'allow']).default('refuse'),
  /** Calls per second; the vendor counts calls per day instead. */
  rate_per_second: z.number().positive().max(100).default(20),
});
export type Options = z.infer<typeof Options>;

export const CREDENTIALS = {
  client_id: 'Consumer key of the connected app (or external client app).',
  client_secret: 'Consumer secret of the app; not needed for a login with a private key.',
  private_key:
    'RSA key in PEM, for a login by JWT; its certificate belongs to the app, and options.username says for whom.',
  refresh_token: 'Refresh token of the user we act for, where there is no private key.',
  webhook_secret:
    'Text that Flow and the proxy send in X-Saas-Sync-Token; two of them while one is being changed.',
} as const;

/** The connection's options with defaults. Throws ConfigurationError naming the option that is wrong. */
export const optionsOf = (connection: Connection): Options => readOptions(Options, connection, TITLE);

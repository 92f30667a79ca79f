/** What an operator can set for a Stripe connection, and the constants of the vendor's that everything here shares. */
import * as z from 'zod';
import type { Connection } from '../../domain/connection.ts';
import { readOptions } from '../kit/options.ts';

export const SYSTEM = 'stripe';
export const TITLE = 'Stripe';
/** Sent with every request, and required of every webhook: schema.ts and translate/ are written for this version. */
export const API_VERSION = '2026-10-28.endive';
export const BASE_URL = 'https://api.stripe.com';

/** `options` of a Stripe connection in connections.yaml. */
export const Options = z.strictObject({
  /** The account (`acct_…`) this connection is about: events of another are refused, and requests name it. Needed for
   * Connect, where a platform's key reads a connected account. */
  account: z
    .string()
    .regex(/^acct_\w+$/, 'an account id starts with acct_')
    .optional(),
  /** How far the clock of a signature may be off, in seconds, in both directions. */
  tolerance_seconds: z.int().min(1).max(86_400).default(300),
  /** Calls per second; the vendor allows 100 live and 25 in a sandbox, for all programs together. */
  rate_per_second: z.number().positive().max(100).optional(),
});
export type Options = z.infer<typeof Options>;

export const CREDENTIALS = {
  api_key: 'Secret or restricted key (sk_… or rk_…) with read access to billing; restricted is better.',
  webhook_secret: 'Signing secret of the webhook endpoint (whsec_…); two of them while one is being rotated.',
} as const;

/** The connection's options with defaults. Throws ConfigurationError naming the option that is wrong. */
export const optionsOf = (connection: Connection): Options => readOptions(Options, connection, TITLE);

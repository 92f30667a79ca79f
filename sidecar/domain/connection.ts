/** One account of one system, as written in connections.yaml. */
import * as z from 'zod';

/** Where a secret is found; never the secret itself. */
export const SecretSource = z.union([
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
]);
export type SecretSource = z.infer<typeof SecretSource>;

export const ConnectionConfig = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/, 'lower case letters, digits and dashes, e.g. billing-eu'),
  name: z.string().min(1).optional(),
  system: z.string().min(1),
  /** Odoo company by external id ("base.main_company") or by exact name. */
  company: z.string().min(1).default('base.main_company'),
  environment: z.enum(['live', 'test']).default('live'),
  /** The vendor's API root; only for sandboxes and proxies. */
  base_url: z.url().optional(),
  /** Decides which calendar day an instant is: IANA name. */
  time_zone: z.string().default('UTC'),
  credentials: z.record(z.string(), z.union([SecretSource, z.array(SecretSource).min(1)])).default({}),
  /** Checked by the connector's own schema. */
  options: z.record(z.string(), z.unknown()).default({}),
});
export type ConnectionConfig = z.infer<typeof ConnectionConfig>;

/** A connection with its secrets read: `secrets.webhook` may hold two values while one is being rotated. */
export interface Connection extends Omit<ConnectionConfig, 'credentials' | 'base_url'> {
  baseUrl: string | undefined;
  secrets: Record<string, string[]>;
}

/** One account of one system, as written in connections.yaml. */
import * as z from 'zod';

/** Where a secret is found; never the secret itself. */
export const SecretSource = z.union([
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
]);
export type SecretSource = z.infer<typeof SecretSource>;

/**
 * When a connection's listings are read again, beside hooks and event feed. `window`: how often what was created lately
 * is looked through; `full`: the time of day, or of one day a week, at which everything is, by the connection's
 * `time_zone`. `brake`: more records of one kind missing at once than this are left alone until a person decides.
 */
export const SweepConfig = z.strictObject({
  window: z
    .string()
    .regex(/^(off|[1-9]\d{0,3} ?(min|h|d))$/, 'write how often, e.g. "1 h" or "30 min", or "off"')
    .default('1 h'),
  full: z
    .string()
    .regex(
      /^(off|((mon|tue|wed|thu|fri|sat|sun) )?([01]\d|2[0-3]):[0-5]\d)$/,
      'write a time of day such as "02:00", with a day for once a week such as "sun 02:00", or "off"',
    )
    .default('02:00'),
  brake: z
    .strictObject({
      records: z.int().min(0).default(10),
      percent: z.number().min(0).max(100).default(5),
    })
    .default({ records: 10, percent: 5 }),
});
export type SweepConfig = z.infer<typeof SweepConfig>;

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
  /** Without it: every hour what is new, every night at two everything. */
  sweep: SweepConfig.optional(),
  /** `review`: before the first sync people look through what would be linked and created; else the rules are trusted. */
  first_contact: z.enum(['trust', 'review']).optional(),
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

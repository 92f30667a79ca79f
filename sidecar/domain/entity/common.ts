/** Pieces that several entities share. Absent (`undefined`) = the vendor did not tell; `null` = told to be empty. */
import * as z from 'zod';
import { pii } from '../pii.ts';

/** Business date `YYYY-MM-DD` in the connection's time zone. */
export const BusinessDate = z.iso.date();
/** Instant in UTC milliseconds since 1970. */
export const Instant = z.int().nonnegative();
/** ISO 3166-1 alpha-2. */
export const Country = z.string().regex(/^[A-Z]{2}$/, 'a country is two capital letters (ISO 3166-1)');

export const Address = z.object({
  role: z.enum(['main', 'billing', 'shipping']),
  lines: pii(z.array(z.string())),
  city: pii(z.string().nullable()).optional(),
  /** State or province as the vendor writes it: a code ("BY") or a name. */
  region: z.string().nullable().optional(),
  postcode: pii(z.string().nullable()).optional(),
  country: Country.nullable().optional(),
});
export type Address = z.infer<typeof Address>;

export const Period = z.object({ start: BusinessDate, end: BusinessDate });

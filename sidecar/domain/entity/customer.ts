/** Who buys, and the people there. Both become contacts (res.partner) in Odoo. */
import * as z from 'zod';
import { Currency } from '../money.ts';
import { pii } from '../pii.ts';
import { Address } from './common.ts';

export const Customer = z.object({
  kind: z.literal('customer'),
  /** What people call them; connectors fall back to the e-mail, then to the id, so it is never empty. */
  name: pii(z.string().min(1)),
  legalName: pii(z.string().nullable()).optional(),
  isCompany: z.boolean().optional(),
  /** External id of the parent customer on the same connection. */
  parent: z.string().nullable().optional(),
  email: pii(z.string().nullable()).optional(),
  phone: pii(z.string().nullable()).optional(),
  website: z.string().nullable().optional(),
  /** `kind` is the vendor's word for the scheme (`eu_vat`); the first one that Odoo takes as VAT is `vat`. */
  taxIds: z
    .array(z.object({ kind: z.string(), country: z.string().nullable(), value: pii(z.string()) }))
    .optional(),
  vat: pii(z.string().nullable()).optional(),
  taxStatus: z.enum(['taxable', 'exempt', 'reverse']).optional(),
  addresses: z.array(Address).optional(),
  /** BCP 47, e.g. "de-DE". */
  language: z.string().nullable().optional(),
  currency: Currency.nullable().optional(),
  note: pii(z.string().nullable()).optional(),
  /** The person at the vendor who looks after it: e-mail address, else name. */
  owner: pii(z.string().nullable()).optional(),
  tags: z.array(z.string()).optional(),
  /** The vendor's name for the terms of payment, e.g. "Net 30". */
  paymentTerms: z.string().nullable().optional(),
  /** What we wrote at the vendor to name the record in Odoo; see `saas_sync_key` in docs/protocol.md. */
  odooKey: z.string().nullable().optional(),
  status: z.enum(['active', 'archived']),
  /** Documents refer to it. One that the vendor deleted is made in Odoo, archived, only for their sake. */
  billed: z.boolean().optional(),
});
export type Customer = z.infer<typeof Customer>;

export const Contact = z.object({
  kind: z.literal('contact'),
  /** Never empty: connectors fall back to the e-mail, then to the id. */
  name: pii(z.string().min(1)),
  /** External id of the customer the person works for; null: nobody's. */
  customer: z.string().nullable().optional(),
  title: z.string().nullable().optional(),
  email: pii(z.string().nullable()).optional(),
  phone: pii(z.string().nullable()).optional(),
  mobile: pii(z.string().nullable()).optional(),
  /** What the person decides or receives, in the vendor's words mapped by its connector. */
  roles: z.array(z.enum(['billing', 'technical', 'decision', 'other'])).optional(),
  addresses: z.array(Address).optional(),
  language: z.string().nullable().optional(),
  owner: pii(z.string().nullable()).optional(),
  odooKey: z.string().nullable().optional(),
  status: z.enum(['active', 'archived']),
});
export type Contact = z.infer<typeof Contact>;

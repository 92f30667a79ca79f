/**
 * What a snapshot of ours holds: HubSpot's object beside what it refers to and what the account says of it. All values of properties
 * are texts; "" and null are empty, an absent property does not exist in the account.
 */
import * as z from 'zod';
import { Fields } from './settings.ts';

export const WireObject = z.object({
  id: z.string().min(1),
  properties: z.record(z.string(), z.string().nullable()),
  archived: z.boolean().optional(),
});
export type WireObject = z.infer<typeof WireObject>;

/** One association with its labels; `types` are ids of association types. */
export const WireRelated = z.object({
  id: z.string(),
  types: z.array(z.int()),
  labels: z.array(z.string()),
});
export type WireRelated = z.infer<typeof WireRelated>;

export const WireStage = z.object({
  label: z.string(),
  closed: z.boolean(),
  /** Between 0 and 1. */
  probability: z.number().nullable(),
});
export type WireStage = z.infer<typeof WireStage>;

/** The account as far as records need it. */
export const WireAccount = z.object({
  portal: z.int(),
  /** Host of HubSpot's screens: app.hubspot.com, app-eu1.hubspot.com. */
  host: z.string(),
  currency: z.string().nullable(),
  key_property: z.string(),
  fields: Fields,
});
export type WireAccount = z.infer<typeof WireAccount>;

export const WireBody = z.object({
  object: WireObject,
  account: WireAccount,
  /** E-mail address, else name, of the record's owner; null: nobody, or somebody who is known no longer. */
  owner: z.string().nullable().optional(),
  /** Who changed it last, likewise. */
  editor: z.string().nullable().optional(),
  /** Of a company: the one it belongs to. */
  parents: z.array(WireRelated).optional(),
  /** Of a contact or deal. */
  companies: z.array(WireRelated).optional(),
  /** Of a deal. */
  contacts: z.array(WireRelated).optional(),
  lines: z.array(WireObject).optional(),
  stage: WireStage.nullable().optional(),
  pipeline: z.string().nullable().optional(),
});
export type WireBody = z.infer<typeof WireBody>;

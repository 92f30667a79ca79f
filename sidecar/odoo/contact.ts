/** First contact's calls to `saas.sync.api`: candidates, findings, and what people decided. */
import * as z from 'zod';
import type { Candidate, ContactPort, Finding, Stranger } from '../domain/first-contact.ts';
import { Kind } from '../domain/reference.ts';

const text = z.string().nullish();

const Found = z.object({
  rows: z.array(
    z.object({
      decided: z.boolean(),
      candidates: z.array(
        z.object({
          id: z.int(),
          name: text,
          vat: text,
          email: text,
          website: text,
          zip: text,
          city: text,
          country: text,
          phone: text,
          sku: text,
          company: z.boolean().nullish(),
          how: z.array(z.string()).default([]),
          same_company: z.boolean().default(false),
        }),
      ),
    }),
  ),
});

const State = z.object({
  state: z.enum(['unknown', 'none', 'looking', 'review', 'starting', 'started']),
});

const Decided = z.object({
  rows: z.array(
    z.object({
      kind: Kind,
      external_id: z.string(),
      verdict: z.enum(['create', 'ignore', 'decide']),
      candidates: z.array(z.object({ id: z.int(), name: z.string() })),
    }),
  ),
  next: z.int().nullable(),
});

type Ask = <T extends z.ZodType>(method: string, answer: T, request: unknown) => Promise<z.output<T>>;

/** See ContactPort. Each throws what the transport throws, and Failure `odoo_answer` for a wrong answer. */
export function contactCalls(ask: Ask): ContactPort {
  return {
    contactState: async (connection) =>
      (await ask('first_contact', State, { connection, step: 'state' })).state,
    contactStep: async (connection, step, run) =>
      void (await ask('first_contact', State, { connection, step, run })),
    candidates: async (connection, records) =>
      (await ask('candidates', Found, { connection, records: records.map(asked) })).rows.map(
        ({ decided, candidates }) => ({ decided, candidates: candidates.map(candidateOf) }),
      ),
    findings: async (connection, rows, looked) =>
      void (await ask('findings', z.unknown(), { connection, rows: rows.map(told), looked })),
    decisions: async (connection, after) => {
      const { rows, next } = await ask('first_contact', Decided, { connection, step: 'take', after });
      return { rows: rows.map(({ external_id: externalId, ...row }) => ({ ...row, externalId })), next };
    },
  };
}

const asked = ({ kind, externalId, model, traits }: Stranger) => ({
  kind,
  external_id: externalId,
  model,
  traits,
});

type Row = z.output<typeof Found>['rows'][number]['candidates'][number];

function candidateOf({ same_company: sameCompany, name, ...row }: Row): Candidate {
  const known = Object.entries(row).filter(([, value]) => value !== null && value !== undefined);
  return {
    ...(Object.fromEntries(known) as Omit<Row, 'same_company' | 'name'>),
    name: name ?? '',
    sameCompany,
  } as Candidate;
}

function told({ externalId, resId, twins, ...row }: Finding) {
  return {
    ...row,
    external_id: externalId,
    res_id: resId,
    vat_key: twins.vat ?? null,
    mail_key: twins.mail ?? null,
    place_key: twins.place ?? null,
  };
}

/** What all kinds share: putting an entity into an Event, reading the wire with errors that name the field. */
import * as z from 'zod';
import type { Snapshot, TranslationContext } from '../../../domain/connector.ts';
import { Entity } from '../../../domain/entity/index.ts';
import type { Event } from '../../../domain/event.ts';
import { InvalidData } from '../../../domain/failure.ts';
import type { Kind } from '../../../domain/reference.ts';
import { businessDate } from '../../kit/time.ts';

/** What the translators of each kind are handed. */
export interface Input {
  snapshot: Snapshot;
  context: TranslationContext;
}

/** The part of Stripe's object we rely on. Throws InvalidData naming the field that is not as documented. */
export function readWire<T extends z.ZodType>(schema: T, { snapshot }: Input): z.infer<T> {
  const parsed = schema.safeParse(snapshot.body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  throw new InvalidData(
    'unexpected_shape',
    `${snapshot.kind} ${snapshot.externalId} is not as Stripe documents it: ${field}: ${issue?.message ?? 'wrong'}`,
    { hint: 'Report this message: Stripe may have changed the object.', args: { field } },
  );
}

export interface Told {
  entity: Entity;
  label: string;
  /** Path in the dashboard: "invoices/in_1". */
  at: string;
  extra?: Record<string, unknown>;
  /** Where the record is another one than the snapshot's own. */
  record?: { kind: Kind; externalId: string };
  action?: Event['action'];
}

/** An event about an entity, once its invariants hold. Throws InvalidData with the arithmetic of what does not. */
export function eventOf({ snapshot, context }: Input, told: Told): Event {
  const { kind, externalId } = told.record ?? snapshot;
  const parsed = Entity.safeParse(told.entity);
  if (!parsed.success) throw disagreement(kind, externalId, parsed.error);
  return {
    ref: { connection: context.connection, kind, externalId },
    version: snapshot.readAt,
    action: told.action ?? 'observed',
    reason: context.reason,
    url: dashboard(told.at, context.environment),
    label: told.label,
    entity: parsed.data,
    ...(told.extra ? { extra: told.extra } : {}),
  };
}

function disagreement(kind: Kind, externalId: string, error: z.ZodError): InvalidData {
  const issue = error.issues[0];
  const where = issue?.path.length ? `${issue.path.join('.')}: ` : '';
  const arithmetic = issue?.code === 'custom';
  return new InvalidData(
    arithmetic ? 'amounts_disagree' : 'not_acceptable',
    `${kind} ${externalId}: ${where}${issue?.message ?? 'is not acceptable'}`,
    {
      hint: 'Compare the record at Stripe; nothing was written to Odoo.',
      args: { issues: error.issues.length },
    },
  );
}

/** Where a person opens a record at Stripe. */
function dashboard(path: string, environment: TranslationContext['environment']): string {
  return `https://dashboard.stripe.com/${environment === 'test' ? 'test/' : ''}${path}`;
}

/** Seconds of the wire → business date of the connection. */
export function dateOf({ context }: Input, seconds: number): string {
  return businessDate(seconds * 1000, context.timeZone);
}
export function dateOrNull(input: Input, seconds: number | null | undefined): string | null {
  return seconds === null || seconds === undefined ? null : dateOf(input, seconds);
}

/** Absent stays absent, null stays null; texts of nothing but blanks are empty. */
export function textOrNull(text: string | null | undefined): string | null {
  return text?.trim() ? text : null;
}

/** Leaves out keys whose value is undefined: absent is not empty. */
export function told<T extends Record<string, unknown>>(
  fields: T,
): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

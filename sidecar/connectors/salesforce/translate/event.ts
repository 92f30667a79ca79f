/** What all kinds share: putting an entity into an Event, reading the wire with errors that name the field. */
import * as z from 'zod';
import type { Snapshot, TranslationContext } from '../../../domain/connector.ts';
import { Entity } from '../../../domain/entity/index.ts';
import type { Event } from '../../../domain/event.ts';
import { InvalidData } from '../../../domain/failure.ts';
import { isRecord } from '../../kit/json.ts';
import { longId } from '../ids.ts';
import { msOf, type Body, type Org } from '../record.ts';
import { TITLE } from '../settings.ts';
import { textIn } from '../text.ts';

/** What the translators of each kind are handed. */
export interface Input {
  snapshot: Snapshot;
  context: TranslationContext;
  org: Org;
  record: Record<string, unknown>;
}

/** The parts of a snapshot's body; undefined for "no such record". Throws InvalidData where it is none of ours. */
export function inputOf(snapshot: Snapshot, context: TranslationContext): Input | undefined {
  const { body, kind, externalId } = snapshot;
  if (body === null) return undefined;
  if (isRecord(body) && isRecord(body['org']) && isRecord(body['record']))
    return { snapshot, context, ...(body as unknown as Body) };
  throw new InvalidData('unexpected_shape', `${kind} ${externalId} was not kept as a record of ${TITLE}`, {
    hint: 'Press "Sync now" on the record: it is then read again.',
  });
}

/** The part of the record we rely on. Throws InvalidData naming the field that is not as documented. */
export function readWire<T extends z.ZodType>(schema: T, { snapshot, record }: Input): z.infer<T> {
  const parsed = schema.safeParse(record);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  throw new InvalidData(
    'unexpected_shape',
    `${snapshot.kind} ${snapshot.externalId} is not as ${TITLE} documents it: ${field}: ${issue?.message ?? 'wrong'}`,
    {
      hint: 'If an administrator changed the type of the field, take it out of options; else report this message.',
      args: { field },
    },
  );
}

/** An event about the record, once the entity's invariants hold. Throws InvalidData naming what does not. */
export function eventOf(
  input: Input,
  entity: Entity,
  object: string,
  extra: Record<string, unknown> = {},
): Event {
  const { snapshot, context, org, record } = input;
  const { kind, externalId } = snapshot;
  const parsed = Entity.safeParse(entity);
  if (!parsed.success) throw notAcceptable(kind, externalId, parsed.error);
  const changedAt = msOf(record['LastModifiedDate']);
  const changedBy = isRecord(record['LastModifiedBy']) ? record['LastModifiedBy']['Name'] : undefined;
  return {
    ref: { connection: context.connection, kind, externalId },
    version: snapshot.readAt,
    ...fateOf(record),
    ...(changedAt === undefined ? {} : { changedAt }),
    ...(typeof changedBy === 'string' ? { changedBy } : {}),
    reason: context.reason,
    url: `${org.url}/${externalId}`,
    label: `${object} ${externalId}`,
    entity: parsed.data,
    extra: { ...extra, ...ownFields(input) },
  };
}

/** A record in the recycle bin that names its master was merged into it. */
function fateOf(record: Record<string, unknown>): Pick<Event, 'action' | 'into'> {
  if (record['IsDeleted'] !== true) return { action: 'observed' };
  const into = longId(textIn(record['MasterRecordId']));
  return into === undefined ? { action: 'deleted' } : { action: 'merged', into };
}

/** Fields that `options.extra` names, by their own names. */
function ownFields({ org, record }: Input): Record<string, unknown> {
  return Object.fromEntries(org.extra.filter((name) => name in record).map((name) => [name, record[name]]));
}

function notAcceptable(kind: string, externalId: string, error: z.ZodError): InvalidData {
  const issue = error.issues[0];
  const where = issue?.path.length ? `${issue.path.join('.')}: ` : '';
  return new InvalidData(
    'not_acceptable',
    `${kind} ${externalId}: ${where}${issue?.message ?? 'is not acceptable'}`,
    {
      hint: `Correct the record at ${TITLE}; nothing was written to Odoo.`,
      args: { field: issue?.path.join('.') },
    },
  );
}

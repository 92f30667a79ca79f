/** Telling Salesforce what Odoo decides: calls of the same moment become one collection of up to 200 rows, each settled by itself. */
import type { Push, Pushed } from '../../domain/connector.ts';
import { Failure, InvalidData } from '../../domain/failure.ts';
import { gather } from '../kit/gather.ts';
import { mayNotWrite, NOT_ALLOWED } from '../kit/status.ts';
import type { RowResult, Wire } from './client.ts';
import type { ObjectShape } from './describe.ts';
import { FIELD_MISSING, OBJECT_MISSING, rowFailure } from './errors.ts';
import { longId } from './ids.ts';
import { specOf } from './objects.ts';
import { AT_ONCE, type Reading } from './read.ts';
import { TITLE } from './settings.ts';
import { unseen } from './soql.ts';
import { rowOf } from './write.ts';

interface Row {
  object: string;
  /** The external-id field by which a birth finds what an earlier try has made; null: by id. */
  key: string | null;
  fields: Wire;
  push: Push;
}

/** `Session.push`. */
export function pusherOf(reading: Reading): (push: Push) => Promise<Pushed> {
  const send = gather<Row, Pushed>({
    most: AT_ONCE,
    group: ({ object, key, push }) => `${object} ${key ?? ''} ${push.priority}`,
    together: (rows) => together(reading, rows),
  });
  return async (push) => {
    const spec = specOf(push.kind);
    if (!spec) throw new InvalidData('unknown_kind', `${TITLE} has no records of kind ${push.kind}`);
    const shape = await reading.shapes.of(spec.object);
    if (!shape) throw unseen(spec.object, push.kind);
    const fields = rowOf(push, shape, reading.options);
    if (push.externalId !== null) return send(byId(spec.object, fields, push, push.externalId));
    return send(byKey(reading, shape, fields, push));
  };
}

function byId(object: string, fields: Wire, push: Push, externalId: string): Row {
  const id = longId(externalId);
  if (id !== undefined) return { object, key: null, fields: { ...fields, id }, push };
  throw new InvalidData('no_id', `"${externalId}" is no record id of ${TITLE}`, {
    hint: 'Unlink the record in Odoo and let it be linked again.',
  });
}

function byKey({ options }: Reading, shape: ObjectShape, fields: Wire, push: Push): Row {
  const key = options.key_field;
  if (push.odooKey === null)
    throw new InvalidData('no_key', `A record cannot be made at ${TITLE} without its key in Odoo`);
  if (!shape.fields.get(key)?.externalId)
    throw new Failure('missing_mapping', FIELD_MISSING, `${shape.name} has no external-id field ${key}`, {
      hint: `Create the text field ${key} on ${shape.name} with "External ID" and "Unique", and let our user edit it.`,
      args: { object: shape.name, field: key },
    });
  return { object: shape.name, key, fields: { ...fields, [key]: push.odooKey }, push };
}

async function together(reading: Reading, rows: readonly Row[]): Promise<(Pushed | Failure)[]> {
  try {
    return await write(reading, rows);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code === NOT_ALLOWED) throw withoutRight(rows[0]!);
    // The object or the field of the key may be what is missing: its description tells.
    if (error.code !== FIELD_MISSING && error.code !== OBJECT_MISSING) throw error;
    return withoutUnknown(reading, rows);
  }
}

async function write({ client }: Reading, rows: readonly Row[]): Promise<(Pushed | Failure)[]> {
  const { object, key, push } = rows[0]!;
  const fields = rows.map((row) => row.fields);
  const results = await client.write(object, fields, key, push.priority);
  return results.map((result, place) => outcomeOf(result, rows[place]!));
}

/** Refused as a whole: no row is to blame. */
const withoutRight = ({ object }: Row): Failure =>
  mayNotWrite(
    TITLE,
    object,
    `Give our user at ${TITLE} the right to create and edit ${object}, by a permission set.`,
    { object },
  );

/** A field that vanished a moment ago fails the whole request: only those who want to write it are to blame. */
async function withoutUnknown(reading: Reading, rows: readonly Row[]): Promise<(Pushed | Failure)[]> {
  reading.shapes.forget();
  const { object, push } = rows[0]!;
  const shape = await reading.shapes.of(object);
  if (!shape) throw unseen(object, push.kind);
  const wrong = rows.map((row) => wrongIn(row, shape, reading));
  const fine = rows.filter((_, place) => wrong[place] === undefined);
  const written = fine.length > 0 ? await write(reading, fine) : [];
  let next = 0;
  return wrong.map((failure) => failure ?? written[next++]!);
}

function wrongIn({ push, key }: Row, shape: ObjectShape, reading: Reading): Failure | undefined {
  try {
    const fields = rowOf(push, shape, reading.options);
    if (key !== null) byKey(reading, shape, fields, push);
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

function outcomeOf({ id, created, errors }: RowResult, { object, push }: Row): Pushed | Failure {
  const known = longId(id ?? '') ?? push.externalId;
  if (errors.length === 0 && known !== null) return { externalId: longId(known) ?? known, created };
  return rowFailure(errors, push.externalId === null ? `a new ${object}` : `${object} ${push.externalId}`);
}

/** Writing to HubSpot, up to a hundred records at once: each settles by itself, whatever becomes of its neighbours. */
import type { Push, Pushed } from '../../domain/connector.ts';
import { Failure, InvalidData, Transient } from '../../domain/failure.ts';
import { gather } from '../kit/gather.ts';
import type { Answer } from '../kit/http.ts';
import { mayNotWrite } from '../kit/status.ts';
import { objectsOf, rowErrors, type Client } from './client.ts';
import { errorOf, redact, type VendorError } from './errors.ts';
import { BATCH, missesProperty, type Reader } from './objects.ts';
import type { WireObject } from './schema.ts';
import { TITLE } from './settings.ts';
import { propertiesOf } from './values.ts';
import { isKind, TYPE_OF, type ObjectType } from './vocabulary.ts';

export interface PushDeps {
  reader: Reader;
  timeZone: string;
  keyProperty: string;
}

/** One record to write: its id, or for a birth the key by which it is found again. */
interface Row {
  id: string;
  born: boolean;
  properties: Record<string, string>;
}

type Outcome = Pushed | Failure;

/** See `Session.push`. */
export function pusher(deps: PushDeps): (push: Push) => Promise<Pushed> {
  return gather<Push, Pushed>({
    most: BATCH,
    group: ({ kind, externalId, priority }) => `${kind}/${externalId === null}/${priority}`,
    together: (pushes) => pushAll(deps, pushes),
  });
}

/** All of the same kind and priority, and either all births or none. The same record twice: the later one says what it adds. */
async function pushAll(deps: PushDeps, pushes: readonly Push[]): Promise<Outcome[]> {
  const [{ kind, priority }] = pushes as readonly [Push];
  if (!isKind(kind)) throw new InvalidData('unknown_kind', `${TITLE} has no records of kind ${kind}`);
  const type = TYPE_OF[kind];
  const known = await deps.reader.account.properties(type).get();
  const made = pushes.map((push) => rowOf(deps, push, known));
  const rows = new Map<string, Row>();
  for (const row of made)
    if (!(row instanceof Failure)) {
      const properties = { ...rows.get(row.id)?.properties, ...row.properties };
      rows.set(row.id, { ...row, properties });
    }
  const client = deps.reader.client(priority);
  const found = await foundOf(deps, client, type, [...rows.values()]);
  const missing = [...rows.values()].filter(({ id }) => !found.has(id));
  const outcomes = new Map([...found, ...(await write(deps, client, type, missing))]);
  return made.map((row) => (row instanceof Failure ? row : outcomes.get(row.id)!));
}

function rowOf(deps: PushDeps, push: Push, known: Parameters<typeof propertiesOf>[1]): Row | Failure {
  try {
    const properties = propertiesOf(push, known, deps.timeZone);
    if (push.externalId !== null) return { id: push.externalId, born: false, properties };
    if (push.odooKey === null)
      return new InvalidData('no_key', `A new ${push.kind} has no key that would name it in Odoo`);
    if (known.get(deps.keyProperty)?.hasUniqueValue !== true)
      return noKeyProperty(deps.keyProperty, push.kind);
    return {
      id: push.odooKey,
      born: true,
      properties: { ...properties, [deps.keyProperty]: push.odooKey },
    };
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

/** What an earlier attempt made is only found: people may have edited it since, and from now on it is merged like any other. */
async function foundOf(
  deps: PushDeps,
  client: Client,
  type: ObjectType,
  rows: readonly Row[],
): Promise<Outcomes> {
  const inputs = rows.filter(({ born }) => born).map(({ id }) => ({ id }));
  if (inputs.length === 0) return new Map();
  const path = `/crm/v3/objects/${type}/batch/read`;
  const { keyProperty: idProperty } = deps;
  const answer = await client.ask(path, {
    idProperty,
    properties: [idProperty],
    propertiesWithHistory: [],
    inputs,
  });
  const made = objectsOf(answer, path).map(
    ({ id, properties }) => [properties[idProperty] ?? '', id] as const,
  );
  return new Map(made.map(([key, externalId]) => [key, { externalId, created: false }]));
}

function noKeyProperty(name: string, kind: string): Failure {
  return new Failure(
    'missing_mapping',
    'field_missing_there',
    `${TITLE} has no unique property ${name} for ${kind === 'customer' ? 'companies' : `${kind}s`}`,
    {
      hint: `Make the property ${name} at ${TITLE}, single-line text, "require unique values", so that no record is made twice.`,
      args: { field: name },
    },
  );
}

type Outcomes = Map<string, Outcome>;

/** A batch that is refused as a whole is halved until the rows that are to blame are alone. */
async function write(deps: PushDeps, client: Client, type: ObjectType, rows: Row[]): Promise<Outcomes> {
  if (rows.length === 0) return new Map();
  const [first] = rows as [Row];
  const path = `/crm/v3/objects/${type}/batch/${first.born ? 'upsert' : 'update'}`;
  const inputs = rows.map(({ id, born, properties }) => ({
    id,
    properties,
    objectWriteTraceId: id,
    ...(born ? { idProperty: deps.keyProperty } : {}),
  }));
  const answer = await client.write('POST', path, { inputs }, [400, 403, 404, 409]);
  if (answer.status < 400) return settle(deps, client, type, rows, answer, path);
  // A right that we lack for one we lack for all.
  if (answer.status === 403)
    return new Map(rows.map(({ id }) => [id, withoutRight(errorOf(answer.body), type)]));
  if (missesProperty(answer.body)) deps.reader.account.properties(type).forget();
  if (rows.length === 1) return new Map([[first.id, refused(errorOf(answer.body), type, first)]]);
  const middle = Math.ceil(rows.length / 2);
  const halves = [rows.slice(0, middle), rows.slice(middle)];
  const settled = await Promise.all(halves.map((half) => write(deps, client, type, half)));
  return new Map(settled.flatMap((half) => [...half]));
}

async function settle(
  deps: PushDeps,
  client: Client,
  type: ObjectType,
  rows: Row[],
  answer: Answer,
  path: string,
): Promise<Outcomes> {
  const outcomes: Outcomes = new Map();
  const objects = objectsOf(answer, path);
  const errors = rowErrors(answer);
  for (const row of rows) {
    const object = objects.find((one) => isAnswerTo(deps, row, one));
    const error = errors.find(({ ids }) => ids.includes(row.id));
    if (object)
      outcomes.set(row.id, { externalId: object.id, created: row.born && isNew(answer, object.id) });
    else if (error) outcomes.set(row.id, refused(error, type, row));
  }
  const open = rows.filter(({ id }) => !outcomes.has(id));
  const only = open.length === 1 && rows.length === 1 ? open[0]! : undefined;
  // By itself, a record that was merged answers as its winner; it was told what it had to be told.
  if (only && objects[0]) return outcomes.set(only.id, { externalId: objects[0].id, created: false });
  if (only) return outcomes.set(only.id, errors[0] ? refused(errors[0], type, only) : unanswered(type, only));
  for (const row of open)
    for (const [id, outcome] of await write(deps, client, type, [row])) outcomes.set(id, outcome);
  return outcomes;
}

const isAnswerTo = (deps: PushDeps, row: Row, object: WireObject): boolean =>
  row.born ? object.properties[deps.keyProperty] === row.id : object.id === row.id;

function isNew({ body }: Answer, id: string): boolean {
  const { results } = body as { results: { id: string; new?: boolean }[] };
  return results.find((one) => one.id === id)?.new === true;
}

function unanswered(type: ObjectType, { id }: Row): Failure {
  return new Transient('row_unanswered', `${TITLE} did not say what became of ${id} of ${type}`, {
    hint: 'Nothing to do: it is told again, which changes nothing if it arrived.',
  });
}

/** What is wrong with one record, in the words of the business. */
function refused(error: VendorError, type: ObjectType, row: Row): Failure {
  const record = row.born ? `a new record of ${type}` : `${id(type)} ${row.id}`;
  const [field, code = ''] = Object.entries(error.properties)[0] ?? [];
  const existing = /Existing ID:\s*(\d+)/i.exec(error.message)?.[1];
  if (existing !== undefined || error.category === 'CONFLICT') return duplicate(type, existing);
  if (error.category === 'OBJECT_NOT_FOUND')
    return new Failure('conflict', 'gone_there', `${TITLE} has no ${id(type)} ${row.id} any more`, {
      hint: 'It was deleted there: restore it, or archive the record in Odoo.',
      args: { externalId: row.id },
    });
  if (error.category === 'MISSING_SCOPES') return withoutRight(error, type);
  if (code === 'PROPERTY_DOESNT_EXIST')
    return new Failure(
      'missing_mapping',
      'field_missing_there',
      `${TITLE} has no property ${field} any more`,
      {
        hint: `Make the property ${field} at ${TITLE}, or take it out of the rule's "to". Then press Retry.`,
        args: { field, externalId: row.id },
      },
    );
  if (code === 'READ_ONLY_VALUE')
    return new Failure(
      'missing_mapping',
      'field_not_writable',
      `${TITLE} lets nobody write property ${field}`,
      {
        hint: 'Choose another property in the rule\'s "to".',
        args: { field, externalId: row.id },
      },
    );
  const said = redact(error.message);
  return new InvalidData(
    'value_refused',
    `${TITLE} refused ${field ? `the value of ${field} for ` : ''}${record}${said ? `: ${said}` : ''}`,
    {
      hint: 'Correct the value in Odoo, or let the rule write one that HubSpot takes.',
      args: { ...(field ? { field, code } : {}), externalId: row.id },
    },
  );
}

function withoutRight({ scopes }: VendorError, type: ObjectType): Failure {
  const needed = scopes.length > 0 ? scopes : [`crm.objects.${type}.write`];
  return mayNotWrite(
    TITLE,
    type.replace('_', ' '),
    `Give our app at ${TITLE} the scope ${needed.join(' or ')}; with OAuth it is then to be connected again.`,
    { status: 403, scopes: needed },
  );
}

const SINGULAR = { companies: 'company', contacts: 'contact', products: 'product', deals: 'deal' } as const;
const id = (type: ObjectType): string => (type === 'line_items' ? 'line item' : SINGULAR[type]);

function duplicate(type: ObjectType, existing: string | undefined): Failure {
  const which = existing === undefined ? '' : `: ${existing}`;
  return new Failure('duplicate', 'duplicate_there', `${TITLE} has such a ${id(type)} already${which}`, {
    hint: `Link the record in Odoo to it, or give one of the two another e-mail address.`,
    args: existing === undefined ? {} : { existing },
  });
}

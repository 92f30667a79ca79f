/** Records by the hundred. A value that is refused refuses the whole batch; records that are missing are told row by row. */
import { ApiError } from '../errors.ts';
import type { Row } from '../records.ts';
import type { ObjectType } from '../schema.ts';
import { show } from '../show.ts';
import { associateNew, propertiesIn } from './objects.ts';
import {
  batchResult,
  inputsOf,
  isRecord,
  objectType,
  route,
  textIn,
  type Call,
  type Result,
} from './route.ts';

const ROOT = '/crm/v3/objects/{type}/batch';
const MOST = 100;

interface Missing {
  ids: string[];
}

const missingError = ({ ids }: Missing, type: ObjectType) => ({
  status: 'error',
  category: 'OBJECT_NOT_FOUND',
  message: `Could not get some ${type} objects, they may be deleted or not exist. Check that ids are valid.`,
  context: { ids },
});

const rowError = (error: ApiError, trace: string) => ({
  ...error.body(),
  context: { objectWriteTraceId: [trace] },
});

const traced = (input: Record<string, unknown>) =>
  textIn(input['objectWriteTraceId']) === ''
    ? {}
    : { objectWriteTraceId: textIn(input['objectWriteTraceId']) };

function read(call: Call): Result {
  const { portal, path, query, body } = call;
  const type = objectType(path['type']);
  const archived = query.get('archived') === 'true';
  const own = isRecord(body) ? body : {};
  const properties = Array.isArray(own['properties']) ? own['properties'].map(textIn) : [];
  const idProperty = textIn(own['idProperty']);
  const missing: string[] = [];
  const rows = new Set<Row>();
  for (const input of inputsOf(body, MOST)) {
    const id = textIn(input['id']);
    const row = idProperty === '' ? portal.find(type, id) : portal.findBy(type, idProperty, id);
    if (row && (row.archivedAt !== null) === archived) rows.add(row);
    else missing.push(id);
  }
  const results = [...rows].map((row) => show(row, portal.properties(type), properties));
  return batchResult(call, results, missing.length > 0 ? [missingError({ ids: missing }, type)] : []);
}

function create(call: Call): Result {
  const { portal, path, body, actor } = call;
  const type = objectType(path['type']);
  const inputs = inputsOf(body, MOST);
  for (const input of inputs) portal.checked(type, propertiesIn(input), undefined);
  const results = inputs.map((input) => {
    const row = portal.create(type, propertiesIn(input), actor);
    associateNew(call, row, input['associations']);
    return { ...show(row, portal.properties(type)), ...traced(input) };
  });
  return batchResult(call, results, [], 201);
}

function update(call: Call): Result {
  const { portal, path, body, actor } = call;
  const type = objectType(path['type']);
  const found = inputsOf(body, MOST).map((input) => {
    const [id, idProperty] = [textIn(input['id']), textIn(input['idProperty'])];
    const row = idProperty === '' ? portal.find(type, id) : portal.findBy(type, idProperty, id);
    return { input, id, row: row && row.archivedAt === null ? row : undefined };
  });
  for (const { input, row } of found) if (row) portal.checked(type, propertiesIn(input), row);
  const missing = found.filter(({ row }) => !row).map(({ id }) => id);
  const results = found.flatMap(({ input, row }) => {
    if (!row) return [];
    portal.update(type, row.id, propertiesIn(input), actor);
    return [{ ...show(row, portal.properties(type), Object.keys(propertiesIn(input))), ...traced(input) }];
  });
  return batchResult(call, results, missing.length > 0 ? [missingError({ ids: missing }, type)] : []);
}

/** By a property whose values are unique; what conflicts is told row by row. */
function upsert(call: Call): Result {
  const { portal, path, body, actor } = call;
  const type = objectType(path['type']);
  const results: unknown[] = [];
  const errors: unknown[] = [];
  const inputs = inputsOf(body, MOST);
  for (const input of inputs) checkUpsert(call, type, input);
  for (const input of inputs) {
    const [id, idProperty] = [textIn(input['id']), textIn(input['idProperty'])];
    const values = { ...propertiesIn(input), [idProperty]: id };
    try {
      const known = portal.findBy(type, idProperty, id);
      const row = known ? portal.update(type, known.id, values, actor) : portal.create(type, values, actor);
      const shown = show(row, portal.properties(type), Object.keys(values));
      results.push({ ...shown, new: !known, ...traced(input) });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
      errors.push(rowError(error, textIn(input['objectWriteTraceId']) || id));
    }
  }
  return batchResult(call, results, errors);
}

function checkUpsert({ portal }: Call, type: ObjectType, input: Record<string, unknown>): void {
  const [id, idProperty] = [textIn(input['id']), textIn(input['idProperty'])];
  const unique = idProperty === 'email' || portal.properties(type).get(idProperty)?.hasUniqueValue === true;
  if (!unique)
    throw new ApiError(400, 'VALIDATION_ERROR', `Property ${idProperty} is not a unique identifier property`);
  const known = portal.findBy(type, idProperty, id);
  try {
    portal.checked(type, { ...propertiesIn(input), [idProperty]: id }, known);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
  }
}

function archive({ portal, path, body, actor }: Call): Result {
  for (const input of inputsOf(body, MOST))
    portal.archive(objectType(path['type']), textIn(input['id']), actor);
  return { status: 204 };
}

export const batch = [
  route('POST', `${ROOT}/read`, read),
  route('POST', `${ROOT}/create`, create),
  route('POST', `${ROOT}/update`, update),
  route('POST', `${ROOT}/upsert`, upsert),
  route('POST', `${ROOT}/archive`, archive),
];

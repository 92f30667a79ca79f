/** Associations v4: read in batches, made, taken away, and their labels. */
import { invalid } from '../errors.ts';
import type { Edge } from '../associations.ts';
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

const ROOT = '/crm/v4/associations/{from}/{to}';
const ONE = '/crm/v4/objects/{from}/{id}/associations';
const PAGE = 500;

const sides = ({ path }: Call) => ({ from: objectType(path['from']), to: objectType(path['to']) });

const shown = ({ id, types }: Edge) => ({
  toObjectId: Number(id),
  associationTypes: types.map(({ category, typeId, label }) => ({ category, typeId, label })),
});

function pageOf(edges: Edge[], after: string): { to: unknown[]; paging?: unknown } {
  const from = Number(after || 0);
  const to = edges.slice(from, from + PAGE).map(shown);
  return from + PAGE < edges.length ? { to, paging: { next: { after: String(from + PAGE) } } } : { to };
}

function read(call: Call): Result {
  const { from, to } = sides(call);
  const results: unknown[] = [];
  const errors: unknown[] = [];
  for (const input of inputsOf(call.body, 1000)) {
    const id = textIn(input['id']);
    const edges = call.portal.associations.of(from, id, to);
    if (edges.length > 0) results.push({ from: { id }, ...pageOf(edges, textIn(input['after'])) });
    else
      errors.push({
        status: 'error',
        category: 'OBJECT_NOT_FOUND',
        subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND',
        message: `No ${to} is associated with ${from} ${id}.`,
        context: { fromObjectId: [id], fromObjectType: [from], toObjectType: [to] },
      });
  }
  return batchResult(call, results, errors);
}

const idIn = (value: unknown): string => (isRecord(value) ? textIn(value['id']) : '');

function typesIn(value: unknown): number[] {
  if (!Array.isArray(value)) throw invalid('types is required');
  return value.filter(isRecord).map((type) => Number(type['associationTypeId']));
}

function create(call: Call): Result {
  const { from, to } = sides(call);
  const results = inputsOf(call.body, 2000).map((input) => {
    const [id, toId] = [idIn(input['from']), idIn(input['to'])];
    call.portal.associate(from, id, to, toId, typesIn(input['types']), call.actor);
    return {
      fromObjectTypeId: from,
      fromObjectId: Number(id),
      toObjectTypeId: to,
      toObjectId: Number(toId),
      labels: [],
    };
  });
  return batchResult(call, results, [], 201);
}

function archive(call: Call): Result {
  const { from, to } = sides(call);
  for (const input of inputsOf(call.body, 2000))
    for (const other of Array.isArray(input['to']) ? input['to'] : [])
      call.portal.dissociate(from, idIn(input['from']), to, idIn(other), call.actor);
  return { status: 204 };
}

function labels(call: Call): Result {
  const { from, to } = sides(call);
  const types = call.portal.associations.types.filter((type) => type.from === from && type.to === to);
  return { body: { results: types.map(({ category, typeId, label }) => ({ category, typeId, label })) } };
}

function addLabel(call: Call): Result {
  const { from, to } = sides(call);
  const label = isRecord(call.body) ? textIn(call.body['label']) : '';
  const typeId = call.portal.associations.addLabel(from, to, label);
  return { body: { results: [{ category: 'USER_DEFINED', typeId, label }] } };
}

function listOne(call: Call): Result {
  const { from, to } = sides(call);
  const edges = call.portal.associations.of(from, call.path['id'] ?? '', to);
  const { to: results, paging } = pageOf(edges, call.query.get('after') ?? '');
  return { body: { results, ...(paging === undefined ? {} : { paging }) } };
}

function put(call: Call): Result {
  const { from, to } = sides(call);
  const [id = '', toId = ''] = [call.path['id'], call.path['toId']];
  const types = Array.isArray(call.body) ? typesIn(call.body) : [];
  call.portal.associate(from, id, to, toId, types, call.actor);
  return {
    body: {
      fromObjectTypeId: from,
      fromObjectId: Number(id),
      toObjectTypeId: to,
      toObjectId: Number(toId),
      labels: [],
    },
  };
}

function remove(call: Call): Result {
  const { from, to } = sides(call);
  call.portal.dissociate(from, call.path['id'] ?? '', to, call.path['toId'] ?? '', call.actor);
  return { status: 204 };
}

export const associations = [
  route('POST', `${ROOT}/batch/read`, read),
  route('POST', `${ROOT}/batch/create`, create),
  route('POST', `${ROOT}/batch/archive`, archive),
  route('GET', `${ROOT}/labels`, labels),
  route('POST', `${ROOT}/labels`, addLabel),
  route('GET', `${ONE}/{to}`, listOne),
  route('PUT', `${ONE}/{to}/{toId}`, put),
  route('PUT', `${ONE}/default/{to}/{toId}`, put),
  route('DELETE', `${ONE}/{to}/{toId}`, remove),
];

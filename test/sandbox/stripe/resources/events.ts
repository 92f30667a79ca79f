/** The log of events, newest first, kept for 30 days. */
import { createdIn, equal, LIST_PARAMS, page, type Page } from '../lists.ts';
import { invalid } from '../errors.ts';
import { get, type Call, type Route } from '../routes.ts';

const MAX_TYPES = 20;

function list({ account, params }: Call): Page {
  const types = params.strings('types');
  if (types && types.length > MAX_TYPES)
    throw invalid(`You may pass at most ${MAX_TYPES} types.`, { param: 'types' });
  if (types && params.has('type'))
    throw invalid('You may only specify one of these parameters: type, types.');
  const success = params.boolean('delivery_success');
  const wildcard = params.string('type')?.endsWith('.*') ? params.string('type')?.slice(0, -1) : undefined;
  const rows = createdIn(params, account.all('event')).filter(
    (row) =>
      (!types || types.includes(row['type'])) &&
      (success === undefined || (row['pending_webhooks'] === 0) === success) &&
      (!wildcard || row['type'].startsWith(wildcard)),
  );
  return page(account, params, '/v1/events', wildcard ? rows : equal(params, rows, ['type']));
}

export const eventRoutes: Route[] = [
  get('/v1/events', [...LIST_PARAMS, 'created', 'type', 'types', 'delivery_success'], list),
  get('/v1/events/:id', [], ({ account, path }) => account.get('event', path['id'] ?? '')),
];

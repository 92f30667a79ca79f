/** Webhook endpoints: where events go, at which version, signed with which secrets. */
import { API_VERSION, type Account } from '../account.ts';
import { invalid, missingParam } from '../errors.ts';
import { LIST_PARAMS, page } from '../lists.ts';
import { mergedMetadata } from '../params.ts';
import { show } from '../render.ts';
import { del, get, post, type Route } from '../routes.ts';
import type { StripeObject } from '../state.ts';

type Wish = {
  url: string;
  events: string[];
  apiVersion?: string | null;
  description?: string | null;
  metadata?: Record<string, string>;
  secret?: string;
};

/** Registers an endpoint; the secret is shown once, in the answer to its creation. */
export function registerEndpoint(account: Account, wish: Wish): StripeObject {
  return account.insert('webhook_endpoint', {
    ...account.base('webhook_endpoint'),
    api_version: wish.apiVersion ?? null,
    application: null,
    description: wish.description ?? null,
    enabled_events: wish.events,
    metadata: wish.metadata ?? {},
    status: 'enabled',
    url: wish.url,
    _secrets: [wish.secret ?? `whsec_${account.ids.random(32)}`],
  });
}

function checkUrl(url: string): string {
  if (!/^https?:\/\//.test(url))
    throw invalid('Invalid URL: An explicit scheme (such as https) must be provided.', {
      code: 'url_invalid',
      param: 'url',
    });
  return url;
}

export const webhookEndpointRoutes: Route[] = [
  get('/v1/webhook_endpoints', LIST_PARAMS, ({ account, params }) =>
    page(account, params, '/v1/webhook_endpoints', account.all('webhook_endpoint')),
  ),
  post(
    '/v1/webhook_endpoints',
    ['url', 'enabled_events', 'api_version', 'description', 'metadata'],
    ({ account, params }) => {
      const events = params.strings('enabled_events');
      if (!events?.length) throw missingParam('enabled_events');
      const version = params.string('api_version');
      if (version && version !== API_VERSION)
        throw invalid(`Invalid API version: ${version}`, { param: 'api_version' });
      const endpoint = registerEndpoint(account, {
        url: checkUrl(params.required('url')),
        events,
        apiVersion: version ?? null,
        description: params.string('description') ?? null,
        metadata: mergedMetadata({}, params.metadata()),
      });
      return { raw: { ...show(account, endpoint), secret: endpoint['_secrets'][0] } };
    },
  ),
  get('/v1/webhook_endpoints/:id', [], ({ account, path }) =>
    account.get('webhook_endpoint', path['id'] ?? ''),
  ),
  post(
    '/v1/webhook_endpoints/:id',
    ['url', 'enabled_events', 'description', 'metadata', 'disabled'],
    ({ account, params, path }) => {
      const endpoint = account.get('webhook_endpoint', path['id'] ?? '');
      const url = params.string('url');
      if (url) endpoint['url'] = checkUrl(url);
      endpoint['enabled_events'] = params.strings('enabled_events') ?? endpoint['enabled_events'];
      endpoint['description'] = params.settable('description') ?? endpoint['description'];
      endpoint['metadata'] = mergedMetadata(endpoint['metadata'], params.metadata());
      const disabled = params.boolean('disabled');
      if (disabled !== undefined) endpoint['status'] = disabled ? 'disabled' : 'enabled';
      return endpoint;
    },
  ),
  del('/v1/webhook_endpoints/:id', ({ account, path }) => {
    const { id } = account.get('webhook_endpoint', path['id'] ?? '');
    account.delete('webhook_endpoint', id);
    return { raw: { id, object: 'webhook_endpoint', deleted: true } };
  }),
];

/** Who may come in: the token of a private app, and OAuth tokens that end. */
import { ApiError, missingScope } from './errors.ts';

export interface App {
  clientId: string;
  clientSecret: string;
  refreshToken: string;
}

const LIFE_S = 1_800;

export class Access {
  /** Of the private app; undefined: it was taken away. */
  accessToken: string | undefined;
  readonly app: App;
  /** Scopes that the app does not have, e.g. `crm.objects.companies.write`. */
  readonly lacking = new Set<string>();
  readonly #now: () => number;
  readonly #ends = new Map<string, number>();
  #count = 0;
  #revoked = false;

  constructor(accessToken: string, now: () => number) {
    this.accessToken = accessToken;
    this.#now = now;
    this.app = { clientId: 'client-0001', clientSecret: 'app-secret', refreshToken: 'refresh-0001' };
  }

  /** The user takes the app out of the portal: no token of it works any more. */
  revoke(): void {
    this.#revoked = true;
    this.accessToken = undefined;
    this.#ends.clear();
  }

  /** How many access tokens were handed out. */
  get handedOut(): number {
    return this.#count;
  }

  /** Throws 401. */
  check(authorization: string | undefined): 'private' | 'oauth' {
    const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
    if (token !== undefined && token === this.accessToken) return 'private';
    const end = this.#ends.get(token ?? '');
    if (end !== undefined && end > this.#now()) return 'oauth';
    throw end === undefined
      ? new ApiError(401, 'INVALID_AUTHENTICATION', 'Authentication credentials not found or invalid.')
      : new ApiError(401, 'EXPIRED_AUTHENTICATION', 'The OAuth token used to make this call expired.');
  }

  /** Throws 403 for a call that needs a scope which the app does not have. */
  checkScope(method: string, path: string): void {
    const type = /^\/crm\/v3\/objects\/([^/]+)/.exec(path)?.[1];
    if (type === undefined) return;
    const asks = method === 'GET' || /\/(search|batch\/read)$/.test(path);
    const scope = `crm.objects.${type}.${asks ? 'read' : 'write'}`;
    if (this.lacking.has(scope)) throw missingScope(scope);
  }

  /** The token endpoint. Its errors have a form of their own. */
  token(form: URLSearchParams): { status: number; body: unknown } {
    const refused = (status: string, message: string) => ({ status: 400, body: { status, message } });
    if (form.get('grant_type') !== 'refresh_token')
      return refused('BAD_GRANT_TYPE', 'unknown or invalid grant_type');
    if (form.get('client_id') !== this.app.clientId || form.get('client_secret') !== this.app.clientSecret)
      return refused('BAD_CLIENT_ID', 'missing or unknown client id');
    if (this.#revoked || form.get('refresh_token') !== this.app.refreshToken)
      return refused('BAD_REFRESH_TOKEN', 'missing or invalid refresh token');
    const token = `oauth-${++this.#count}`;
    this.#ends.set(token, this.#now() + LIFE_S * 1000);
    return {
      status: 200,
      body: {
        token_type: 'bearer',
        refresh_token: this.app.refreshToken,
        access_token: token,
        expires_in: LIFE_S,
      },
    };
  }
}

/** The token endpoint: three ways to log in, tokens that end by time or by an administrator's hand. */
import { createHash, createPublicKey, verify } from 'node:crypto';
import type { Org } from './org.ts';

export interface Client {
  id: string;
  secret: string;
  /** PEM of the certificate's key, for logins by JWT. */
  publicKey?: string | undefined;
  username: string;
  refreshToken: string;
}

export interface OauthOptions {
  client: Client;
  /** How long a token lasts, in ms. */
  sessionMs: number;
  /** Every use of a refresh token gives a new one and ends the old. */
  rotates: boolean;
}

interface Session {
  until: number;
}

export type TokenAnswer = { status: number; body: Record<string, unknown> };

const refused = (error: string, description: string): TokenAnswer => ({
  status: 400,
  body: { error, error_description: description },
});

export class Oauth {
  /** Logins that were granted, newest last: which way each was. */
  readonly logins: string[] = [];
  /** Set to refuse every login: OAuth's error and its words. */
  refuse: { error: string; description: string } | undefined;
  readonly options: OauthOptions;
  private readonly org: Org;
  private readonly sessions = new Map<string, Session>();
  private count = 0;

  constructor(org: Org, options: OauthOptions) {
    this.org = org;
    this.options = options;
  }

  /** Ends every token: what a revoked approval or a changed policy does in mid-run. */
  revoke(): void {
    this.sessions.clear();
  }

  accepts(token: string): boolean {
    const session = this.sessions.get(token);
    return session !== undefined && session.until > this.org.now();
  }

  /** A token for people and tests who do not log in. */
  issue(): string {
    this.count += 1;
    const random = createHash('sha256').update(`token ${this.count}`).digest('base64url');
    const token = `${this.org.id.slice(0, 15)}!${random}`;
    this.sessions.set(token, { until: this.org.now() + this.options.sessionMs });
    return token;
  }

  token(form: Record<string, string>, url: string): TokenAnswer {
    const { client } = this.options;
    if (this.refuse) return refused(this.refuse.error, this.refuse.description);
    const kind = form['grant_type'];
    if (kind === 'client_credentials')
      return this.checkClient(form) ?? this.granted('client_credentials', url);
    if (kind === 'refresh_token') return this.refreshed(form, url);
    if (kind === 'urn:ietf:params:oauth:grant-type:jwt-bearer')
      return this.assertionRefused(form['assertion'] ?? '', client) ?? this.granted('private_key', url);
    return refused('unsupported_grant_type', 'grant type not supported');
  }

  private checkClient(form: Record<string, string>): TokenAnswer | undefined {
    const { client } = this.options;
    if (form['client_id'] !== client.id) return refused('invalid_client_id', 'client identifier invalid');
    if (form['client_secret'] !== client.secret)
      return refused('invalid_client', 'invalid client credentials');
    return undefined;
  }

  private refreshed(form: Record<string, string>, url: string): TokenAnswer {
    const { client, rotates } = this.options;
    const wrong = this.checkClient(form);
    if (wrong) return wrong;
    if (form['refresh_token'] !== client.refreshToken)
      return refused('invalid_grant', 'expired access/refresh token');
    if (!rotates) return this.granted('refresh_token', url);
    client.refreshToken = `5Aep${createHash('sha256').update(client.refreshToken).digest('base64url')}`;
    return this.granted('refresh_token', url, { refresh_token: client.refreshToken });
  }

  private assertionRefused(assertion: string, client: Client): TokenAnswer | undefined {
    const [head = '', payload = '', signature = ''] = assertion.split('.');
    const claims = parsed(payload);
    if (!client.publicKey || !claims) return refused('invalid_grant', 'invalid assertion');
    const key = createPublicKey(client.publicKey);
    const genuine = verify(
      'RSA-SHA256',
      Buffer.from(`${head}.${payload}`),
      key,
      Buffer.from(signature, 'base64url'),
    );
    if (!genuine) return refused('invalid_grant', 'invalid assertion');
    if (claims['iss'] !== client.id) return refused('invalid_client_id', 'client identifier invalid');
    if (claims['sub'] !== client.username)
      return refused('invalid_grant', "user hasn't approved this consumer");
    if (!/^https:\/\/(login|test)\.salesforce\.com$/.test(String(claims['aud'])))
      return refused('invalid_grant', 'audience is invalid');
    const now = Math.floor(this.org.now() / 1000);
    const exp = Number(claims['exp']);
    if (!(exp > now) || exp > now + 305)
      return refused('invalid_grant', 'assertion expired or lives too long');
    return undefined;
  }

  private granted(way: string, url: string, more: Record<string, unknown> = {}): TokenAnswer {
    this.logins.push(way);
    const body = {
      access_token: this.issue(),
      signature: 'c2FuZGJveA==',
      scope: 'api refresh_token',
      instance_url: url,
      id: `${url}/id/${this.org.id}/${this.org.apiUser}`,
      token_type: 'Bearer',
      issued_at: String(this.org.now()),
      ...more,
    };
    return { status: 200, body };
  }
}

function parsed(part: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

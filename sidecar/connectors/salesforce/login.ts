/** How we come by an access token: by private key, refresh token or client credentials, whichever the connection is set up for. */
import type { Connection } from '../../domain/connection.ts';
import type { SessionDeps } from '../../domain/connector.ts';
import { ConfigurationError, ConnectionBroken, Failure } from '../../domain/failure.ts';
import { createHttp, type Answer, type Http } from '../kit/http.ts';
import { isRecord } from '../kit/json.ts';
import { signedAssertion } from '../kit/jwt.ts';
import type { Token } from '../kit/token.ts';
import { longId } from './ids.ts';
import { optionsOf, TITLE, type Options } from './settings.ts';

/** A token, and where it is good. */
export interface Login extends Token {
  /** Origin of the org's data: https://acme.my.salesforce.com */
  instance: string;
  /** The org's id with 18 characters; null where the answer names none. */
  organization: string | null;
}

type Way = NonNullable<Options['login']>;
type Grant = Readonly<Record<string, string>>;

const TOKEN_PATH = '/services/oauth2/token';
/** The vendor refuses assertions that live longer than about five minutes. */
const ASSERTION_MS = 3 * 60_000;
/** Hosts of the vendor's own: whatever else a token answer names must not get our token. */
const OWN_HOSTS = /(^|\.)(salesforce|force|cloudforce|salesforce-setup)\.com$/;

/** Logs in, each time anew. A refresh token that is exchanged at its use is remembered until the process ends. */
export function loginOf(connection: Connection, deps: SessionDeps): () => Promise<Login> {
  let line: Http | undefined;
  let rotated: string | undefined;
  return async () => {
    const options = optionsOf(connection);
    line ??= lineTo(loginUrlOf(connection, options), deps);
    const grant = await grantOf(connection, options, deps.now(), rotated);
    const { body } = await line.send('POST', TOKEN_PATH, { form: grant, asks: true });
    if (isRecord(body) && typeof body['refresh_token'] === 'string') rotated = body['refresh_token'];
    return checked(body, connection, options);
  };
}

function lineTo(baseUrl: string, deps: SessionDeps): Http {
  return createHttp({
    title: TITLE,
    baseUrl,
    headers: {},
    perSecond: 2,
    now: deps.now,
    signal: deps.signal,
    sleep: deps.sleep,
    transport: deps.transport,
    explain: refusal,
  });
}

/** Where the connection logs in. */
function loginUrlOf(connection: Connection, options: Options): string {
  const vendors =
    connection.environment === 'test' ? 'https://test.salesforce.com' : 'https://login.salesforce.com';
  return connection.baseUrl ?? options.login_url ?? vendors;
}

function wayOf(connection: Connection, options: Options): Way {
  if (options.login) return options.login;
  if (connection.secrets['private_key']) return 'private_key';
  return connection.secrets['refresh_token'] ? 'refresh_token' : 'client_credentials';
}

async function grantOf(
  connection: Connection,
  options: Options,
  now: number,
  rotated: string | undefined,
): Promise<Grant> {
  const way = wayOf(connection, options);
  const secret = (name: string): string => connection.secrets[name]?.[0] ?? missing(connection, name, way);
  const client = { client_id: secret('client_id') };
  if (way === 'client_credentials')
    return { grant_type: 'client_credentials', ...client, client_secret: secret('client_secret') };
  if (way === 'refresh_token') {
    const proof = connection.secrets['client_secret']?.[0];
    return {
      grant_type: 'refresh_token',
      ...client,
      ...(proof === undefined ? {} : { client_secret: proof }),
      refresh_token: rotated ?? secret('refresh_token'),
    };
  }
  const { username } = options;
  if (username === undefined)
    throw new ConfigurationError(
      'no_username',
      `Connection ${connection.id} does not say whom it logs in as`,
      {
        hint: 'Set options.username to the user that the connected app is approved for.',
      },
    );
  const audience =
    connection.environment === 'test' ? 'https://test.salesforce.com' : 'https://login.salesforce.com';
  const assertion = await signedAssertion(secret('private_key'), {
    issuer: client.client_id,
    subject: username,
    audience,
    now,
    lifeMs: ASSERTION_MS,
  });
  return { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
}

const WAYS: Record<Way, string> = {
  private_key: 'with a private key it needs client_id, private_key and options.username',
  refresh_token: 'with a refresh token it needs client_id, client_secret and refresh_token',
  client_credentials: 'by client credentials it needs client_id, client_secret and options.login_url',
};

function missing(connection: Connection, name: string, way: Way): never {
  throw new ConfigurationError(`no_${name}`, `Connection ${connection.id} has no ${name}`, {
    hint: `Let credentials.${name} point to where it is kept: to log in at ${TITLE} ${WAYS[way]}.`,
  });
}

function checked(body: unknown, connection: Connection, options: Options): Login {
  const token = isRecord(body) ? body['access_token'] : undefined;
  const url = isRecord(body) ? body['instance_url'] : undefined;
  if (typeof token !== 'string' || typeof url !== 'string' || !URL.canParse(url))
    throw new ConnectionBroken('login_not_understood', `${TITLE} answered the login with something else`, {
      hint: 'Check base_url and options.login_url of the connection: they must lead to the login server itself.',
    });
  const instance = new URL(url);
  const allowed = new URL(loginUrlOf(connection, options)).host;
  const own = instance.protocol === 'https:' && OWN_HOSTS.test(instance.hostname);
  if (!own && instance.host !== allowed)
    throw new ConnectionBroken(
      'foreign_instance',
      `The login sends us to ${instance.host}, which is not ${TITLE}'s`,
      {
        hint: 'Check base_url and options.login_url: the token is sent to no other host.',
        args: { host: instance.host },
      },
    );
  const organization = organizationIn(body);
  checkOrganization(organization, connection, options);
  return { value: token, expiresAt: null, instance: instance.origin, organization };
}

/** The identity URL ends with the ids of org and user. */
function organizationIn(body: unknown): string | null {
  const id = isRecord(body) && typeof body['id'] === 'string' ? body['id'] : '';
  return longId(/\/id\/(\w+)\/\w+$/.exec(id)?.[1] ?? '') ?? null;
}

function checkOrganization(got: string | null, { id }: Connection, { organization }: Options): void {
  if (organization === undefined || got === null || longId(organization) === got) return;
  throw new ConnectionBroken(
    'other_account',
    `The credentials of connection ${id} belong to the org ${got}`,
    {
      hint: `Use credentials of the org ${organization}, or correct options.organization.`,
      args: { got, want: organization },
    },
  );
}

const HINTS: Record<string, string> = {
  invalid_client_id:
    'Check client_id: it is the consumer key of the connected app; a new app needs ten minutes to be known.',
  invalid_client: 'Check client_secret: it is the consumer secret of the connected app.',
  invalid_grant:
    'The user, the approval or the token is no longer valid: approve the app for the user again, check options.username and the clock of this machine, and put in a new refresh_token if one is used.',
  invalid_app_access:
    'Let an administrator approve the connected app for the user ("Manage Assigned Users").',
  unsupported_grant_type: 'Switch this kind of login on in the connected app.',
  inactive_user: 'The user is inactive: activate it, or use another.',
  inactive_org: 'The org is inactive.',
};

/** OAuth's error → what a person has to do. The vendor's own words hold no secret. */
function refusal(answer: Answer): Failure | undefined {
  const body = isRecord(answer.body) ? answer.body : {};
  const code = typeof body['error'] === 'string' ? body['error'] : undefined;
  if (code === undefined || answer.status >= 500 || answer.status === 429) return undefined;
  const said = typeof body['error_description'] === 'string' ? body['error_description'] : code;
  return new ConnectionBroken('login_refused', `${TITLE} refuses our login: ${said}`, {
    hint: HINTS[code] ?? 'Check the credentials of the connection and the settings of the connected app.',
    args: { error: code },
  });
}

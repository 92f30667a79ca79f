/** What HubSpot's error answers mean; undefined where the common table says it as well. */
import { ConnectionBroken, Failure, RateLimited, Transient } from '../../domain/failure.ts';
import type { Answer } from '../kit/http.ts';
import { isRecord } from '../kit/json.ts';
import { failureOf, retryAfterMs } from '../kit/status.ts';
import { TITLE } from './settings.ts';

/** One error as the vendor writes it: of a whole call, or of one record in a batch. */
export interface VendorError {
  status: string;
  category: string;
  message: string;
  /** Ids of the records it speaks of. */
  ids: string[];
  /** Codes of the properties that are wrong, by their names. */
  properties: Record<string, string>;
  /** Of a refusal for being too quick. */
  policy: string;
  /** Permissions that are missing. */
  scopes: string[];
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

/** Reads an error whatever is missing in it. */
export function errorOf(body: unknown): VendorError {
  const own = isRecord(body) ? body : {};
  const context = isRecord(own['context']) ? own['context'] : {};
  const details = (Array.isArray(own['errors']) ? own['errors'] : []).filter(isRecord);
  const inner = details.map((detail) => (isRecord(detail['context']) ? detail['context'] : {}));
  const scopes = [context, ...inner].flatMap((one) => [
    ...textsIn(one['requiredGranularScopes']),
    ...textsIn(one['requiredScopes']),
  ]);
  return {
    status: textOf(own['status']),
    category: textOf(own['category']),
    message: textOf(own['message']),
    // We name each row of a batch by its id (`objectWriteTraceId`).
    ids: ['ids', 'id', 'objectWriteTraceId'].flatMap((name) => textsIn(context[name])),
    properties: { ...propertiesIn(textOf(own['message'])), ...propertiesOf(details) },
    policy: textOf(own['policyName']),
    scopes: [...new Set(scopes)],
  };
}

function propertiesOf(details: Record<string, unknown>[]): Record<string, string> {
  const found = details.flatMap((detail) => {
    const context = isRecord(detail['context']) ? detail['context'] : {};
    const names = [...textsIn(context['propertyName']), textOf(detail['name']), textOf(detail['in'])];
    const name = names.find((one) => one !== '');
    const code = textOf(detail['code']) || textOf(detail['error']);
    return name && code ? [[name, code] as const] : [];
  });
  return Object.fromEntries(found);
}

/** The message of a refused write holds a list of its own: `Property values were not valid: [{…}]`. */
function propertiesIn(message: string): Record<string, string> {
  const list = /Property values were not valid: (\[.*\])$/s.exec(message)?.[1];
  if (list === undefined) return {};
  const pairs = [...list.matchAll(/\{[^{}]*\}/g)].flatMap(([text]) => {
    const name = /"name":"([^"]*)"/.exec(text)?.[1];
    const code = /"error":"([^"]*)"/.exec(text)?.[1];
    return name && code ? [[name, code] as const] : [];
  });
  return Object.fromEntries(pairs);
}

/** Names and addresses of people do not belong into messages. */
export const redact = (message: string): string =>
  message.replace(/\S+@\S+/g, '…').replace(/Property values were not valid: .*/s, 'a value is not valid');

const MINUTE_MS = 60_000;

/** See `HttpOptions.explain`. */
export function explain(answer: Answer, path: string, now: number, oauth: boolean): Failure | undefined {
  const error = errorOf(answer.body);
  const rest = retryAfterMs(answer.headers['retry-after'], now);
  if (answer.status === 401) return unknownToken(path, oauth);
  if (answer.status === 403) return forbidden(error, path);
  if (answer.status === 429) return slowDown(error, path, rest);
  if (answer.status === 477)
    return pause('being_moved', 'is moving our account to another data centre', path, rest ?? 60 * MINUTE_MS);
  if (answer.status === 423) return pause('locked', 'is busy with the records', path, rest ?? 2_000);
  if (answer.status === 502 || answer.status === 504)
    return pause('vendor_unwell', `answered ${answer.status}`, path, rest ?? 10_000);
  return failureOf({
    title: TITLE,
    status: answer.status,
    path,
    message: redact(error.message) || undefined,
    retryAfterMs: rest,
  });
}

function unknownToken(path: string, oauth: boolean): Failure {
  return new ConnectionBroken('credentials_refused', `${TITLE} does not accept our access token`, {
    hint: oauth
      ? `Connect the app to ${TITLE} again and keep the new refresh token where credentials.refresh_token points.`
      : `Make a new access token in the private app and put it where credentials.access_token points.`,
    args: { status: 401, path },
  });
}

function forbidden({ scopes }: VendorError, path: string): Failure {
  return new ConnectionBroken('permission_missing', `Our app at ${TITLE} may not use ${path}`, {
    hint:
      scopes.length > 0
        ? `Give the app the scope ${scopes.join(' or ')}; with OAuth it is then to be connected again.`
        : 'Give the app the scopes that docs/connect-hubspot.md names.',
    args: { status: 403, path, ...(scopes.length > 0 ? { scopes } : {}) },
  });
}

/** What the vendor's windows last; a day's is asked again now and then, as nobody tells when it ends. */
const POLICY_MS: Readonly<Record<string, number>> = {
  SECONDLY: 1_000,
  TEN_SECONDLY_ROLLING: 10_000,
  DAILY: 15 * MINUTE_MS,
};

function slowDown({ policy }: VendorError, path: string, rest: number | undefined): Failure {
  const known = Object.hasOwn(POLICY_MS, policy) ? POLICY_MS[policy]! : 1_000;
  const daily = policy === 'DAILY';
  return new RateLimited(
    'rate_limited',
    daily
      ? `${TITLE} takes no more calls of our app today`
      : `${TITLE} asks us to slow down${policy ? ` (${policy})` : ''}`,
    {
      retryAfterMs: rest ?? known,
      args: { status: 429, path, ...(policy ? { policy } : {}) },
      ...(daily
        ? { hint: 'It goes on by itself tomorrow; or ask the vendor for the higher daily limit.' }
        : {}),
    },
  );
}

function pause(code: string, what: string, path: string, ms: number): Failure {
  return new Transient(code, `${TITLE} ${what}`, { retryAfterMs: ms, args: { path } });
}

/** What can go wrong between sidecar and Odoo, in words for the person who has to mend it. */
import {
  ConnectionBroken,
  Failure,
  InvalidData,
  RateLimited,
  Transient,
  UnknownOutcome,
} from '../domain/failure.ts';

/** What was asked of whom; `address` is safe to show. */
export interface Call {
  address: string;
  database: string;
  method: string;
}

/** Methods that may not be asked again without thinking: what they wrote has to be looked up first. */
const EFFECTS: ReadonlySet<string> = new Set(['apply']);

/** Host and path of the Odoo server, without user, password or query. */
export function addressOf(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname.replace(/\/$/, '')}`;
}

const argsOf = ({ address, database, method }: Call, more: Record<string, unknown> = {}) => ({
  args: { address, database, method, ...more },
});

const NEVER_SENT = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EHOSTDOWN)$/;
const CERTIFICATE = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|HOSTNAME_MISMATCH)/;

/** The failure behind a network error by its code; `code` is '' when there is none. */
export function networkFailure(code: string, call: Call): Failure {
  if (NEVER_SENT.test(code)) return odooDown(call, code);
  if (CERTIFICATE.test(code))
    return new ConnectionBroken(
      'odoo_certificate',
      `The certificate of Odoo at ${call.address} is not trusted.`,
      {
        hint: 'Renew the certificate, or make its authority known to Node.js with NODE_EXTRA_CA_CERTS.',
        ...argsOf(call, { cause: code }),
      },
    );
  if (code === 'EPROTO')
    return new ConnectionBroken('odoo_address', `${call.address} does not speak https.`, {
      hint: 'Correct the address of Odoo: http instead of https, or another port.',
      ...argsOf(call),
    });
  return answerLost(call, code || 'the connection broke');
}

/** Nobody listens there: nothing was sent. */
export const odooDown = (call: Call, reason: string): Failure =>
  new Transient('odoo_down', `Odoo at ${call.address} cannot be reached (${reason}).`, {
    hint: 'Start Odoo, or correct its address in the settings of the sidecar. Nothing is lost meanwhile.',
    ...argsOf(call, { reason }),
  });

/** The request left, its answer did not come: what `apply` did has to be looked up; everything else is asked again. */
export function answerLost(call: Call, reason: string): Failure {
  const message = `Odoo at ${call.address} did not answer "${call.method}" to the end (${reason}).`;
  const details = {
    hint: 'The sidecar asks again by itself. If it happens often, look at Odoo’s log and its time limits.',
    ...argsOf(call, { reason }),
  };
  return EFFECTS.has(call.method)
    ? new UnknownOutcome('odoo_answer_lost', message, details)
    : new Transient('odoo_answer_lost', message, details);
}

/** The caller’s signal ended the call. */
export const aborted = (call: Call): Failure =>
  EFFECTS.has(call.method)
    ? answerLost(call, 'the sidecar is stopping')
    : new Transient(
        'odoo_call_ended',
        `The call "${call.method}" to Odoo was ended by the sidecar.`,
        argsOf(call),
      );

/** Wrong, revoked or expired key. */
export const keyRefused = (call: Call): Failure =>
  new ConnectionBroken('odoo_key', `Odoo at ${call.address} refuses the key of the sidecar.`, {
    hint: 'The key is wrong, revoked or has expired: make a new key in Settings › SaaS Sync and give it to the sidecar.',
    ...argsOf(call),
  });

/** The user lacks the group of the sidecar, or a company; `said` is Odoo’s message. */
export const rightsMissing = (call: Call, said: string): Failure =>
  new ConnectionBroken('odoo_rights', `Odoo does not let the sidecar's user call "${call.method}": ${said}`, {
    hint: 'Let the sidecar use the service user that Settings › SaaS Sync makes, and press Update access there.',
    ...argsOf(call),
  });

/** No such database, or hidden by a filter. */
export const databaseMissing = (call: Call): Failure =>
  new ConnectionBroken(
    'odoo_database',
    `Odoo at ${call.address} has no database "${call.database}" for us.`,
    {
      hint: 'Correct the name of the database or the address. Odoo’s dbfilter and a proxy in front can hide it, too.',
      ...argsOf(call),
    },
  );

/** The database is there, saas_sync is not. */
export const addonMissing = (call: Call): Failure =>
  new ConnectionBroken(
    'odoo_addon',
    `The addon SaaS Sync is not installed in the database "${call.database}".`,
    {
      hint: 'Install the addon saas_sync in Odoo’s Apps.',
      ...argsOf(call),
    },
  );

/** saas_sync is there and lacks this method. */
export const addonOutdated = (call: Call): Failure =>
  new ConnectionBroken('odoo_addon_outdated', `The addon SaaS Sync of Odoo does not know "${call.method}".`, {
    hint: 'Update the addon saas_sync to the version of this sidecar.',
    ...argsOf(call),
  });

/** Something else answered; `found` says what. */
export const notOdoo = (call: Call, found: string): Failure =>
  new ConnectionBroken('odoo_address', `${call.address} does not answer as Odoo does (${found}).`, {
    hint: 'Correct the address of Odoo: its root, without /web or /odoo, and with https if it redirects.',
    ...argsOf(call, { found }),
  });

/** A lock, a restart, or a proxy without its Odoo; passes by itself. */
export const busy = (call: Call, status: number, retryAfterMs?: number): Failure =>
  new Transient('odoo_busy', `Odoo at ${call.address} is busy or restarting (status ${status}).`, {
    hint: 'The sidecar asks again by itself. If it stays so, look at Odoo’s log and the number of its workers.',
    ...argsOf(call, { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });

const OF_DATABASE =
  /(SerializationFailure|DeadlockDetected|LockNotAvailable|AdminShutdown|CrashShutdown|CannotConnectNow|OperationalError|InterfaceError|PoolError|LockError)/;

/** Whether an error (its class, or a traceback) is one of Odoo's database that passes: a restart, a lock, too much at once. */
export const isOfDatabase = (text: string): boolean => OF_DATABASE.test(text);

/** A proxy’s limit. */
export const slowDown = (call: Call, retryAfterMs?: number): Failure =>
  new RateLimited('odoo_rate_limited', `The proxy before Odoo at ${call.address} asks for fewer calls.`, {
    hint: 'Take the sidecar out of that limit; it makes few calls at a time.',
    ...argsOf(call),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });

/** Odoo’s own checks said no to the whole call; `said` is its message. */
export const refused = (call: Call, said: string): Failure =>
  new InvalidData('odoo_refused', `Odoo refuses "${call.method}": ${said}`, {
    hint: 'Read the message; if it speaks of no record, compare the versions of sidecar and addon.',
    ...argsOf(call),
  });

/** Beyond a bound: the proxy’s for requests, ours for answers. */
export const tooLarge = (call: Call, what: 'request' | 'answer'): Failure =>
  new InvalidData('odoo_too_large', `The ${what} of "${call.method}" is larger than allowed.`, {
    hint:
      what === 'request'
        ? 'Raise the body limit of the proxy before Odoo (nginx: client_max_body_size), or send smaller batches.'
        : 'Ask for fewer records at a time.',
    ...argsOf(call, { what }),
  });

/** An error inside Odoo that asking again does not mend; `said` is its last line, never its traceback. */
export const odooError = (call: Call, said: string): Failure =>
  new Failure('bug', 'odoo_error', `Odoo failed in "${call.method}": ${said}`, {
    hint: 'Odoo’s log has the details. Report it with the time and this message.',
    ...argsOf(call),
  });

/** What Odoo said, short, on one line, and without any traceback. */
export function lastLine(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const said = text.includes('Traceback (most recent call last)') ? lines.at(-1) : lines.join(' ');
  return shorten((said ?? '').replace(/^[\w.]*(Error|Exception|Warning|Denied): ?/, '')) || 'no reason given';
}

const LONGEST = 400;
const shorten = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);

/** Retry-After in milliseconds; seconds only, as Odoo's proxies send it. */
export function retryAfterMs(header: unknown): number | undefined {
  const seconds = Number(header);
  return header !== undefined && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

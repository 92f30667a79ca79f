/**
 * What can go wrong, by what has to happen next. The class of a failure is the decision: code, journal, API and
 * Odoo's screens use the same ten words, and `CONSEQUENCES` is the one table that says what each leads to and whose business it is.
 */

/** The ten classes. Odoo's `saas.sync.exception.cause` has the same values. */
export const FAILURE_CLASSES = [
  'transient',
  'rate_limited',
  'connection',
  'missing_mapping',
  'invalid_data',
  'conflict',
  'business_rule',
  'duplicate',
  'unknown_outcome',
  'bug',
] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];

/**
 * What the engine does with a failed lane. `retry` sleeps and tries again (with growing pauses and jitter, never before a
 * Retry-After), `pause` stops the whole connection until a probe succeeds, `park` hands it to a person as an Exception.
 */
export type Reaction = 'retry' | 'pause' | 'park';

/** Whom a failure concerns, if it lasts: the person who can end it. Odoo's desk filters by the same words. */
export const CONCERNS = ['operator', 'accountant', 'admin', 'developer'] as const;
export type Concern = (typeof CONCERNS)[number];

interface Consequence {
  do: Reaction;
  /** Asked first whether it took effect, before anything is sent again. */
  lookUp?: true;
  concerns: Concern;
}

/** Class → what happens, and whose business it is. Waiting for another record is no failure: Odoo answers `waiting`. */
export const CONSEQUENCES: Record<FailureClass, Consequence> = {
  transient: { do: 'retry', concerns: 'admin' },
  rate_limited: { do: 'retry', concerns: 'admin' },
  connection: { do: 'pause', concerns: 'admin' },
  missing_mapping: { do: 'park', concerns: 'accountant' },
  invalid_data: { do: 'park', concerns: 'accountant' },
  conflict: { do: 'park', concerns: 'accountant' },
  business_rule: { do: 'park', concerns: 'accountant' },
  duplicate: { do: 'park', concerns: 'operator' },
  // Effects carry receipts, so asking Odoo again *is* the look-up: a repeated apply finds what was committed.
  unknown_outcome: { do: 'retry', lookUp: true, concerns: 'admin' },
  bug: { do: 'retry', concerns: 'developer' },
};

export const reactionTo = (failureClass: FailureClass): Reaction => CONSEQUENCES[failureClass].do;

/** What belongs to somebody else than the rest of its class: rights and fields at a vendor are given by whoever administers it. */
const CONCERN_OF_CODE: Readonly<Record<string, Concern>> = {
  may_not_write: 'admin',
  field_not_writable: 'admin',
  field_missing_there: 'admin',
};
/** Classes that have such codes. */
export const CLASSES_OF_ADMINS: readonly FailureClass[] = ['missing_mapping', 'business_rule'];

export const concernOf = (failureClass: FailureClass, code = ''): Concern =>
  (CLASSES_OF_ADMINS.includes(failureClass) ? CONCERN_OF_CODE[code] : undefined) ??
  CONSEQUENCES[failureClass].concerns;

export interface FailureDetails {
  /** What a person can do about it, as an instruction. */
  hint?: string;
  /** Earliest moment of the next try, in milliseconds from now (a vendor's Retry-After). */
  retryAfterMs?: number;
  /** Values the message speaks of, for machines and translations; never a secret, never personal data. */
  args?: Record<string, unknown>;
  cause?: unknown;
}

/** Base of everything the product throws on purpose. `code` is stable, lower_snake_case, and documented. */
export class Failure extends Error {
  readonly class: FailureClass;
  readonly code: string;
  readonly hint: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly args: Record<string, unknown>;

  constructor(failureClass: FailureClass, code: string, message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.class = failureClass;
    this.code = code;
    this.hint = details.hint;
    this.retryAfterMs = details.retryAfterMs;
    this.args = details.args ?? {};
  }
}

/** The other side is not well at the moment: network, 5xx, a lock. */
export class Transient extends Failure {
  constructor(code: string, message: string, details?: FailureDetails) {
    super('transient', code, message, details);
  }
}

export class RateLimited extends Failure {
  constructor(code: string, message: string, details?: FailureDetails) {
    super('rate_limited', code, message, details);
  }
}

/** Credentials, permissions or set-up of a whole connection are wrong; nothing in it can work until mended. */
export class ConnectionBroken extends Failure {
  constructor(code: string, message: string, details?: FailureDetails) {
    super('connection', code, message, details);
  }
}

export class InvalidData extends Failure {
  constructor(code: string, message: string, details?: FailureDetails) {
    super('invalid_data', code, message, details);
  }
}

/** A request was sent and its answer lost: it may or may not have taken effect. */
export class UnknownOutcome extends Failure {
  constructor(code: string, message: string, details?: FailureDetails) {
    super('unknown_outcome', code, message, details);
  }
}

/** A webhook that is not to be trusted or not for us; `status` is the HTTP answer. */
export class Refused extends Failure {
  readonly status: 400 | 401 | 404 | 413;
  constructor(status: 400 | 401 | 404 | 413, code: string, message: string, details?: FailureDetails) {
    super('invalid_data', code, message, details);
    this.status = status;
  }
}

/** A file the operator wrote (connections, rules, environment) is wrong: where, and what to write instead. */
export class ConfigurationError extends Failure {
  constructor(code: string, message: string, details?: FailureDetails) {
    super('connection', code, message, details);
  }
}

/** Anything thrown that is not a Failure is our bug: it keeps its message for the log, and says so. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Failure('bug', 'unexpected', `Unexpected error: ${message}`, {
    hint: 'This is a defect of saas_sync. The delivery is kept; report it with its delivery id.',
    cause: error,
  });
}

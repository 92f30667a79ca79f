/** Salesforce's errors in the words of the business: those of a whole request, and those of one row among two hundred. */
import {
  ConnectionBroken,
  Failure,
  InvalidData,
  RateLimited,
  Transient,
  type FailureClass,
} from '../../domain/failure.ts';
import type { Answer } from '../kit/http.ts';
import { isRecord } from '../kit/json.ts';
import { API_VERSION, TITLE } from './settings.ts';
import { textIn } from './text.ts';

/** One entry of an error answer, or of `errors` of a row. */
export interface WireError {
  code: string;
  message: string;
  fields: string[];
}

/** The entries of an error answer: `[{errorCode, message, fields}]`, or `[{statusCode, …}]` for rows. */
export function errorsIn(body: unknown): WireError[] {
  const list = Array.isArray(body) ? body : [body];
  return list.filter(isRecord).map((error) => ({
    code: textIn(error['errorCode']) || textIn(error['statusCode']),
    message: textIn(error['message']),
    fields: Array.isArray(error['fields']) ? error['fields'].map(String) : [],
  }));
}

/** A field that the org does not have or does not show us: what was described of its objects is out of date. */
export const FIELD_MISSING = 'field_missing_there';
/** The place in a long answer is forgotten after two days. */
export const LOCATOR_GONE = 'locator_gone';
/** The object does not exist for our user. */
export const OBJECT_MISSING = 'object_missing_there';

/** A daily limit slides: asking again before long is of no use. */
const DAILY_REST_MS = 10 * 60_000;
/** The same code also says that the org has too many long calls under way at this moment ("Concurrent… Limit exceeded."). */
const CONCURRENT = /^Concurrent/i;
const CONCURRENT_REST_MS = 5_000;

type Made = (error: WireError, path: string) => Failure;

const args = ({ code, fields }: WireError, path: string) => ({
  args: { error: code, path, ...(fields.length > 0 ? { fields } : {}) },
});

function tooManyAtOnce(error: WireError, path: string): Failure {
  return new RateLimited('rate_limited', `The org has too many calls to ${TITLE} under way at this moment`, {
    hint: 'Nothing to do here: it goes on in a few seconds.',
    retryAfterMs: CONCURRENT_REST_MS,
    ...args(error, path),
  });
}

function dayUsedUp(error: WireError, path: string): Failure {
  return new RateLimited('rate_limited', `The org's calls to ${TITLE} of the last 24 hours are used up`, {
    hint: 'Nothing to do here: calls come back hour by hour. If it happens often, see who else calls, or buy more.',
    retryAfterMs: DAILY_REST_MS,
    ...args(error, path),
  });
}

const REQUEST: Record<string, Made> = {
  INVALID_SESSION_ID: (error, path) =>
    new ConnectionBroken('login_refused', `${TITLE} does not accept the login it has just given us`, {
      hint: 'Check that the user may use the API ("API Enabled") and that no IP range of its profile keeps us out.',
      ...args(error, path),
    }),
  API_DISABLED_FOR_ORG: (error, path) =>
    new ConnectionBroken('api_disabled', `This edition of ${TITLE} has no API`, {
      hint: 'Let the vendor switch the API on, or use an org that has it.',
      ...args(error, path),
    }),
  API_CURRENTLY_DISABLED: (error, path) =>
    new ConnectionBroken('api_disabled', `Our user may not use the API of ${TITLE}`, {
      hint: 'Give the user the permission "API Enabled".',
      ...args(error, path),
    }),
  REQUEST_LIMIT_EXCEEDED: (error, path) =>
    CONCURRENT.test(error.message) ? tooManyAtOnce(error, path) : dayUsedUp(error, path),
  SERVER_UNAVAILABLE: (error, path) =>
    new Transient('vendor_unwell', `${TITLE} is busy at the moment`, args(error, path)),
  UNABLE_TO_LOCK_ROW: (error, path) =>
    new Transient(
      'record_locked',
      `Somebody is changing the record at ${TITLE} right now`,
      args(error, path),
    ),
  INVALID_FIELD: (error, path) =>
    new Failure('missing_mapping', FIELD_MISSING, `${TITLE} does not know a field: ${firstLine(error)}`, {
      hint: 'Show the field to our user, or take it out of the rules.',
      ...args(error, path),
    }),
  INVALID_TYPE: (error, path) =>
    new ConnectionBroken(OBJECT_MISSING, `Our user at ${TITLE} sees no such object: ${firstLine(error)}`, {
      hint: 'Give the user the right to read it, by a permission set.',
      ...args(error, path),
    }),
  NOT_FOUND: (error, path) =>
    new ConnectionBroken(OBJECT_MISSING, `${TITLE} does not know ${path}`, {
      hint: `Check base_url, that the org speaks API version ${API_VERSION}, and what our user may read.`,
      ...args(error, path),
    }),
  UNSUPPORTED_API_VERSION: (error, path) =>
    new ConnectionBroken('api_version', `The org does not speak API version ${API_VERSION}`, {
      hint: 'Update saas_sync to a release that speaks a current version.',
      ...args(error, path),
    }),
  INVALID_QUERY_LOCATOR: (error, path) =>
    new Transient(LOCATOR_GONE, `${TITLE} has forgotten where we were in a long answer`, args(error, path)),
  QUERY_TIMEOUT: (error, path) =>
    new Transient('vendor_unwell', `${TITLE} took too long for a query`, args(error, path)),
};

/** The vendor's meaning of an error answer; undefined where the common table says it as well. */
export function explain(answer: Answer, path: string): Failure | undefined {
  const error = errorsIn(answer.body)[0];
  return error && REQUEST[error.code]?.(error, path);
}

const firstLine = ({ message }: WireError): string =>
  message
    .split('\n')
    .map((line) => line.trim())
    .find((line) => /No such|sObject type/i.test(line)) ?? message;

interface RowMeaning {
  class: FailureClass;
  code: string;
  says: string;
  hint: string;
}

const row = (failureClass: FailureClass, code: string, says: string, hint: string): RowMeaning => ({
  class: failureClass,
  code,
  says,
  hint,
});

const LOCKED = row(
  'transient',
  'record_locked',
  'is being changed by somebody else right now',
  'Nothing to do: it is tried again.',
);
const GONE = row(
  'business_rule',
  'record_gone_there',
  'is no longer there, or points to something that is not',
  'Restore it from the recycle bin, or unlink the record in Odoo.',
);
const HIDDEN = row(
  'business_rule',
  'may_not_write',
  'has a field that our user may not write',
  'Give our user the right to edit the field, by a permission set, or take it out of the rules; then press Retry.',
);
const FORBIDDEN = row(
  'business_rule',
  'may_not_write',
  'may not be changed by our user',
  'Give our user the right to edit the object, by a permission set, and share the record with it; then press Retry.',
);
const HELD = row(
  'business_rule',
  'locked_there',
  'is locked, as it waits for an approval',
  'Let the approval end, or let an administrator unlock the record; then press Retry.',
);
const UNFIT = row(
  'invalid_data',
  'value_refused_there',
  'cannot hold a value as Odoo has it',
  'Correct the value in Odoo, or the field at the vendor.',
);
const TWIN = row(
  'duplicate',
  'duplicate_there',
  'would be a duplicate',
  'Merge or link the two records; or set options.duplicates to allow.',
);
const REFUSED = row(
  'business_rule',
  'refused_by_their_rule',
  'is refused by a rule of the org',
  'Correct the record in Odoo so that the rule is met, or let an administrator change the rule.',
);

const ROWS: Record<string, RowMeaning> = {
  DUPLICATES_DETECTED: TWIN,
  DUPLICATE_VALUE: TWIN,
  DUPLICATE_EXTERNAL_ID: row(
    'duplicate',
    'key_not_unique_there',
    'has several records with the same key of Odoo',
    'Keep one of them, clear the key of the others, and make the field unique.',
  ),
  UNABLE_TO_LOCK_ROW: LOCKED,
  SERVER_UNAVAILABLE: LOCKED,
  REQUIRED_FIELD_MISSING: row(
    'business_rule',
    'required_there',
    'needs a field that Odoo does not fill',
    'Fill the field in Odoo, map it in the rules, or make it optional at the vendor.',
  ),
  FIELD_CUSTOM_VALIDATION_EXCEPTION: REFUSED,
  CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY: REFUSED,
  CANNOT_EXECUTE_FLOW_TRIGGER: REFUSED,
  FIELD_FILTER_VALIDATION_EXCEPTION: REFUSED,
  TRANSFER_REQUIRES_READ: FORBIDDEN,
  INSUFFICIENT_ACCESS: FORBIDDEN,
  INSUFFICIENT_ACCESS_OR_READONLY: FORBIDDEN,
  INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY: FORBIDDEN,
  ENTITY_IS_LOCKED: HELD,
  ENTITY_IS_DELETED: GONE,
  INVALID_CROSS_REFERENCE_KEY: GONE,
  MALFORMED_ID: GONE,
  NOT_FOUND: GONE,
  INVALID_FIELD: row(
    'missing_mapping',
    FIELD_MISSING,
    'lacks a field that the rules want to write',
    'Create the field at the vendor, or take it out of the rules.',
  ),
  INVALID_FIELD_FOR_INSERT_UPDATE: HIDDEN,
  STRING_TOO_LONG: UNFIT,
  INVALID_EMAIL_ADDRESS: UNFIT,
  NUMBER_OUTSIDE_VALID_RANGE: UNFIT,
  INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: UNFIT,
  JSON_PARSER_ERROR: UNFIT,
  INVALID_TYPE_ON_FIELD_IN_RECORD: UNFIT,
  FIELD_INTEGRITY_EXCEPTION: UNFIT,
};

const UNKNOWN = row(
  'business_rule',
  'refused_there',
  'was refused',
  'See the message of the vendor; press "Retry" once its reason is gone.',
);

/** Why one row of many was refused. `what` names the record for people: "Account 001…", "a new Account". */
export function rowFailure(errors: readonly WireError[], what: string): Failure {
  const error = errors[0] ?? { code: 'UNKNOWN_EXCEPTION', message: '', fields: [] };
  if (error.code === 'REQUEST_LIMIT_EXCEEDED') return REQUEST['REQUEST_LIMIT_EXCEEDED']!(error, what);
  const meaning = ROWS[error.code] ?? UNKNOWN;
  const fields = error.fields.length > 0 ? ` (${error.fields.join(', ')})` : '';
  const said = error.message ? `: ${error.message}` : '';
  return new Failure(meaning.class, meaning.code, `${TITLE}: ${what} ${meaning.says}${fields}${said}`, {
    hint: meaning.hint,
    args: { error: error.code, ...(error.fields.length > 0 ? { fields: error.fields } : {}) },
  });
}

/** Something answered that is not as the vendor documents it. */
export function notUnderstood(path: string): InvalidData {
  return new InvalidData('unexpected_answer', `${TITLE} answered ${path} with something unexpected`, {
    hint: 'Look at what stands between us and the vendor; if nothing does, report this message.',
    args: { path },
  });
}

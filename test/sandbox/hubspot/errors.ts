/** Errors as HubSpot answers them. */

export interface ErrorBody {
  status: 'error';
  message: string;
  correlationId: string;
  category: string;
  [more: string]: unknown;
}

export class ApiError extends Error {
  readonly status: number;
  readonly category: string;
  readonly more: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    category: string,
    message: string,
    more: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ) {
    super(message);
    this.status = status;
    this.category = category;
    this.more = more;
    this.headers = headers;
  }

  body(): ErrorBody {
    return {
      status: 'error',
      message: this.message,
      correlationId: '00000000-0000-4000-8000-000000000000',
      category: this.category,
      ...this.more,
    };
  }
}

export const notFound = (what: string): ApiError =>
  new ApiError(404, 'OBJECT_NOT_FOUND', `Object not found.  objectId are usually numeric. (${what})`);

export const missingScope = (scope: string): ApiError =>
  new ApiError(403, 'MISSING_SCOPES', 'This app is missing required scopes', {
    errors: [{ message: 'One or more scopes', context: { requiredGranularScopes: [scope] } }],
  });

export const invalid = (message: string, more: Record<string, unknown> = {}): ApiError =>
  new ApiError(400, 'VALIDATION_ERROR', message, more);

export interface Wrong {
  name: string;
  error: string;
  message: string;
}

/** The list of what is wrong travels inside the message. */
export const badProperties = (wrong: Wrong[]): ApiError =>
  invalid(
    `Property values were not valid: ${JSON.stringify(
      wrong.map(({ name, error, message }) => ({ isValid: false, message, error, name })),
    )}`,
  );

/** A value that must be unique belongs to another record. */
export function taken(name: string, value: string, owner: string): ApiError {
  if (name === 'email') return new ApiError(409, 'CONFLICT', `Contact already exists. Existing ID: ${owner}`);
  const message = `Another object already has ${name}=${value}`;
  return badProperties([{ name, error: 'CONFLICTING_UNIQUE_VALUE', message }]);
}

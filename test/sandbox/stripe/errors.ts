/** The errors of the Stripe API, with the bodies and statuses that Stripe gives them. */

type ErrorType = 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';

type Details = {
  code?: string | undefined;
  param?: string | undefined;
  decline_code?: string | undefined;
  charge?: string | undefined;
  payment_intent?: unknown;
};

/** An answer other than 200; `headers` are sent along. */
export class ApiError extends Error {
  readonly status: number;
  readonly type: ErrorType;
  readonly details: Details;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    type: ErrorType,
    message: string,
    details: Details = {},
    headers: Record<string, string> = {},
  ) {
    super(message);
    this.status = status;
    this.type = type;
    this.details = details;
    this.headers = headers;
  }

  /** The JSON body as Stripe sends it. */
  body(requestId: string): { error: Record<string, unknown> } {
    const { code, ...others } = this.details;
    const error: Record<string, unknown> = { message: this.message, type: this.type };
    if (code) {
      error['code'] = code;
      error['doc_url'] = `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`;
    }
    for (const [name, value] of Object.entries(others)) if (value !== undefined) error[name] = value;
    error['request_log_url'] = `https://dashboard.stripe.com/test/logs/${requestId}`;
    return { error };
  }
}

/** 400: the request makes no sense, or the object's state forbids it. */
export function invalid(message: string, details: Details = {}): ApiError {
  return new ApiError(400, 'invalid_request_error', message, details);
}

/** 400: a parameter that must be given is not. */
export function missingParam(param: string): ApiError {
  return invalid(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
}

/** 404 for an id in the path, 400 for an id in a parameter: Stripe makes this difference. */
export function noSuch(what: string, id: string, param = 'id'): ApiError {
  const status = param === 'id' ? 404 : 400;
  return new ApiError(status, 'invalid_request_error', `No such ${what}: '${id}'`, {
    code: 'resource_missing',
    param,
  });
}

/** 401: no key, or one that is not the account's. */
export function unauthenticated(message: string): ApiError {
  return new ApiError(401, 'invalid_request_error', message);
}

/** 402: the bank said no. */
export function cardDeclined(declineCode: string, charge: string, paymentIntent: unknown): ApiError {
  const message =
    declineCode === 'insufficient_funds' ? 'Your card has insufficient funds.' : 'Your card was declined.';
  return new ApiError(402, 'card_error', message, {
    code: 'card_declined',
    decline_code: declineCode,
    charge,
    payment_intent: paymentIntent,
  });
}

/** From an HTTP status to one of our failures: the one table that all connectors start from. */
import { ConnectionBroken, Failure, InvalidData, RateLimited, Transient } from '../../domain/failure.ts';

/** What a vendor's error says, as far as it could be read. */
export interface VendorError {
  /** The vendor for people: "Stripe". */
  title: string;
  status: number;
  /** What was asked for, without a query: "/v1/invoices/in_1". */
  path: string;
  /** The vendor's own words, if any. */
  message?: string | undefined;
  retryAfterMs?: number | undefined;
}

type Make = (error: VendorError, said: string) => Failure;

const after = (error: VendorError) =>
  error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs };
const args = ({ status, path }: VendorError) => ({ args: { status, path } });

/** What we lack a right for. Of a read it stops the connection; who writes turns it into `mayNotWrite`. */
export const NOT_ALLOWED = 'permission_missing';

const TABLE: Record<number, Make> = {
  401: (e, said) =>
    new ConnectionBroken('credentials_refused', `${e.title} does not accept our credentials${said}`, {
      hint: `Make a new key at ${e.title} and put it where the connection's credentials point to.`,
      ...args(e),
    }),
  403: (e, said) =>
    new ConnectionBroken(NOT_ALLOWED, `${e.title} does not let us read ${e.path}${said}`, {
      hint: `Give our key at ${e.title} the right to read this, or use a key that has it.`,
      ...args(e),
    }),
  408: (e, said) => transient(e, said),
  409: (e, said) => transient(e, said),
  425: (e, said) => transient(e, said),
  429: (e, said) =>
    new RateLimited('rate_limited', `${e.title} asks us to slow down${said}`, { ...after(e), ...args(e) }),
};

/** The failure that an answer outside 2xx stands for. Redirects are refused: a key must not travel to another host. */
export function failureOf(error: VendorError): Failure {
  const said = error.message ? `: ${error.message}` : '';
  const made = TABLE[error.status];
  if (made) return made(error, said);
  if (error.status >= 500) return transient(error, said);
  if (error.status >= 300 && error.status < 400)
    return new ConnectionBroken('redirected', `${error.title} sent us elsewhere for ${error.path}`, {
      hint: "Correct the connection's base_url; redirects are not followed, so that no key reaches a foreign host.",
      ...args(error),
    });
  return new InvalidData('request_refused', `${error.title} refused the request for ${error.path}${said}`, {
    hint: 'See the message of the vendor; the request can be repeated with "Retry" once its reason is gone.',
    ...args(error),
  });
}

function transient(error: VendorError, said: string): Failure {
  return new Transient('vendor_unwell', `${error.title} answered ${error.status} for ${error.path}${said}`, {
    ...after(error),
    ...args(error),
  });
}

/** `Retry-After` in milliseconds, from seconds or an HTTP date; undefined if absent or unreadable. */
export function retryAfterMs(header: unknown, now: number): number | undefined {
  if (typeof header !== 'string' || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, Math.round(seconds * 1000));
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** We may read there, but not write this: the record waits for whoever gives rights there, and everything else goes on. */
export function mayNotWrite(
  title: string,
  what: string,
  hint: string,
  about: Record<string, unknown>,
): Failure {
  return new Failure('business_rule', 'may_not_write', `${title} does not let us write ${what}`, {
    hint: `${hint} Then press Retry; what ${title} tells us comes to Odoo meanwhile as always.`,
    args: about,
  });
}

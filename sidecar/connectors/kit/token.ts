/** Access tokens: fetched once for all who wait, renewed before they end, forgotten when the vendor refuses them. */

/** A token as the vendor handed it out. */
export interface Token {
  /** What the Authorization header carries after "Bearer". */
  value: string;
  /** UTC ms; null: the vendor does not say. */
  expiresAt: number | null;
}

export interface TokenKeeper<T extends Token> {
  /** The token to use now. Fails as `fetch` fails; whoever asks next tries again. */
  get(): Promise<T>;
  /** The vendor refused this one (any, if none is named): the next `get` fetches another. */
  forget(value?: string): void;
  /** For `HttpOptions`: both headers and what a 401 leads to. */
  authorize(): Promise<{ Authorization: string }>;
  unauthorized(sent: Record<string, string>): void;
}

/** A token is renewed when less of its life than this is left. */
const EARLY_MS = 60_000;

/** Keeps one account's token. `fetch` is never under way twice; `earlyMs`: how long before its end it is renewed. */
export function tokenKeeper<T extends Token>(options: {
  fetch: () => Promise<T>;
  now: () => number;
  earlyMs?: number;
}): TokenKeeper<T> {
  const { fetch, now, earlyMs = EARLY_MS } = options;
  let kept: T | undefined;
  let coming: Promise<T> | undefined;

  const renew = async (): Promise<T> => {
    try {
      return (kept = await fetch());
    } finally {
      coming = undefined;
    }
  };
  const get = async (): Promise<T> => {
    if (kept && (kept.expiresAt === null || kept.expiresAt - now() > earlyMs)) return kept;
    kept = undefined;
    return (coming ??= renew());
  };
  const forget = (value?: string): void => {
    // A refusal may arrive late, when another call has already brought a new token.
    if (value === undefined || kept?.value === value) kept = undefined;
  };
  return {
    get,
    forget,
    authorize: async () => ({ Authorization: `Bearer ${(await get()).value}` }),
    unauthorized: (sent) => forget(sent['Authorization']?.replace(/^Bearer /, '')),
  };
}

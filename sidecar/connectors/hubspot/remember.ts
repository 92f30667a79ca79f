/** A value that is asked for once in a while: kept for some time, never asked for twice at once. */

export interface Remembered<T> {
  /** As it is known, asked for if it is too old. */
  get(): Promise<T>;
  /** Asked for anew, unless that was done within the last half minute. */
  fresh(): Promise<T>;
  forget(): void;
}

const HALF_MINUTE_MS = 30_000;

/** `load` fails as it fails; whoever asks next tries again. */
export function remember<T>(load: () => Promise<T>, forMs: number, now: () => number): Remembered<T> {
  let kept: { value: T; at: number } | undefined;
  let coming: Promise<T> | undefined;

  const renew = async (): Promise<T> => {
    try {
      const at = now();
      const value = await load();
      kept = { value, at };
      return value;
    } finally {
      coming = undefined;
    }
  };
  const younger = async (ms: number): Promise<T> => {
    const age = kept === undefined ? Number.POSITIVE_INFINITY : Math.abs(now() - kept.at);
    return kept !== undefined && age < ms ? kept.value : (coming ??= renew());
  };
  return {
    get: () => younger(forMs),
    fresh: () => younger(HALF_MINUTE_MS),
    forget: () => {
      kept = undefined;
    },
  };
}

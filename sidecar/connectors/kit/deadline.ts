/** An end for a whole call. Axios' `timeout` speaks of silence only: an answer that trickles would hold a call for ever. */

/** Runs a call whose signal aborts after `ms`, or when `stopping` does. */
export async function within<T>(
  ms: number,
  stopping: AbortSignal | undefined,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const end = new AbortController();
  const abort = (): void => end.abort();
  if (stopping?.aborted) abort();
  const timer = setTimeout(abort, ms);
  // Not AbortSignal.any: it would leave something behind on the long-lived signal with every call.
  stopping?.addEventListener('abort', abort);
  try {
    return await call(end.signal);
  } finally {
    clearTimeout(timer);
    stopping?.removeEventListener('abort', abort);
  }
}

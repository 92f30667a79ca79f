/** One end for a call: its time limit or the caller's signal, whichever comes first. */
import { aborted, answerLost, type Call } from './failures.ts';
import type { Failure } from '../domain/failure.ts';

/** To be asked, when a call failed, whether it was ended on purpose. */
export interface Deadline {
  signal: AbortSignal;
  /** Why the call ended, if it was one of the two. */
  failure: (call: Call) => Failure | undefined;
}

/** Longest time for one answer: a batch that Odoo repeats after lock errors may take this long. */
const USUAL_MS = 120_000;

/** Starts now. */
export function makeDeadline(timeoutMs = USUAL_MS, signal?: AbortSignal): Deadline {
  const timeout = AbortSignal.timeout(timeoutMs);
  return {
    signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
    failure: (call) => {
      if (signal?.aborted) return aborted(call);
      return timeout.aborted ? answerLost(call, `no answer within ${timeoutMs} ms`) : undefined;
    },
  };
}

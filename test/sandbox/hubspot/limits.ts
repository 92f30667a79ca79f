/** How many calls are let in: ten seconds for the app, a day for the account, a second for searches. */
import { ApiError } from './errors.ts';

export interface Limits {
  /** Calls within ten seconds; 0 = no limit. */
  tenSecondly: number;
  daily: number;
  /** Searches within a second, of the whole account. */
  search: number;
}

export class Meter {
  limits: Limits;
  readonly #now: () => number;
  #calls: number[] = [];
  #searches: number[] = [];
  #day = { date: 0, count: 0 };

  constructor(limits: Partial<Limits>, now: () => number) {
    this.limits = { tenSecondly: 190, daily: 650_000, search: 0, ...limits };
    this.#now = now;
  }

  /** Counts a call. Throws 429 naming the policy. */
  count(search: boolean): void {
    const now = this.#now();
    const date = Math.floor(now / 86_400_000);
    if (date !== this.#day.date) this.#day = { date, count: 0 };
    this.#calls = this.#calls.filter((at) => at > now - 10_000);
    this.#searches = this.#searches.filter((at) => at > now - 1_000);
    if (this.#over(this.#day.count, this.limits.daily)) throw tooMany('DAILY');
    if (this.#over(this.#calls.length, this.limits.tenSecondly)) throw tooMany('TEN_SECONDLY_ROLLING');
    if (search && this.#over(this.#searches.length, this.limits.search)) throw tooMany('SECONDLY');
    this.#day.count += 1;
    this.#calls.push(now);
    if (search) this.#searches.push(now);
  }

  #over(count: number, limit: number): boolean {
    return limit > 0 && count >= limit;
  }

  /** Answers to searches do not have them. */
  headers(): Record<string, string> {
    const { tenSecondly, daily } = this.limits;
    if (tenSecondly === 0) return {};
    return {
      'X-HubSpot-RateLimit-Max': String(tenSecondly),
      'X-HubSpot-RateLimit-Remaining': String(Math.max(0, tenSecondly - this.#calls.length)),
      'X-HubSpot-RateLimit-Interval-Milliseconds': '10000',
      'X-HubSpot-RateLimit-Daily': String(daily),
      'X-HubSpot-RateLimit-Daily-Remaining': String(Math.max(0, daily - this.#day.count)),
    };
  }
}

export const tooMany = (policyName: string): ApiError =>
  new ApiError(429, 'RATE_LIMITS', `You have reached your ${policyName.toLowerCase()} limit.`, {
    errorType: 'RATE_LIMIT',
    policyName,
  });

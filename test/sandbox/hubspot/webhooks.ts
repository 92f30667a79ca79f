/** Delivers events to the address of the app: in lists, signed, again and again until they are taken. */
import { createHash, createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DeliveryFault, Faults } from './faults.ts';
import type { Portal } from './portal.ts';
import type { HookEvent } from './records.ts';

export interface WebhookOptions {
  /** Where to send. */
  url: string;
  /** The app's client secret. */
  secret: string;
  /** The address that is signed, if a proxy stands between; else `url`. */
  publicUrl?: string | undefined;
  /** Only these; everything if absent. */
  subscriptions?: readonly string[] | undefined;
  /** How long events are gathered before they leave, in ms. */
  gatherMs?: number | undefined;
  /** Pause before the first retry in ms, doubled for each further one; the vendor takes minutes. */
  retryMs?: number | undefined;
}

/** One attempt, or a message that was lost on purpose (`status` is null). */
export interface Sent {
  events: HookEvent[];
  attempt: number;
  /** The receiver's HTTP status; 0 when it could not be reached. */
  status: number | null;
  fault: DeliveryFault['kind'] | null;
}

interface Message {
  events: HookEvent[];
  attempt: number;
  fault: DeliveryFault | undefined;
}

/** The vendor's most. */
const MOST_EVENTS = 100;
/** The first attempt and ten retries. */
const MOST_ATTEMPTS = 11;

/** The headers of a signed message: the present scheme and both old ones. */
export function signatureHeaders(
  body: string,
  url: string,
  secret: string,
  at: number,
): Record<string, string> {
  const v3 = createHmac('sha256', secret).update(`POST${url}${body}${at}`).digest('base64');
  return {
    'X-HubSpot-Signature-v3': v3,
    'X-HubSpot-Request-Timestamp': String(at),
    'X-HubSpot-Signature': createHash('sha256').update(`${secret}POST${url}${body}`).digest('hex'),
    'X-HubSpot-Signature-Version': 'v2',
  };
}

/** Sends a body to the address; answers the receiver's status, 0 if nobody was there. */
export type Carrier = (url: string, headers: Record<string, string>, body: string) => Promise<number>;

export class Webhooks {
  readonly log: Sent[] = [];
  /** The network, unless a simulation carries messages itself. */
  carrier: Carrier = overNetwork;
  #target: WebhookOptions | undefined;
  readonly #portal: Portal;
  readonly #faults: Faults;
  #gathered: HookEvent[] = [];
  #isLeaving = false;
  #held: Message[] = [];
  #underway = 0;
  #stopped = new AbortController();

  constructor(portal: Portal, faults: Faults, target: WebhookOptions | undefined) {
    this.#portal = portal;
    this.#faults = faults;
    this.#target = target;
    portal.on('event', (event: HookEvent) => this.#take(event));
  }

  /** Another address, or none. */
  pointTo(target: WebhookOptions | undefined): void {
    this.#target = target;
  }

  /** Sends what a swap is still holding back. */
  releaseHeld(): void {
    for (const message of this.#held.splice(0)) void this.#send(message);
  }

  /** Resolves when nothing is gathered, under way or waiting for a retry; rejects after `timeoutMs`. */
  async idle(timeoutMs = 30_000): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (this.#gathered.length + this.#underway > 0) {
      if (Date.now() > end) throw new Error(`Webhooks are still under way after ${timeoutMs} ms.`);
      await sleep(5);
    }
  }

  stop(): void {
    this.#stopped.abort();
    this.#gathered = [];
    this.#held = [];
  }

  #take(event: HookEvent): void {
    const { subscriptions } = this.#target ?? {};
    if (!this.#target || (subscriptions && !subscriptions.includes(event.subscriptionType))) return;
    this.#gathered.push(event);
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    void this.#leave(this.#target.gatherMs ?? 10);
  }

  async #leave(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
    this.#isLeaving = false;
    while (this.#gathered.length > 0) {
      const events = this.#gathered.splice(0, MOST_EVENTS);
      const fault = this.#faults.forDelivery(events.map(({ subscriptionType }) => subscriptionType));
      this.#dispatch({ events, attempt: 0, fault });
    }
  }

  #dispatch(message: Message): void {
    const kind = message.fault?.kind;
    if (kind === 'lose') return this.#note(message, null);
    if (kind === 'swap') return void this.#held.push(message);
    void this.#send(message);
    if (kind === 'duplicate') void this.#send({ ...message, fault: undefined });
    this.releaseHeld();
  }

  async #send(message: Message): Promise<void> {
    this.#underway += 1;
    try {
      if (message.fault?.kind === 'delay') await this.#rest(message.fault.ms ?? 1_000);
      for (
        let attempt = message.attempt;
        attempt < MOST_ATTEMPTS && !this.#stopped.signal.aborted;
        attempt += 1
      ) {
        const status = await this.#post({ ...message, attempt });
        if (this.#stopped.signal.aborted) return;
        this.#note({ ...message, attempt }, status);
        if (status >= 200 && status < 300) return;
        message.fault = undefined;
        await this.#rest((this.#target?.retryMs ?? 200) * 2 ** attempt);
      }
    } finally {
      this.#underway -= 1;
    }
  }

  async #rest(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
  }

  async #post({ events, attempt, fault }: Message): Promise<number> {
    const target = this.#target;
    if (!target) return 0;
    const portalId = fault?.kind === 'other_portal' ? this.#portal.id + 1 : this.#portal.id;
    const body = JSON.stringify(events.map((event) => ({ ...event, portalId, attemptNumber: attempt })));
    const secret = fault?.kind === 'wrong_signature' ? 'not-the-secret' : target.secret;
    const signed = signatureHeaders(body, target.publicUrl ?? target.url, secret, this.#portal.now());
    const headers = { ...signed, 'Content-Type': 'application/json', 'X-HubSpot-Timeout-Millis': '10000' };
    return this.carrier(target.url, headers, body).catch(() => 0);
  }

  #note({ events, attempt, fault }: Message, status: number | null): void {
    this.log.push({ events, attempt, status, fault: fault?.kind ?? null });
  }
}

async function overNetwork(url: string, headers: Record<string, string>, body: string): Promise<number> {
  const answer = await fetch(url, {
    method: 'POST',
    headers,
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(10_000),
  });
  await answer.arrayBuffer();
  return answer.status;
}

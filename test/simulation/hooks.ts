/** The vendor's webhooks: each event is sent until it is taken, some twice, some late, some never. */
import type { RawDelivery } from '../../sidecar/domain/connector.ts';
import type { Account } from '../sandbox/stripe/account.ts';
import { show } from '../sandbox/stripe/render.ts';
import type { StripeObject } from '../sandbox/stripe/state.ts';
import { signatureHeader } from '../sandbox/stripe/webhooks.ts';
import type { Faults } from './faults.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/** Takes a webhook; resolves when it is acknowledged. Rejects or never answers if it is not. */
export type Door = (raw: RawDelivery) => Promise<void>;

export interface HookDeps {
  scheduler: Scheduler;
  random: Random;
  faults: Faults;
  account: Account;
  secret: string;
  /** Who listens now; undefined while no sidecar runs. */
  door: () => Door | undefined;
}

const ATTEMPTS = 12;
const ANSWER_MS = 20_000;

/** Sends webhooks for all events from here on. `hidden` says which the list of events does not show yet. */
export function sendHooks(deps: HookDeps): { hidden: (event: string) => boolean } {
  const { scheduler, random, faults, account, secret } = deps;
  const visibleAt = new Map<string, number>();
  account.on('event', (event: StripeObject) => {
    if (faults.holds('events_late', scheduler.now))
      visibleAt.set(event.id, scheduler.now + random.between(1_000, 240_000));
    if (faults.holds('hooks_lost', scheduler.now)) return scheduler.note(`hook ${event['type']} lost`);
    const copies = faults.holds('hooks_twice', scheduler.now) ? 2 : 1;
    const body = Buffer.from(JSON.stringify(show(account, event)));
    const message = {
      name: `${event['type']} ${event['_event_object']}`,
      body,
      sign: (now: number) => ({ 'stripe-signature': signatureHeader(body.toString('utf8'), [secret], now) }),
    };
    for (let copy = 0; copy < copies; copy++) {
      const late = faults.holds('hooks_late', scheduler.now) ? 60_000 : 300;
      sendUntilTaken(deps, message, random.between(1, late));
    }
  });
  return { hidden: (event) => (visibleAt.get(event) ?? 0) > scheduler.now };
}

/** One message on its way; `sign` makes the headers for the moment of sending. */
export interface Message {
  name: string;
  body: Buffer;
  sign: (now: number) => Record<string, string>;
}

/** Sends it after `ms`, and again and again until it is taken or the sender gives up. */
export function sendUntilTaken(
  deps: Pick<HookDeps, 'scheduler' | 'random' | 'door'>,
  message: Message,
  ms: number,
  attempt = 1,
): void {
  const { scheduler, random, door } = deps;
  const { name, body, sign } = message;
  const again = () => {
    if (attempt < ATTEMPTS)
      sendUntilTaken(deps, message, 2_000 * 2 ** attempt + random.between(0, 1_000), attempt + 1);
  };
  scheduler.after(ms, `hook ${name}${attempt > 1 ? ` again (${attempt})` : ''}`, () => {
    const open = door();
    if (!open) return again();
    const callOff = scheduler.after(ANSWER_MS, `hook ${name} unanswered`, again);
    open({ headers: sign(scheduler.now), body, receivedAt: 0 }).then(callOff, () => {
      callOff();
      again();
    });
  });
}

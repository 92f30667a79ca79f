/** Starts a simulated Stripe account for tests and the demo. */
import { Sandbox, type SandboxOptions } from './sandbox.ts';

export type { Books, Figure } from './books.ts';
export type { ApiFault, DeliveryFault, Fault } from './faults.ts';
export type { DeliveryLogEntry } from './webhooks.ts';
export type { Chapter, PlayOptions } from './story.ts';
export type { SandboxOptions };
/** A running sandbox. */
export type StripeSandbox = Sandbox;
export { chapters } from './story.ts';
export { API_VERSION, START_OF_STORY } from './account.ts';

/**
 * Listens on 127.0.0.1; the answer has `url`, `apiKey`, `account`, `client`, `books()`, `play()`, `faults`,
 * `advance()`, `webhooks`, `stop()`.
 */
export async function startStripeSandbox(options: SandboxOptions = {}): Promise<StripeSandbox> {
  const sandbox = new Sandbox(options);
  await sandbox.listen(options.port, options.host);
  return sandbox;
}

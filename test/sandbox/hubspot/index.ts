/** Starts a simulated HubSpot portal for tests and the demo. */
import { Sandbox, type SandboxOptions } from './sandbox.ts';

export type { ApiFault, DeliveryFault, Fault } from './faults.ts';
export type { Limits } from './limits.ts';
export type { Actor, HookEvent, Owner, Row } from './records.ts';
export type { ObjectType } from './schema.ts';
export type { Shown } from './show.ts';
export type { Sent, WebhookOptions } from './webhooks.ts';
export type { SandboxOptions };
export { signatureHeaders } from './webhooks.ts';
/** A running sandbox. */
export type HubSpotSandbox = Sandbox;

/** Listens on 127.0.0.1; the answer has `url`, `access`, `portal`, `client`, handles for stories, `faults`, `webhooks`, `stop()`. */
export async function startHubSpotSandbox(options: SandboxOptions = {}): Promise<HubSpotSandbox> {
  const sandbox = new Sandbox(options);
  await sandbox.listen(options.port, options.host);
  return sandbox;
}

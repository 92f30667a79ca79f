/** Starts a simulated Salesforce org for tests, stories and the demo. */
import { Sandbox, type SandboxOptions } from './sandbox.ts';

export type { Fault } from './faults.ts';
export type { NudgeTarget } from './nudges.ts';
export type { DealWish, LineWish } from './people.ts';
export type { SandboxOptions };
/** A running sandbox. */
export type SalesforceSandbox = Sandbox;
export { Sandbox as SalesforceOrg } from './sandbox.ts';

/**
 * Listens on 127.0.0.1; the answer has `url`, `clientId`, `clientSecret`, `username`, `people` (what users do), `org` (what an
 * administrator and the platform do), `faults`, `oauth`, `nudges`, `seedMany()`, `advance()`, `handle()`, `stop()`.
 */
export async function startSalesforceSandbox(options: SandboxOptions = {}): Promise<SalesforceSandbox> {
  const sandbox = new Sandbox(options);
  await sandbox.listen(options.port, options.host);
  return sandbox;
}

/** The simulated Salesforce org as a program of its own; prints one JSON line when it is ready. */
import type { ProgramOptions } from '../main.ts';
import { startSalesforceSandbox } from './index.ts';

/** Objects whose changes are told to `--webhook`. */
const TOLD = ['Account', 'Contact', 'Product2', 'PricebookEntry', 'Opportunity'];

export async function run(options: ProgramOptions): Promise<void> {
  const { webhook: url, secret: token } = options;
  const sandbox = await startSalesforceSandbox({
    port: Number(options.port),
    host: options.host,
    ...(options.key ? { clientSecret: options.key } : {}),
    ...(url && token ? { nudges: { url, token, form: 'flow', objects: TOLD } } : {}),
  });
  const { clientId, clientSecret, org } = sandbox;
  const ready = { ready: true, url: sandbox.url, clientId, clientSecret, organization: org.id };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void sandbox.stop().then(() => process.exit(0)));
}

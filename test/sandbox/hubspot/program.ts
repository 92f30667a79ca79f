/** The simulated HubSpot portal as a program of its own; prints one JSON line when it is ready. */
import type { ProgramOptions } from '../main.ts';
import { startHubSpotSandbox } from './index.ts';

export async function run(options: ProgramOptions): Promise<void> {
  const { webhook: url, secret } = options;
  const sandbox = await startHubSpotSandbox({
    port: Number(options.port),
    host: options.host,
    accessToken: options.key,
    webhook: url && secret ? { url, secret } : undefined,
  });
  const { accessToken } = sandbox.access;
  const ready = { ready: true, url: sandbox.url, accessToken, portal: sandbox.portal.id };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void sandbox.stop().then(() => process.exit(0)));
}

/** The simulated Stripe account as a program of its own; prints one JSON line when it is ready. */
import type { ProgramOptions } from '../main.ts';
import { startStripeSandbox } from './index.ts';

export async function run(options: ProgramOptions): Promise<void> {
  const { webhook: url, secret, key } = options;
  const sandbox = await startStripeSandbox({
    port: Number(options.port),
    host: options.host,
    statePath: options.state,
    ...(key ? { apiKey: key } : {}),
    ...(url && secret ? { webhook: { url, secret } } : {}),
  });
  const ready = { ready: true, url: sandbox.url, apiKey: sandbox.apiKey, account: sandbox.account };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void sandbox.stop().then(() => process.exit(0)));
  if (options.play)
    await sandbox.play({
      onChapter: ({ name, caption }) =>
        void process.stdout.write(`${JSON.stringify({ chapter: name, caption })}\n`),
    });
}

/** Runs the simulated Stripe account as a program of its own; prints one JSON line when it is ready. */
import { parseArgs } from 'node:util';
import { startStripeSandbox } from './stripe/index.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '12111' },
    host: { type: 'string', default: '127.0.0.1' },
    state: { type: 'string' },
    webhook: { type: 'string' },
    secret: { type: 'string' },
    key: { type: 'string' },
    play: { type: 'boolean', default: false },
  },
});

if (values.webhook && !values.secret) {
  process.stderr.write('A webhook needs its secret: add --secret whsec_…\n');
  process.exit(2);
}

const sandbox = await startStripeSandbox({
  port: Number(values.port),
  host: values.host,
  statePath: values.state,
  ...(values.key ? { apiKey: values.key } : {}),
  ...(values.webhook && values.secret ? { webhook: { url: values.webhook, secret: values.secret } } : {}),
});

process.stdout.write(
  `${JSON.stringify({ ready: true, url: sandbox.url, apiKey: sandbox.apiKey, account: sandbox.account })}\n`,
);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void sandbox.stop().then(() => process.exit(0)));
}

if (values.play) {
  await sandbox.play({
    onChapter: ({ name, caption }) =>
      void process.stdout.write(`${JSON.stringify({ chapter: name, caption })}\n`),
  });
}

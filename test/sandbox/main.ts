/** Runs a simulated vendor as a program of its own (`--system`); prints one JSON line when it is ready. */
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    system: { type: 'string', default: 'stripe' },
    port: { type: 'string', default: '12111' },
    host: { type: 'string', default: '127.0.0.1' },
    state: { type: 'string' },
    webhook: { type: 'string' },
    secret: { type: 'string' },
    key: { type: 'string' },
    play: { type: 'boolean', default: false },
  },
});
export type ProgramOptions = typeof values;

const PROGRAMS: Record<string, () => Promise<{ run: (options: ProgramOptions) => Promise<void> }>> = {
  hubspot: () => import('./hubspot/program.ts'),
  salesforce: () => import('./salesforce/program.ts'),
  stripe: () => import('./stripe/program.ts'),
};

const program = Object.hasOwn(PROGRAMS, values.system) ? PROGRAMS[values.system] : undefined;
if (!program) {
  process.stderr.write(`There is no sandbox of "${values.system}": ${Object.keys(PROGRAMS).join(', ')}\n`);
  process.exit(2);
}
if (values.webhook && !values.secret) {
  process.stderr.write('A webhook needs its secret: add --secret whsec_…\n');
  process.exit(2);
}
await (await program()).run(values);

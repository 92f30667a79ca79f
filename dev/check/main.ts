/** `npm run check`: format, lint, types, Python, generated files. Says what is wrong; `npm run fix` mends format and lint. */
import { spawn } from 'node:child_process';
import { checkPython } from './python.ts';

interface Outcome {
  ok: boolean;
  output: string;
}
interface Check {
  name: string;
  run(): Promise<Outcome>;
  hint: string;
}

const bin = (name: string, ...args: string[]) => command(`node_modules/.bin/${name}`, ...args);

function command(file: string, ...args: string[]): () => Promise<Outcome> {
  return () =>
    new Promise((resolve) => {
      const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.on('error', (error) => resolve({ ok: false, output: error.message }));
      child.on('close', (code) => resolve({ ok: code === 0, output }));
    });
}

const checks: Check[] = [
  { name: 'types: sidecar, dev, test', run: bin('tsc', '-p', '.'), hint: 'correct the types' },
  { name: 'types: static', run: bin('tsc', '-p', 'static', '--noEmit'), hint: 'correct the types' },
  {
    name: 'format',
    run: bin('prettier', '--check', '--log-level', 'warn', '.'),
    hint: 'npm run fix',
  },
  {
    name: 'lint',
    run: bin('oxlint', '--type-aware', '--deny-warnings', 'sidecar', 'dev', 'test', 'static'),
    hint: 'npm run fix, then by hand',
  },
  { name: 'python: ruff and Odoo’s habits', run: checkPython, hint: 'correct the lines named' },
  {
    name: 'generated files are current',
    run: command(process.execPath, 'dev/run.mjs', 'dev/build/main.ts', '--check'),
    hint: 'npm run build',
  },
];

let failed = 0;
for (const check of checks) {
  const started = Date.now();
  const { ok, output } = await check.run();
  console.log(`${ok ? '✔' : '✘'} ${check.name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  if (ok) continue;
  failed += 1;
  console.log(output.trim().replaceAll(/^/gm, '    '));
  console.log(`    → ${check.hint}`);
}
console.log(failed === 0 ? 'All checks passed.' : `${failed} of ${checks.length} checks failed.`);
process.exitCode = failed === 0 ? 0 : 1;

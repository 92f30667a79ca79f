#!/usr/bin/env node
// Starts the command line from a clone; nothing has to be built before.
import './frugal.mjs';
import { pathToFileURL } from 'node:url';
import { compiled } from './compile.mjs';

await import(await program());

async function program() {
  try {
    return pathToFileURL(await compiled()).href;
  } catch (error) {
    await asTypeScript(error);
    return '../sidecar/cli.ts';
  }
}

/** Without a place for compiled files (a read-only installation) TypeScript is run as it is; it takes more memory. */
async function asTypeScript(error) {
  if (process.argv[2] === 'serve')
    process.stderr.write(`The sidecar runs uncompiled, with some 50 MB more: ${error.message}\n`);
  if (process.features.typescript) return;
  const { register } = await import('tsx/esm/api');
  register();
}

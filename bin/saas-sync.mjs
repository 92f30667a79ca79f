#!/usr/bin/env node
// Starts the command line from a clone: TypeScript is run by tsx, nothing has to be built.
import { register } from 'tsx/esm/api';

register();
await import('../sidecar/cli.ts');

/** Where the benchmarks keep their files while they run. */
import { join } from 'node:path';
import { VAR } from '../odoo/paths.ts';

export const HOME = join(VAR, 'bench', `run-${process.pid}`);

/** A path inside it. */
export const inHome = (...parts: string[]): string => join(HOME, ...parts);

/** Secrets as the operator keeps them: in the environment, or in files that it names. */
import { readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import type { SecretSource } from './domain/connection.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** One mistake: `connections.yaml:7: what is wrong and what to write instead`. */
export type Tell = (mistake: string) => void;

/** `NAME`, or the content of the file that `NAME_FILE` names. */
export function secretOf(env: Environment, name: string, secrets: string[], tell: Tell): string | undefined {
  const file = env[`${name}_FILE`];
  const value = file ? fileSecret(resolve(file), `${name}_FILE`, tell) : env[name] || undefined;
  if (value) secrets.push(value);
  return value;
}

function fileSecret(path: string, where: string, tell: Tell): string | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim();
    if (text !== '') return text;
    tell(`${where}: the file ${path} is empty: put the secret into it`);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : 'cannot be read';
    tell(`${where}: the file ${path} ${why}: create it, readable only for the sidecar’s user`);
  }
  return undefined;
}

/** The secret that a line of connections.yaml points to; paths are relative to its `folder`. */
export function readSecret(
  source: SecretSource,
  place: string,
  env: Environment,
  folder: string,
  tell: Tell,
): string | undefined {
  if ('file' in source)
    return fileSecret(isAbsolute(source.file) ? source.file : join(folder, source.file), place, tell);
  const value = env[source.env];
  if (value) return value;
  tell(`${place}: the environment variable ${source.env} is not set: set it, or use { file: PATH }`);
  return undefined;
}

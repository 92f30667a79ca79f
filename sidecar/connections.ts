/** What connections.yaml says, checked with its connectors: every mistake is told with its line. */
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import * as z from 'zod';
import { ConnectionConfig, type Connection } from './domain/connection.ts';
import type { Connector } from './domain/connector.ts';
import { readSecret, type Environment, type Tell } from './secrets.ts';

const ConnectionsFile = z.strictObject({ connections: z.array(z.unknown()).min(1) });

/** Path of keys → place in the file, for messages. */
type Place = (keys: readonly PropertyKey[]) => string;

/** Every connection of the file that is right; secrets that were read are added to `secrets`. */
export function readConnections(
  path: string,
  env: Environment,
  connectors: readonly Connector[],
  secrets: string[],
  tell: Tell,
): Connection[] {
  const file = parseFile(path, tell);
  if (!file) return [];
  const parsed = ConnectionsFile.safeParse(file.content);
  if (!parsed.success) {
    tell(`${file.at([])}: write "connections:" and below it one "- id: …" for each connection`);
    return [];
  }
  const seen = new Set<string>();
  return parsed.data.connections.flatMap((entry, index) => {
    const at: Place = (keys) => file.at(['connections', index, ...keys]);
    const config = ConnectionConfig.safeParse(entry);
    if (!config.success) {
      for (const issue of config.error.issues) tell(`${at(issue.path)}: ${describe(issue)}`);
      return [];
    }
    if (seen.has(config.data.id))
      tell(`${at(['id'])}: the id ${config.data.id} is used twice: give each connection an id of its own`);
    seen.add(config.data.id);
    return connectionOf(config.data, { at, env, connectors, secrets, tell, folder: dirname(path) });
  });
}

function parseFile(path: string, tell: Tell): { content: unknown; at: Place } | undefined {
  const name = basename(path);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    tell(`SAAS_SYNC_CONNECTIONS: there is no readable file ${path}: copy connections.example.yaml there`);
    return undefined;
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  for (const error of document.errors) tell(`${name}:${lines.linePos(error.pos[0]).line}: ${error.message}`);
  if (document.errors.length > 0) return undefined;
  const at: Place = (keys) => {
    for (let depth = keys.length; depth >= 0; depth--) {
      const node = depth === 0 ? document.contents : document.getIn(keys.slice(0, depth), true);
      const range = (node as { range?: [number, number, number] } | null | undefined)?.range;
      if (range) return `${name}:${lines.linePos(range[0]).line}`;
    }
    return name;
  };
  return { content: document.toJS({ maxAliasCount: 20 }), at };
}

interface Reading {
  at: Place;
  env: Environment;
  connectors: readonly Connector[];
  secrets: string[];
  tell: Tell;
  folder: string;
}

function connectionOf(config: ConnectionConfig, reading: Reading): Connection[] {
  const { at, connectors, tell } = reading;
  const connector = connectors.find(({ system }) => system === config.system);
  if (!connector) {
    const known = connectors.map(({ system }) => system).join(', ');
    tell(`${at(['system'])}: there is no connector for "${config.system}": write one of ${known}`);
    return [];
  }
  const options = connector.options.safeParse(config.options);
  for (const issue of options.error?.issues ?? [])
    tell(`${at(['options', ...issue.path])}: options of ${connector.title}: ${describe(issue)}`);
  if (!isTimeZone(config.time_zone))
    tell(`${at(['time_zone'])}: "${config.time_zone}" is no time zone: write a name such as Europe/Berlin`);
  const { credentials, base_url: baseUrl, ...rest } = config;
  return [{ ...rest, baseUrl, secrets: secretsOf(credentials, connector, reading) }];
}

function secretsOf(
  credentials: ConnectionConfig['credentials'],
  connector: Connector,
  { at, env, secrets, tell, folder }: Reading,
): Record<string, string[]> {
  const known = Object.keys(connector.credentials);
  for (const name of Object.keys(credentials))
    if (!known.includes(name))
      tell(
        `${at(['credentials', name])}: ${connector.title} takes no credential "${name}": it takes ${known.join(', ')}`,
      );
  const values: Record<string, string[]> = {};
  for (const name of known) {
    const sources = credentials[name];
    if (sources === undefined) {
      if (connector.optional?.includes(name)) continue;
      const about = connector.credentials[name];
      tell(
        `${at(['credentials'])}: the credential ${name} is missing (${about}): write ${name}: { env: NAME }`,
      );
      continue;
    }
    const place = at(['credentials', name]);
    const read = [sources].flat().flatMap((source) => readSecret(source, place, env, folder, tell) ?? []);
    secrets.push(...read);
    values[name] = read;
  }
  return values;
}

function describe(issue: z.core.$ZodIssue): string {
  const where = issue.path.join('.');
  return where === '' ? issue.message : `${where}: ${issue.message}`;
}

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}

/** What the operator wrote: the environment and connections.yaml; every mistake is told at once, with its place. */
import { readFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import * as z from 'zod';
import { ConnectionConfig, type Connection, type SecretSource } from './domain/connection.ts';
import type { Connector } from './domain/connector.ts';
import { ConfigurationError } from './domain/failure.ts';
import type { OdooSettings } from './odoo/client.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Config {
  /** Folder of everything the sidecar keeps. */
  home: string;
  /** File of the store. */
  storePath: string;
  rulesFolder: string;
  connectionsFile: string;
  host: string;
  port: number;
  /** Undefined = the admin API is off, except for the `saas-sync` command on the same machine. */
  adminToken: string | undefined;
  logLevel: string;
  odoo: OdooSettings;
  transport: 'json2' | 'xmlrpc';
  /** When webhooks are put off. */
  overload: { maxPending: number; minFreeBytes: number };
  connections: Connection[];
  /** Every secret read, so that the log can blank it wherever it turns up. */
  secrets: string[];
}

/** One mistake: `connections.yaml:7: what is wrong and what to write instead`. */
type Tell = (mistake: string) => void;

const LOG_LEVELS = ['error', 'warn', 'info', 'debug'];

/** Reads all of it. Throws ConfigurationError with every mistake in its message. */
export function readConfig(env: Environment, connectors: readonly Connector[]): Config {
  const mistakes: string[] = [];
  const tell: Tell = (mistake) => void mistakes.push(mistake);
  const secrets: string[] = [];
  const places = placesOf(env, tell);
  const config: Config = {
    ...places,
    adminToken: secretOf(env, 'SAAS_SYNC_ADMIN_TOKEN', secrets, tell),
    ...odooOf(env, secrets, tell),
    overload: {
      maxPending: numberOf(env, 'SAAS_SYNC_MAX_BACKLOG', 2_000_000, tell),
      minFreeBytes: numberOf(env, 'SAAS_SYNC_MIN_FREE_MB', 200, tell) * 1_048_576,
    },
    connections: readConnections(places.connectionsFile, env, connectors, secrets, tell),
    secrets,
  };
  if (mistakes.length === 0) return config;
  const list = mistakes.map((mistake) => `\n  ${mistake}`).join('');
  throw new ConfigurationError('configuration_invalid', `The configuration cannot be used:${list}`, {
    hint: 'Correct what is named; `saas-sync doctor` checks again without starting anything.',
  });
}

/** Where things are; needs no secret, so that commands about the store work with half a configuration. */
export function placesOf(env: Environment, tell: Tell = () => {}) {
  const home = resolve(env['SAAS_SYNC_HOME'] || 'var');
  const level = env['SAAS_SYNC_LOG_LEVEL'] || 'info';
  if (!LOG_LEVELS.includes(level))
    tell(`SAAS_SYNC_LOG_LEVEL is "${level}": write one of ${LOG_LEVELS.join(', ')}`);
  return {
    home,
    storePath: storePath(env['SAAS_SYNC_STORE'], home, tell),
    rulesFolder: resolve(env['SAAS_SYNC_RULES'] || join(import.meta.dirname, '..', 'sync-rules')),
    connectionsFile: resolve(env['SAAS_SYNC_CONNECTIONS'] || 'connections.yaml'),
    host: env['SAAS_SYNC_HOST'] || '0.0.0.0',
    port: portOf(env['SAAS_SYNC_PORT'], tell),
    logLevel: level,
  };
}

function storePath(text: string | undefined, home: string, tell: Tell): string {
  if (!text) return join(home, 'saas-sync.sqlite');
  if (!text.startsWith('sqlite:')) {
    tell(
      `SAAS_SYNC_STORE is "${text}": write sqlite: and the path of a file, e.g. sqlite:/var/lib/saas-sync/store`,
    );
    return join(home, 'saas-sync.sqlite');
  }
  const path = text.slice('sqlite:'.length);
  return path === ':memory:' ? path : resolve(home, path);
}

function portOf(text: string | undefined, tell: Tell): number {
  const port = Number(text || 8070);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  tell(`SAAS_SYNC_PORT is "${text}": write a port number, e.g. 8070`);
  return 8070;
}

function odooOf(env: Environment, secrets: string[], tell: Tell): Pick<Config, 'odoo' | 'transport'> {
  const url = env['ODOO_URL'] ?? '';
  if (!z.url({ protocol: /^https?$/ }).safeParse(url).success)
    tell(
      `ODOO_URL is ${url ? `"${url}"` : 'not set'}: write the address of Odoo, e.g. https://odoo.example.com`,
    );
  const database = env['ODOO_DB'] ?? '';
  if (!database) tell('ODOO_DB is not set: write the name of Odoo’s database');
  const apiKey = secretOf(env, 'ODOO_API_KEY', secrets, tell);
  if (!apiKey)
    tell(
      'ODOO_API_KEY is not set: make a key for the service user in Odoo’s settings, or name a file in ODOO_API_KEY_FILE',
    );
  const transport = env['ODOO_TRANSPORT'] || 'json2';
  if (transport !== 'json2' && transport !== 'xmlrpc')
    tell(`ODOO_TRANSPORT is "${transport}": write json2 or xmlrpc`);
  const login = env['ODOO_LOGIN'];
  const timeoutS = numberOf(env, 'ODOO_TIMEOUT_S', undefined, tell);
  if (transport === 'xmlrpc' && !login)
    tell('ODOO_LOGIN is not set: XML-RPC needs the login of the service user beside its key');
  return {
    odoo: {
      url,
      database,
      apiKey: apiKey ?? '',
      ...(login ? { login } : {}),
      ...(timeoutS ? { timeoutMs: timeoutS * 1_000 } : {}),
    },
    transport: transport === 'xmlrpc' ? 'xmlrpc' : 'json2',
  };
}

/** A whole number; `usual` if it is not set. */
function numberOf<T>(env: Environment, name: string, usual: T, tell: Tell): number | T {
  const text = env[name];
  if (!text) return usual;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  tell(`${name} is "${text}": write a whole number, e.g. ${String(usual ?? 120)}`);
  return usual;
}

/** `NAME`, or the content of the file that `NAME_FILE` names. */
function secretOf(env: Environment, name: string, secrets: string[], tell: Tell): string | undefined {
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

const ConnectionsFile = z.strictObject({ connections: z.array(z.unknown()).min(1) });

/** Path of keys → place in the file, for messages. */
type Place = (keys: readonly PropertyKey[]) => string;

function readConnections(
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

function readSecret(
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

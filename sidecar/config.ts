/** What the operator wrote: the environment and connections.yaml; every mistake is told at once, with its place. */
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { readConnections } from './connections.ts';
import type { Connection } from './domain/connection.ts';
import type { Connector } from './domain/connector.ts';
import { ConfigurationError } from './domain/failure.ts';
import type { OdooSettings } from './odoo/client.ts';
import { secretOf, type Environment, type Tell } from './secrets.ts';

export type { Environment } from './secrets.ts';

export interface Config {
  /** Folder of everything the sidecar keeps. */
  home: string;
  /** File of the store. */
  storePath: string;
  rulesFolder: string;
  connectionsFile: string;
  host: string;
  port: number;
  /** Where the sidecar is reached from outside; undefined: only on this machine, as far as it knows. */
  publicUrl: string | undefined;
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
    publicUrl: publicUrlOf(env['SAAS_SYNC_PUBLIC_URL'], tell),
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

function publicUrlOf(text: string | undefined, tell: Tell): string | undefined {
  if (!text || z.url({ protocol: /^https?$/ }).safeParse(text).success) return text || undefined;
  tell(`SAAS_SYNC_PUBLIC_URL is "${text}": write the sidecar's address, e.g. https://sync.example.com`);
  return undefined;
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

/** `saas-sync explain`: event → rule → changes, readable; the debugger of whoever writes a rule or a connector. */
import { existsSync, readFileSync } from 'node:fs';
import { placesOf, readConfig, type Environment } from '../config.ts';
import { connectors } from '../connectors/index.ts';
import type { Change, FieldValue, MoveLine } from '../domain/change.ts';
import type { Snapshot } from '../domain/connector.ts';
import { asFailure, InvalidData, type Failure } from '../domain/failure.ts';
import { toDecimal } from '../domain/money.ts';
import type { Kind } from '../domain/reference.ts';
import { explainSnapshot, type Explanation } from '../engine/recovery/explain.ts';
import type { Member, RulesPort } from '../engine/index.ts';
import { runningIn } from '../instance.ts';
import { assemble, membersOf, rulesFrom } from '../main.ts';
import { ask } from './remote.ts';

interface Options {
  connection?: string;
  json?: boolean;
}

export async function explain(env: Environment, what: string, options: Options): Promise<string> {
  const explanation = existsSync(what)
    ? explainFile(env, what, options.connection)
    : await explainDelivery(env, what, options.connection);
  return options.json ? JSON.stringify(explanation, null, 2) : told(explanation);
}

async function explainDelivery(
  env: Environment,
  id: string,
  connection: string | undefined,
): Promise<Explanation> {
  if (connection === undefined)
    throw new InvalidData(
      'connection_missing',
      `There is no file "${id}", and a delivery needs its connection`,
      {
        hint: `Write saas-sync explain ${id} --connection billing-eu, or the path of a JSON file.`,
      },
    );
  const instance = runningIn(placesOf(env).home);
  if (instance) return ask<Explanation>(instance, '/explain', { connection, delivery: id });
  const { engine, store } = assemble(env, { quiet: true });
  try {
    return await engine.explainDelivery(connection, id);
  } finally {
    store.close();
  }
}

function explainFile(env: Environment, path: string, connection: string | undefined): Explanation {
  const content = readJson(path);
  const rules = rulesFrom(placesOf(env).rulesFolder);
  const failures: Failure[] = [];
  for (const member of candidatesOf(env, connection))
    for (const snapshot of snapshotsIn(content, member.connector.kinds)) {
      const explanation = tried(snapshot, member, rules, failures);
      if (explanation) return explanation;
    }
  if (failures[0]) throw failures[0];
  throw new InvalidData('not_recognised', `No connector recognises an object in ${path}`, {
    hint: 'Use a vendor object with an id, a webhook event that holds one, or {"snapshot": {kind, externalId, body}}.',
  });
}

/** The connections of the configuration; without one, every connector with a made-up connection: explaining needs no account. */
function candidatesOf(env: Environment, connection: string | undefined): Member[] {
  if (connection === undefined)
    return connectors.map((connector) => ({ connector, connection: exampleOf(connector.system) }));
  const members = membersOf(readConfig(env, connectors));
  const member = members.find((each) => each.connection.id === connection);
  if (member) return [member];
  throw new InvalidData('unknown_connection', `There is no connection "${connection}"`, {
    hint: `connections.yaml has: ${members.map((each) => each.connection.id).join(', ')}.`,
  });
}

const exampleOf = (system: string): Member['connection'] => ({
  id: `${system}-example`,
  system,
  company: 'base.main_company',
  environment: 'test',
  time_zone: 'UTC',
  options: {},
  baseUrl: undefined,
  secrets: {},
});

function tried(
  snapshot: Snapshot,
  member: Member,
  rules: RulesPort,
  failures: Failure[],
): Explanation | undefined {
  try {
    const explanation = explainSnapshot(snapshot, member, rules, undefined);
    return explanation.plans.length > 0 ? explanation : undefined;
  } catch (error) {
    failures.push(asFailure(error));
    return undefined;
  }
}

type Json = Record<string, unknown>;

/** What in a file may be an object of a vendor: a snapshot as it is, else every object with an id, outermost first. */
export function snapshotsIn(content: unknown, kinds: readonly Kind[]): Snapshot[] {
  const whole = (content ?? {}) as Json;
  const given = whole['snapshot'] as Partial<Snapshot> | undefined;
  const readAt = 0;
  if (given?.kind && given.externalId)
    return [
      {
        kind: given.kind,
        externalId: given.externalId,
        readAt: given.readAt ?? readAt,
        body: given.body ?? given,
      },
    ];
  return objectsIn(whole, 4).flatMap((object) => {
    const named = kinds.filter(
      (kind) => object['object'] === kind || object['kind'] === kind || object['type'] === kind,
    );
    return (named.length > 0 ? named : kinds).map((kind) => ({
      kind,
      externalId: object['id'] as string,
      readAt,
      body: object,
    }));
  });
}

function objectsIn(value: unknown, depth: number): Json[] {
  if (depth < 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const object = value as Json;
  const inner = Object.values(object).flatMap((each) => objectsIn(each, depth - 1));
  return typeof object['id'] === 'string' ? [object, ...inner] : inner;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new InvalidData('not_json', `${path} is not JSON: ${(error as Error).message}`, {
      hint: 'Give a file with one vendor object, a webhook event, or {"snapshot": …}.',
    });
  }
}

/** An explanation for people. */
export function told({ plans, follow }: Explanation): string {
  const blocks = plans.map(({ event, changes, because }) => {
    const head = [
      `${event.label}  (${event.ref.kind} ${event.ref.externalId}, ${event.action})`,
      `  because   ${because}`,
    ];
    if (changes.length === 0) return [...head, '  changes   none'].join('\n');
    return [...head, ...changes.flatMap(changeLines)].join('\n');
  });
  const next = follow.map(({ kind, externalId }) => `${kind} ${externalId}`);
  if (next.length > 0) blocks.push(`then looks at ${next.join(', ')}`);
  return blocks.join('\n\n');
}

function changeLines(change: Change): string[] {
  const head = `  ${change.op.padEnd(8)}  ${change.model}  (rule ${change.rule})`;
  switch (change.op) {
    case 'upsert':
      return [
        head,
        ...fields(change.values),
        `    finds a twin by ${change.match.map((each) => JSON.stringify(each)).join(', then ') || 'nothing'}; ${change.create ? 'else creates it' : 'creates nothing'}`,
      ];
    case 'link':
      return [
        head,
        `    finds ${change.to ? shown(change.to) : change.match.map((each) => JSON.stringify(each)).join(', then ')}`,
      ];
    case 'merge':
      return [head, `    lives on in ${change.into.kind} ${change.into.external_id}`];
    case 'order': {
      const { lines, partner, opportunity, currency, client_order_ref: reference } = change.values;
      return [
        head,
        ...fields({ partner, opportunity, currency, client_order_ref: reference }),
        ...lines.map(
          (line) =>
            `    line      ${line.quantity} × ${line.price_unit} − ${line.discount} %  ${line.product ? shown(line.product) : line.name}`,
        ),
        `    climbs    ${change.climb.join(' → ')}`,
      ];
    }
    case 'move': {
      const { lines, expected, currency, partner, ...rest } = change.values;
      const money = (minor: number) => `${toDecimal(minor, currency)} ${currency}`;
      return [
        head,
        ...fields({
          partner,
          invoice_date: rest.invoice_date,
          payment_reference: rest.payment_reference,
          ref: rest.ref,
        }),
        ...lines.map((line) => `    line      ${lineText(line)}`),
        `    expected  ${money(expected.untaxed)} + ${money(expected.tax)} tax = ${money(expected.total)}`,
        `    climbs    ${change.climb.join(' → ')}`,
      ];
    }
    case 'payment': {
      const { amount, currency, payment_type: type, date, partner } = change.values;
      return [
        head,
        ...fields({
          payment_type: type,
          partner,
          date,
          amount: `${toDecimal(amount, currency)} ${currency}`,
        }),
        `    climbs    ${change.climb.join(' → ')}`,
      ];
    }
  }
}

const lineText = (line: MoveLine): string =>
  `${line.quantity} × ${line.price_unit}  ${line.name}${line.taxes.map((tax) => `  [${shown(tax)}]`).join('')}`;

function fields(values: Record<string, FieldValue>): string[] {
  const width = Math.max(...Object.keys(values).map((name) => name.length));
  return Object.entries(values).map(([name, value]) => `    ${name.padEnd(width)}  ${shown(value)}`);
}

function shown(value: FieldValue): string {
  if (value === null) return '—';
  if (typeof value !== 'object') return String(value);
  if ('ref' in value) return `→ ${value.ref.kind} ${value.ref.external_id}`;
  const [model, field, text] = value.lookup;
  return `→ ${model} with ${field} ${text}`;
}

/** Reads and checks all rule files at start; everything that is wrong is said at once, with file and line. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LineCounter, parseDocument, type Document } from 'yaml';
import type * as z from 'zod';
import { Entity } from '../domain/entity/index.ts';
import { ConfigurationError } from '../domain/failure.ts';
import type { Kind } from '../domain/reference.ts';
import { compile, type Expression } from './expression.ts';
import { checkFields, checkRequired, systemsIn } from './check.ts';
import type { Systems } from './ownership.ts';
import { nameOf, Rule, type DealRule, type DocumentRule, type LinkRule, type MasterRule } from './rule.ts';

interface Compiled {
  name: string;
  /** The compiled form of every expression in the file, by its text. */
  expression(source: string): Expression;
}
/** A rule whose records are merged field by field. */
export type MergedRule = (MasterRule | DealRule) & Compiled;
export type CompiledRule = MergedRule | ((LinkRule | DocumentRule) & Compiled);

/** The active rules: one per kind; a kind without a rule is not synchronised. */
export interface Rules {
  readonly byKind: ReadonlyMap<Kind, CompiledRule>;
  /** The longest retention any rule asks for, in days. */
  readonly retentionDays: number;
  /** What is odd, and does no harm: a system that nobody knows. */
  readonly warnings: readonly string[];
}

type Mistake = (keys: readonly PropertyKey[], problem: string) => void;

/**
 * Throws ConfigurationError listing every mistake as `file:line: what is wrong`. `known`: what the product's connectors can write;
 * without it neither names of systems nor what is told to them are checked.
 */
export function loadRules(folder: string, known?: Systems): Rules {
  const files = ruleFiles(folder);
  const mistakes: string[] = [];
  const warnings: string[] = [];
  const byKind = new Map<Kind, CompiledRule>();
  for (const file of files) {
    const rule = readRule(join(folder, file), mistakes, known);
    if (!rule) continue;
    for (const system of known ? systemsIn(rule) : [])
      if (!(system in known!)) warnings.push(`${file}: no connector is called ${system}`);
    if (byKind.has(rule.entity))
      mistakes.push(`${file}: there is already a rule for ${rule.entity}; merge the two`);
    byKind.set(rule.entity, rule);
  }
  if (mistakes.length > 0)
    throw new ConfigurationError('rules_invalid', `The rules cannot be used:\n  ${mistakes.join('\n  ')}`, {
      hint: 'Correct the lines named, or restore the files with git. sync-rules/README.md explains every key.',
    });
  const retentionDays = Math.max(
    0,
    ...[...byKind.values()].map((rule) => Number.parseInt(rule.retention, 10)),
  );
  return { byKind, retentionDays, warnings };
}

function ruleFiles(folder: string): string[] {
  try {
    const files = readdirSync(folder).filter((file) => /\.ya?ml$/.test(file));
    if (files.length > 0) return files.sort();
  } catch {
    // falls through to the same advice as an empty folder
  }
  throw new ConfigurationError('rules_missing', `There are no rule files (*.yaml) in ${folder}`, {
    hint: 'Point SAAS_SYNC_RULES at a folder of rules, such as the sync-rules folder that ships with saas_sync.',
  });
}

function readRule(path: string, mistakes: string[], known: Systems | undefined): CompiledRule | undefined {
  const file = basename(path);
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(path, 'utf8'), { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => `${file}:${lines.linePos(offset).line}`;
  if (document.errors.length > 0) {
    for (const error of document.errors) mistakes.push(`${at(error.pos[0])}: ${error.message}`);
    return undefined;
  }
  const lineOf = (keys: readonly PropertyKey[]) => at(offsetOf(document, keys));
  const parsed = Rule.safeParse(document.toJS({ maxAliasCount: 20 }));
  if (!parsed.success) {
    for (const issue of parsed.error.issues) mistakes.push(`${lineOf(issue.path)}: ${describe(issue)}`);
    return undefined;
  }
  const mistake: Mistake = (keys, problem) => mistakes.push(`${lineOf(keys)}: ${problem}`);
  if (known) checkFields(parsed.data, known, mistake);
  checkRequired(parsed.data, mistake);
  return compileRule(parsed.data, mistake);
}

function describe(issue: z.core.$ZodIssue): string {
  const where = issue.path.join('.');
  return where === '' ? issue.message : `${where}: ${issue.message}`;
}

/** The place of the innermost node on the path that exists in the file. */
function offsetOf(document: Document, keys: readonly PropertyKey[]): number {
  for (let depth = keys.length; depth > 0; depth -= 1) {
    const node = document.getIn(keys.slice(0, depth), true) as
      { range?: [number, number, number] } | undefined;
    if (node?.range) return node.range[0];
  }
  return 0;
}

function compileRule(rule: Rule, mistake: Mistake): CompiledRule {
  const fields = fieldsOf(rule.entity);
  const mailboxes = 'mailboxes' in rule ? rule.mailboxes : undefined;
  const compiled = new Map<string, Expression>();
  for (const [keys, source] of expressionsOf(rule)) {
    try {
      compiled.set(source, compile(source, fields, rule.entity, mailboxes));
    } catch (error) {
      mistake(keys, `${keys.join('.')}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return {
    ...rule,
    name: nameOf(rule),
    expression: (source) => compiled.get(source) ?? compile(source, fields, rule.entity, mailboxes),
  };
}

function* expressionsOf(rule: Rule): Generator<[PropertyKey[], string]> {
  yield [['when'], rule.when];
  if ('create' in rule) yield [['create'], rule.create];
  if ('order' in rule && rule.order) yield [['order', 'when'], rule.order.when];
  if ('to' in rule && rule.to) yield [['to', 'id'], rule.to.id];
  if ('match' in rule)
    for (const [index, match] of rule.match.entries())
      if (typeof match !== 'string')
        for (const [at, condition] of match.entries()) yield [['match', index, at], condition[2]];
  if ('fields' in rule)
    for (const [name, field] of Object.entries(rule.fields)) {
      if (field.from !== undefined) yield [['fields', name, 'from'], field.from];
      if (typeof field.lookup === 'object')
        for (const condition of field.lookup.within ?? []) yield [['fields', name, 'lookup'], condition[2]];
    }
}

/** The fields of an entity, from its schema: a rule that reads another one has a spelling mistake. */
function fieldsOf(kind: Kind): ReadonlySet<string> {
  const schema = Entity.options.find((option) => option.shape.kind.value === kind);
  return new Set(Object.keys(schema?.shape ?? {}));
}

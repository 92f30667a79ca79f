/** Reading XML that strangers sent: no entities, no references, names without their prefixes. */
import { XMLParser } from 'fast-xml-parser';
import { isRecord } from './json.ts';

const parser = new XMLParser({
  ignoreAttributes: true,
  removeNSPrefix: true,
  parseTagValue: false,
  processEntities: false,
  trimValues: true,
});

/** The document as objects: an element by its name, repeated ones as an array, all texts as texts. Undefined if it is no XML. */
export function parseXml(text: string): Record<string, unknown> | undefined {
  // A document type is all that attacks by expansion need, and no message of a vendor's has one.
  if (/<!DOCTYPE/i.test(text)) return undefined;
  try {
    const parsed: unknown = parser.parse(text, true);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** What is below a path of names; an absent or repeated step gives undefined. */
export function below(node: unknown, ...names: readonly string[]): unknown {
  return names.reduce<unknown>((at, name) => (isRecord(at) ? at[name] : undefined), node);
}

/** One or many of the same name, as a list. */
export const each = (node: unknown): unknown[] =>
  node === undefined || node === '' ? [] : Array.isArray(node) ? node : [node];

/** Reads form-encoded bodies and query strings with nested brackets, as `items[0][price]=price_1&expand[]=customer`. */

export type FormValue = string | FormValue[] | { [name: string]: FormValue };
export type Form = { [name: string]: FormValue };

/** `a[b][]=1` becomes {a: {b: ['1']}}; numeric keys make lists, in the order of the numbers. */
export function parseForm(text: string): Form {
  const tree: Node = new Map();
  for (const pair of text.split('&')) {
    if (!pair) continue;
    const at = pair.indexOf('=');
    const name = decode(at < 0 ? pair : pair.slice(0, at));
    place(tree, pathOf(name), at < 0 ? '' : decode(pair.slice(at + 1)));
  }
  return settle(tree) as Form;
}

type Node = Map<string, Node | string>;

function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

function pathOf(name: string): string[] {
  const bracket = name.indexOf('[');
  if (bracket < 0) return [name];
  return [
    name.slice(0, bracket),
    ...[...name.slice(bracket).matchAll(/\[([^\]]*)\]/g)].map((m) => m[1] ?? ''),
  ];
}

function place(node: Node, path: string[], value: string): void {
  const [head = '', ...rest] = path;
  const key = head === '' ? String(node.size) : head;
  if (rest.length === 0) {
    node.set(key, value);
    return;
  }
  const below = node.get(key);
  const next: Node = below instanceof Map ? below : new Map();
  node.set(key, next);
  place(next, rest, value);
}

function settle(node: Node | string): FormValue {
  if (typeof node === 'string') return node;
  const keys = [...node.keys()];
  if (keys.length > 0 && keys.every((key) => /^\d+$/.test(key))) {
    return keys.sort((a, b) => Number(a) - Number(b)).map((key) => settle(node.get(key) ?? ''));
  }
  return Object.fromEntries([...node].map(([key, value]) => [key, settle(value)]));
}

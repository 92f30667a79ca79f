/** Reads SOQL: the part that programs use who synchronise. */
import { invalid } from './errors.ts';

export type Literal = string | number | boolean | null | { instant: string };

const SIGNS = ['=', '!=', '<', '>', '<=', '>=', 'LIKE'] as const;
export type Sign = (typeof SIGNS)[number];

export type Condition =
  | { op: 'and'; parts: Condition[] }
  | { op: 'or'; parts: Condition[] }
  | { op: 'not'; part: Condition }
  | { op: 'compare'; sign: Sign; field: string; value: Literal }
  | { op: 'among'; not: boolean; field: string; values: Literal[] };

export interface Order {
  field: string;
  descending: boolean;
  nullsLast: boolean;
}

export interface Query {
  fields: string[];
  /** Queries of children, in the select list. */
  inner: Query[];
  count: boolean;
  from: string;
  where: Condition | undefined;
  order: Order[];
  limit: number | undefined;
  offset: number;
}

const TOKEN =
  /\s*(?:('(?:\\.|[^'\\])*')|(\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2}))?)|(-?\d+(?:\.\d+)?)|([A-Za-z_][\w.]*)|(<=|>=|!=|<>|[=<>(),]))/y;

interface Token {
  kind: 'text' | 'instant' | 'number' | 'word' | 'sign';
  text: string;
  at: number;
}

const malformed = (message: string): Error => invalid('MALFORMED_QUERY', message);

function tokens(soql: string): Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  const end = soql.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(soql);
    if (!match) throw malformed(`unexpected token: '${soql.slice(at, at + 10).trim()}'`);
    const kinds = ['text', 'instant', 'number', 'word', 'sign'] as const;
    const place = kinds.findIndex((_, index) => match[index + 1] !== undefined);
    found.push({ kind: kinds[place]!, text: match[place + 1]!, at });
  }
  return found;
}

/** Parses one query. Throws ApiError MALFORMED_QUERY. */
export function parseSoql(soql: string): Query {
  const reader = new Reader(tokens(soql));
  const query = reader.query();
  reader.end();
  return query;
}

class Reader {
  private readonly list: Token[];
  private at = 0;

  constructor(list: Token[]) {
    this.list = list;
  }

  end(): void {
    const rest = this.list[this.at];
    if (rest) throw malformed(`unexpected token: '${rest.text}'`);
  }

  query(): Query {
    this.expect('SELECT');
    const query: Query = {
      fields: [],
      inner: [],
      count: false,
      from: '',
      where: undefined,
      order: [],
      limit: undefined,
      offset: 0,
    };
    do this.column(query);
    while (this.takes(','));
    this.expect('FROM');
    query.from = this.word();
    if (this.takes('WHERE')) query.where = this.either();
    if (this.takes('ORDER')) {
      this.expect('BY');
      do query.order.push(this.order());
      while (this.takes(','));
    }
    if (this.takes('LIMIT')) query.limit = this.number();
    if (this.takes('OFFSET')) query.offset = this.number();
    return query;
  }

  private column(query: Query): void {
    if (this.takes('(')) {
      query.inner.push(this.query());
      return this.expect(')');
    }
    const name = this.word();
    if (!this.takes('(')) return void query.fields.push(name);
    if (name.toUpperCase() !== 'COUNT') throw malformed(`unexpected token: '${name}'`);
    this.expect(')');
    query.count = true;
  }

  private order(): Order {
    const field = this.word();
    const descending = this.takes('DESC') || (this.takes('ASC'), false);
    if (!this.takes('NULLS')) return { field, descending, nullsLast: false };
    const nullsLast = this.takes('LAST');
    if (!nullsLast) this.expect('FIRST');
    return { field, descending, nullsLast };
  }

  private either(): Condition {
    const parts = [this.both()];
    while (this.takes('OR')) parts.push(this.both());
    return parts.length === 1 ? parts[0]! : { op: 'or', parts };
  }

  private both(): Condition {
    const parts = [this.single()];
    while (this.takes('AND')) parts.push(this.single());
    return parts.length === 1 ? parts[0]! : { op: 'and', parts };
  }

  private single(): Condition {
    if (this.takes('NOT')) return { op: 'not', part: this.single() };
    if (this.takes('(')) {
      const inner = this.either();
      this.expect(')');
      return inner;
    }
    const field = this.word();
    if (this.takes('NOT')) {
      this.expect('IN');
      return { op: 'among', not: true, field, values: this.values() };
    }
    if (this.takes('IN')) return { op: 'among', not: false, field, values: this.values() };
    const text = (this.list[this.at++]?.text ?? '').toUpperCase();
    const sign = SIGNS.find((known) => known === (text === '<>' ? '!=' : text));
    if (!sign) throw malformed(`unexpected token: '${text}'`);
    return { op: 'compare', sign, field, value: this.literal() };
  }

  private values(): Literal[] {
    this.expect('(');
    const values: Literal[] = [];
    do values.push(this.literal());
    while (this.takes(','));
    this.expect(')');
    return values;
  }

  private literal(): Literal {
    const token = this.list[this.at++];
    if (!token) throw malformed('unexpected end of the query');
    if (token.kind === 'text') return token.text.slice(1, -1).replace(/\\(.)/g, '$1');
    if (token.kind === 'number') return Number(token.text);
    if (token.kind === 'instant') return { instant: token.text };
    const word = token.text.toLowerCase();
    if (word === 'null') return null;
    if (word === 'true' || word === 'false') return word === 'true';
    throw malformed(`unexpected token: '${token.text}'`);
  }

  private number(): number {
    const token = this.list[this.at++];
    if (token?.kind !== 'number') throw malformed(`unexpected token: '${token?.text ?? 'end'}'`);
    return Number(token.text);
  }

  private word(): string {
    const token = this.list[this.at++];
    if (token?.kind !== 'word') throw malformed(`unexpected token: '${token?.text ?? 'end'}'`);
    return token.text;
  }

  private takes(text: string): boolean {
    if (this.list[this.at]?.text.toUpperCase() !== text || this.list[this.at]?.kind === 'text') return false;
    this.at += 1;
    return true;
  }

  private expect(text: string): void {
    if (!this.takes(text))
      throw malformed(`expecting '${text}', found '${this.list[this.at]?.text ?? 'end'}'`);
  }
}

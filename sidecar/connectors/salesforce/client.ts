/** Salesforce's HTTP API as far as we use it: queries page by page, several queries in one call, descriptions, rows in collections. */
import type { Connection } from '../../domain/connection.ts';
import type { Budget, SessionDeps } from '../../domain/connector.ts';
import type { Failure } from '../../domain/failure.ts';
import type { Priority } from '../../domain/priority.ts';
import { createHttp, type Answer, type Http } from '../kit/http.ts';
import { isRecord } from '../kit/json.ts';
import { failureOf } from '../kit/status.ts';
import { tokenKeeper } from '../kit/token.ts';
import { errorsIn, explain, notUnderstood, type WireError } from './errors.ts';
import { loginOf, type Login } from './login.ts';
import { API, optionsOf, TITLE, type Options } from './settings.ts';

/** A record as the API writes it. */
export type Wire = Record<string, unknown>;

/** One page of a query. */
export interface QueryPage {
  records: Wire[];
  /** Path of the next page; null: this was the last one. */
  next: string | null;
}

/** What became of one row of a collection. */
export interface RowResult {
  id: string | null;
  created: boolean;
  errors: WireError[];
}

export interface Client {
  login(): Promise<Login>;
  /** First page; `all` with what lies in the recycle bin. */
  query(soql: string, all: boolean, priority: Priority): Promise<QueryPage>;
  more(path: string, priority: Priority): Promise<QueryPage>;
  /** Up to five queries in one call, each answered or refused by itself. */
  queries(soql: readonly string[], priority: Priority): Promise<(QueryPage | Failure)[]>;
  /** The description of an object; null: not there for our user. */
  describe(object: string): Promise<Wire | null>;
  /** Writes up to 200 rows of one object. `key`: by this external-id field, else by `id`. */
  write(object: string, rows: readonly Wire[], key: string | null, priority: Priority): Promise<RowResult[]>;
  budget(): Budget | null;
}

const PER_DAY_MS = 24 * 3_600_000;
const PAGE = { 'Sforce-Query-Options': 'batchSize=2000' };
/** Queries of a whole page of records with their children take their time. */
const TIMEOUT_MS = 120_000;

/** A line that logs in with its first call. */
export function openClient(connection: Connection, deps: SessionDeps): Client {
  const options = optionsOf(connection);
  const tokens = tokenKeeper<Login>({ fetch: loginOf(connection, deps), now: deps.now });
  let line: { instance: string; http: Http } | undefined;
  const open = async (): Promise<Http> => {
    const { instance } = await tokens.get();
    if (line?.instance !== instance) line = { instance, http: lineTo(instance, options, deps, tokens) };
    return line.http;
  };
  const page = async (path: string, priority: Priority, soql?: string): Promise<QueryPage> => {
    const http = await open();
    const params = soql === undefined ? [] : [['q', soql] as const];
    const answer = await http.send('GET', path, { params, headers: PAGE }, [], priority);
    return pageOf(answer.body, path);
  };
  return {
    login: () => tokens.get(),
    query: (soql, all, priority) => page(`${API}/${all ? 'queryAll' : 'query'}`, priority, soql),
    more: (path, priority) => page(path, priority),
    queries: async (soql, priority) => manyOf(await composite(await open(), soql, priority), soql.length),
    describe: async (object) => {
      const http = await open();
      const path = `${API}/sobjects/${encodeURIComponent(object)}/describe`;
      const { status, body } = await http.send('GET', path, {}, [404], 0);
      if (status === 404) return null;
      if (!isRecord(body)) throw notUnderstood(path);
      return body;
    },
    write: async (object, rows, key, priority) => {
      const http = await open();
      const path = `${API}/composite/sobjects${key === null ? '' : `/${object}/${key}`}`;
      const records = rows.map((fields) => ({ attributes: { type: object }, ...fields }));
      const json = { allOrNone: false, records };
      const headers =
        options.duplicates === 'allow' ? { 'Sforce-Duplicate-Rule-Header': 'allowSave=true' } : {};
      const { body } = await http.send('PATCH', path, { json, headers }, [], priority);
      return resultsOf(body, rows.length, path);
    },
    budget: () => line?.http.budget() ?? null,
  };
}

function lineTo(
  instance: string,
  options: Options,
  deps: SessionDeps,
  tokens: ReturnType<typeof tokenKeeper<Login>>,
): Http {
  return createHttp({
    title: TITLE,
    baseUrl: instance,
    headers: {},
    authorize: tokens.authorize,
    unauthorized: tokens.unauthorized,
    perSecond: options.rate_per_second,
    budgets: [
      {
        left: { header: 'sforce-limit-info', usedOfAll: /api-usage=(\d+)\/(\d+)/ },
        perMs: PER_DAY_MS,
      },
    ],
    timeoutMs: TIMEOUT_MS,
    maxBytes: 64 * 1024 * 1024,
    now: deps.now,
    signal: deps.signal,
    sleep: deps.sleep,
    transport: deps.transport,
    explain,
  });
}

function composite(http: Http, soql: readonly string[], priority: Priority): Promise<Answer> {
  const compositeRequest = soql.map((query, index) => ({
    method: 'GET',
    url: `${API}/queryAll?q=${encodeURIComponent(query)}`,
    referenceId: `q${index}`,
  }));
  return http.send('POST', `${API}/composite`, { json: { compositeRequest }, asks: true }, [], priority);
}

function manyOf({ body }: Answer, count: number): (QueryPage | Failure)[] {
  const path = `${API}/composite`;
  const answers = isRecord(body) ? body['compositeResponse'] : undefined;
  if (!Array.isArray(answers) || answers.length !== count) throw notUnderstood(path);
  return answers.map((each: unknown) => {
    if (!isRecord(each)) throw notUnderstood(path);
    const status = Number(each['httpStatusCode']);
    if (status >= 200 && status < 300) return pageOf(each['body'], path);
    const answer = { status, headers: {}, body: each['body'], text: '' };
    return explain(answer, path) ?? failureOf({ title: TITLE, status, path, message: saidIn(answer) });
  });
}

const saidIn = (answer: Answer): string | undefined => errorsIn(answer.body)[0]?.message;

/** A page as the API writes it, of a query or of a list of children inside a record. */
export function pageOf(body: unknown, path: string): QueryPage {
  if (!isRecord(body) || !Array.isArray(body['records'])) throw notUnderstood(path);
  const next = body['nextRecordsUrl'];
  return { records: body['records'].filter(isRecord), next: typeof next === 'string' ? next : null };
}

function resultsOf(body: unknown, count: number, path: string): RowResult[] {
  if (!Array.isArray(body) || body.length !== count) throw notUnderstood(path);
  return body.map((each: unknown) => {
    if (!isRecord(each)) throw notUnderstood(path);
    return {
      id: typeof each['id'] === 'string' ? each['id'] : null,
      created: each['created'] === true,
      errors: each['success'] === true ? [] : errorsIn(each['errors']),
    };
  });
}

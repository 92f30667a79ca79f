/** What the sidecar remembers of links; Odoo holds the truth, so every row may be rebuilt. */
import type { Base } from './base.ts';
import type { Connections } from './connections.ts';
import type { Link } from '../../domain/change.ts';
import type { ComparedLink } from '../../domain/comparison.ts';
import type { Kind, Reference } from '../../domain/reference.ts';
import type { StoredLink } from '../store.ts';

interface Row {
  kind: Link['kind'];
  external_id: string;
  model: string;
  res_id: number;
  version: number;
  digest: string;
  source_digest: string | null;
  base: string | null;
}

/** See Store. */
export interface Links {
  one(ref: Reference): StoredLink | undefined;
  /** A source digest that is not given is kept only while the digest stays: it belonged to what was applied then. */
  save(connection: string, link: Link & { sourceDigest?: string }): void;
  count(connection: string, kind?: Kind): number;
  /** Forgets the links of all connections. */
  clear(): void;
  forget(ref: Reference): void;
  /** Odoo may hold something else by now: digests that would say "exactly as last time" are dropped. */
  doubt(ref: Reference): void;
  after(
    connection: string,
    after: Pick<Reference, 'kind' | 'externalId'> | null,
    limit: number,
  ): ComparedLink[];
}

/** Prepares the statements. */
export function makeLinks({ db, now }: Base, connections: Connections): Links {
  const select = db.prepare<[string, string, string], Row>(
    `select kind, external_id, model, res_id, version, digest, source_digest, base from link
     where connection = (select id from connection where name = ?) and kind = ? and external_id = ?`,
  );
  const upsert = db.prepare(
    `insert into link (connection, kind, external_id, model, res_id, version, digest, source_digest, base,
       learnt_at)
     values (@connection, @kind, @externalId, @model, @resId, @version, @digest, @sourceDigest, @base, @now)
     on conflict (connection, kind, external_id) do update set
       model = excluded.model, res_id = excluded.res_id, version = excluded.version, base = excluded.base,
       source_digest = coalesce(excluded.source_digest, iif(excluded.digest = digest, source_digest, null)),
       digest = excluded.digest`,
  );
  const count = db.prepare<[string], number>(
    'select count(*) from link where connection = (select id from connection where name = ?)',
  );
  const countKind = db.prepare<[string, string], number>(
    'select count(*) from link where connection = (select id from connection where name = ?) and kind = ?',
  );
  const clear = db.prepare('delete from link');
  const forget = db.prepare<[string, string, string]>(
    `delete from link
     where connection = (select id from connection where name = ?) and kind = ? and external_id = ?`,
  );
  const doubt = db.prepare<[string, string, string]>(
    `update link set digest = '', source_digest = null
     where connection = (select id from connection where name = ?) and kind = ? and external_id = ?`,
  );
  const page = db.prepare<[string, string, string, number], ComparedLink>(
    `select kind, external_id as externalId, model, res_id as resId, version, digest from link
     where connection = (select id from connection where name = ?) and (kind, external_id) > (?, ?)
     order by kind, external_id limit ?`,
  );
  return {
    one: (ref) => {
      const row = select.get(ref.connection, ref.kind, ref.externalId);
      return row && toLink(row);
    },
    save: (connection, link) =>
      void upsert.run({
        connection: connections.idOf(connection),
        kind: link.kind,
        externalId: link.externalId,
        model: link.model,
        resId: link.resId,
        version: link.version,
        digest: link.digest,
        sourceDigest: link.sourceDigest ?? null,
        base: link.base === null ? null : JSON.stringify(link.base),
        now: now(),
      }),
    count: (connection, kind) =>
      (kind ? countKind.pluck().get(connection, kind) : count.pluck().get(connection)) as number,
    clear: () => void clear.run(),
    doubt: (ref) => void doubt.run(ref.connection, ref.kind, ref.externalId),
    forget: ({ connection, kind, externalId }) => void forget.run(connection, kind, externalId),
    after: (connection, after, limit) =>
      page.all(connection, after?.kind ?? '', after?.externalId ?? '', limit),
  };
}

function toLink(row: Row): StoredLink {
  return {
    kind: row.kind,
    externalId: row.external_id,
    model: row.model,
    resId: row.res_id,
    version: row.version,
    digest: row.digest,
    base: row.base === null ? null : (JSON.parse(row.base) as Link['base']),
    sourceDigest: row.source_digest,
  };
}

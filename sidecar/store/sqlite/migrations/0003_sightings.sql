-- Sweeps: what a full reading of a listing saw, and what became of the linked records it did not see.

-- `run`: the start (UTC ms) of the newest listing that saw the record; `digest`: what it said when it was no news for a link.
create table sighting (
  connection integer not null references connection (id),
  kind text not null,
  external_id text not null,
  run integer not null,
  digest text,
  primary key (connection, kind, external_id)
) strict, without rowid;

-- Linked records that a whole listing lacked. `asked`: the vendor was asked about each; `held`: the brake stopped that;
-- `kept`: a person decided to leave them.
create table absence (
  connection integer not null references connection (id),
  kind text not null,
  external_id text not null,
  stream text not null,
  state text not null check (state in ('asked', 'held', 'kept')),
  since integer not null,
  primary key (connection, kind, external_id)
) strict, without rowid;

create index absence_held on absence (connection, stream, kind) where state = 'held';

-- When the link became known here: a record linked after a listing began may be missing in it without meaning anything.
alter table link add column learnt_at integer not null default 0;

-- A listing under way goes on under its new name; without sightings from its beginning it proves nothing about absence.
update setting set name = 'listing:' || substr(name, 10), value = json_set(value, '$.purpose', 'first', '$.since', null)
  where name like 'backfill:%' and json_valid(value);
update cursor set stream = 'listing:' || substr(stream, 10) where stream like 'backfill:%';

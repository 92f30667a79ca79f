-- The schema after all migrations, as SQLite tells it. Generated; change it by adding a migration.

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

create table connection (
  id integer primary key,
  name text not null unique,
  pending integer not null default 0,
  received integer not null default 0,
  applied integer not null default 0,
  unchanged integer not null default 0,
  failed integer not null default 0,
  last_event_at integer
, pending_documents integer not null default 0) strict;

create table correction (
  lane integer primary key references lane (id),
  source_digest text not null,
  fields text not null,
  note text not null,
  author text not null,
  at integer not null
) strict;

create table counter (
  name text primary key,
  value integer not null
) strict, without rowid;

create table cursor (
  connection text not null,
  stream text not null,
  value text not null,
  at integer not null,
  primary key (connection, stream)
) strict, without rowid;

create table delivery (
  seq integer primary key autoincrement,
  lane integer not null references lane (id),
  state text not null default 'pending' check (state in ('pending', 'done', 'ignored')),
  connection integer not null references connection (id),
  id text not null,
  origin text not null,
  form text not null check (form in ('hint', 'state')),
  reason text not null,
  occurred_at integer,
  received_at integer not null,
  force integer not null default 0,
  body blob not null
) strict;

create unique index delivery_id on delivery (connection, id);

create index delivery_lane on delivery (lane, state, seq);

create index delivery_oldest on delivery (connection, received_at) where state = 'pending';

create index delivery_received on delivery (connection, received_at);

create table exception (
  lane integer primary key references lane (id),
  connection integer not null references connection (id),
  code text not null,
  first_at integer not null,
  last_at integer not null,
  details text not null
) strict;

create index exception_connection on exception (connection);

create table exception_news (
  lane integer primary key references lane (id),
  position integer not null unique
) strict;

create table journal (
  id integer primary key autoincrement,
  at integer not null,
  connection integer not null references connection (id),
  lane integer not null references lane (id),
  delivery text not null,
  step text not null,
  rule text,
  detail text not null
) strict;

create index journal_connection on journal (connection);

create index journal_delivery on journal (delivery);

create index journal_lane on journal (lane);

create table lane (
  id integer primary key,
  key text not null unique,
  connection integer not null references connection (id),
  class text not null check (class in ('master', 'document')),
  state text not null default 'idle' check (state in ('idle', 'ready', 'leased', 'waiting', 'parked')),
  pending integer not null default 0 check (pending >= 0),
  attempts integer not null default 0,
  fence integer not null default 0,
  acked integer not null default 0,
  ready_at integer,
  lease_until integer,
  pending_at_lease integer not null default 0, priority integer not null default 1 check (priority between 0 and 3),
  check ((ready_at is not null) = (state in ('ready', 'waiting'))),
  check ((lease_until is not null) = (state = 'leased'))
) strict;

create index lane_leased on lane (lease_until) where lease_until is not null;

create index lane_parked on lane (connection) where state = 'parked';

create index lane_ready on lane (connection, class, priority, ready_at) where ready_at is not null;

create index lane_waiting on lane (connection) where state = 'waiting';

create table link (
  connection integer not null references connection (id),
  kind text not null,
  external_id text not null,
  model text not null,
  res_id integer not null,
  version integer not null,
  digest text not null,
  source_digest text,
  base text, learnt_at integer not null default 0,
  primary key (connection, kind, external_id)
) strict, without rowid;

create table migration (version integer primary key, name text not null, checksum text not null, at integer not null) strict;

create table setting (
  name text primary key,
  value text not null
) strict, without rowid;

create table sighting (
  connection integer not null references connection (id),
  kind text not null,
  external_id text not null,
  run integer not null,
  digest text,
  primary key (connection, kind, external_id)
) strict, without rowid;

create table verdict (
  lane text primary key,
  verdict text not null check (verdict in ('create', 'ignore', 'decide')),
  candidates text not null
) strict, without rowid;

create table wait (
  waits_for text not null,
  lane integer not null references lane (id),
  primary key (waits_for, lane)
) strict, without rowid;

create index wait_lane on wait (lane);

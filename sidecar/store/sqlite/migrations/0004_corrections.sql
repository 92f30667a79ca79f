-- What a person corrected of a record. It holds while the record's raw state at its vendor is the one with this digest.
create table correction (
  lane integer primary key references lane (id),
  source_digest text not null,
  fields text not null,
  note text not null,
  author text not null,
  at integer not null
) strict;

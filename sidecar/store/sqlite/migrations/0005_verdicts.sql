-- What people decided at first contact about records that are not linked. `create`: made without looking for a twin;
-- `ignore`: never; `decide`: nobody has decided yet, `candidates` (JSON) says between what.
create table verdict (
  lane text primary key,
  verdict text not null check (verdict in ('create', 'ignore', 'decide')),
  candidates text not null
) strict, without rowid;

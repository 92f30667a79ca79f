-- Four classes of work instead of live and bulk (domain/priority.ts): a lane has the best class of what came into it since it
-- was last empty. What waits already is classed by what is known of it; idle lanes get theirs with their next delivery.

alter table lane add column priority integer not null default 1 check (priority between 0 and 3);

update lane set priority =
    case
      when bulk = 1 then 3
      when substr(key, instr(key, '/') + 1) glob 'product:*' then 2
      when substr(key, instr(key, '/') + 1) glob 'price:*' then 2
      when substr(key, instr(key, '/') + 1) glob 'tax_rate:*' then 2
      else 1
    end
  where pending > 0;

-- What a person asked for goes first, also what they asked for before the update.
update lane set priority = 0
  where id in (select lane from delivery where state = 'pending' and origin = 'outbox');

drop index lane_ready;
alter table lane drop column bulk;
create index lane_ready on lane (connection, class, priority, ready_at) where ready_at is not null;

-- Masters and documents are worked on side by side: how much of the backlog each has tells how long it will take.
alter table connection add column pending_documents integer not null default 0;
update connection set pending_documents =
  (select coalesce(sum(pending), 0) from lane where lane.connection = connection.id and class = 'document');

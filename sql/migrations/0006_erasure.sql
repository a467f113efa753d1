-- Which events an erasure in the log names. Written with the RecordErased event itself; from then on readers take the
-- event as gone, whether or not its content is still there.
set local role ishi_owner;

create table ishi.erasure (
  target bigint primary key check (target >= 0),
  record bigint not null check (record > target)         -- the RecordErased event, the first that names the target
);

-- The subjects of a range of events, for those who check. Rows come in the order of events, so a summary will do.
create index event_subject_by_event on ishi.event_subject using brin (event_index)
  with (pages_per_range = 16, autosummarize = on);

create or replace function ishi.allow_only_erasure() returns trigger language plpgsql as $$
begin
  if new.salt is not null or new.body is not null
     or (new.index, new.kind, new.registered_at, new.commitment)
        is distinct from (old.index, old.kind, old.registered_at, old.commitment) then
    raise exception 'ishi: an event can only lose its salt and content' using errcode = 'IS001';
  end if;
  if not exists (select from ishi.erasure where target = new.index) then
    raise exception 'ishi: no erasure in the log names this event' using errcode = 'IS001';
  end if;
  return new;
end $$;

create trigger erasure_kept before update or delete or truncate on ishi.erasure execute function ishi.refuse_change();

grant select, insert on ishi.erasure to ishi_service;
grant select on ishi.erasure to ishi_eraser;

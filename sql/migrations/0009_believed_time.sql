-- When the last event was registered, as believed. Another time than the stored one only where a clock was wrong and
-- the log says so (registry/events/times_healed.h). What it says is found by its kind.
set local role ishi_owner;

alter table ishi.log_head add column believed_at bigint;
update ishi.log_head set believed_at = last_registered_at;
alter table ishi.log_head alter column believed_at set not null;
create index event_times_healed on ishi.event (index) where kind = 16;

-- A server of an earlier version, during an upgrade, does not know of believed_at.
create function ishi.believe_last_registered() returns trigger language plpgsql as $$
begin
  if new.last_registered_at <> old.last_registered_at and new.believed_at = old.believed_at then
    new.believed_at := new.last_registered_at;
  end if;
  return new;
end $$;
create trigger head_believed before update on ishi.log_head
  for each row execute function ishi.believe_last_registered();

-- Who wrote last: the timeline of the primary and the standbys that its commits always wait for. A primary that finds
-- another timeline here, or fewer standbys than are named here, first waits until nobody believes the one before it any
-- more (sql/log/timeline_gate.h). And the commitment of the last event: two histories of one length differ in it.
set local role ishi_owner;

alter table ishi.log_head
  add column timeline        text  not null default left(pg_walfile_name(pg_current_wal_insert_lsn()), 8),
  add column standbys        text  not null default '',                 -- as synchronous_standby_names: 2("a","b")
  add column last_commitment bytea not null default '';
alter table ishi.log_head alter column timeline drop default;
update ishi.log_head set last_commitment = (select commitment from ishi.event where index = size - 1) where size > 0;

-- A server of an earlier version, during an upgrade, does not know of last_commitment: then it is not told, not wrong.
create function ishi.forget_last_commitment() returns trigger language plpgsql as $$
begin
  if new.size <> old.size and new.last_commitment = old.last_commitment then new.last_commitment := ''; end if;
  return new;
end $$;
create trigger head_commitment before update on ishi.log_head
  for each row execute function ishi.forget_last_commitment();

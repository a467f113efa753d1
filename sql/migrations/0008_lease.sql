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

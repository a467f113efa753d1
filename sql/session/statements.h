// Every SQL text that is asked while Ishi runs, named. SQL appears nowhere else but in migrations/.
// A session prepares a statement when it first runs it.
#pragma once

namespace ishi::sql {

struct Statement {
  const char* name;  // what error texts say
  const char* text;
};

// ---- appending (append_transaction.cpp says in which order) ----
inline constexpr Statement kLockHead{
    "lock_head",
    "select size, last_registered_at, peaks, timeline, left(pg_walfile_name(pg_current_wal_insert_lsn()), 8), "
    "standbys, current_setting('synchronous_standby_names'), believed_at from ishi.log_head for update"};
inline constexpr Statement kAdvanceHead{
    // and wakes the followers, at commit
    "advance_head",
    "with head as (update ishi.log_head set size = $1, last_registered_at = $2, peaks = $3, last_commitment = $4, "
    "believed_at = $5) "
    "select pg_notify('ishi_log', $1::bigint::text)"};
inline constexpr Statement kTouchHead{
    // writes without changing: so the commit waits for the standbys to have applied all that came before
    "touch_head", "update ishi.log_head set size = size"};
inline constexpr Statement kFindKeys{
    "find_keys",
    "select k.caller, k.key, k.body_digest, k.first_index, k.position, k.registered_at, k.answer "
    "from unnest($1::bytea[], $2::text[]) as wanted(caller, key) "
    "join ishi.idempotency k on k.caller = wanted.caller and k.key = wanted.key"};
inline constexpr Statement kFindSources{
    "find_sources",
    "select source, highest_sequence, batches, events, last_seen from ishi.source where source = any($1::text[])"};
inline constexpr Statement kFindGaps{
    "find_gaps",
    "select source, first_sequence, last_sequence from ishi.source_gap where source = any($1::text[]) "
    "order by source, first_sequence"};
inline constexpr Statement kSaveSource{
    "save_source",
    "insert into ishi.source (source, highest_sequence, batches, events, last_seen) values ($1, $2, $3, $4, $5) "
    "on conflict (source) do update set highest_sequence = excluded.highest_sequence, batches = excluded.batches, "
    "events = excluded.events, last_seen = excluded.last_seen"};
inline constexpr Statement kDropGaps{"drop_gaps", "delete from ishi.source_gap where source = $1"};
inline constexpr Statement kSaveGaps{
    "save_gaps",
    "insert into ishi.source_gap (source, first_sequence, last_sequence) "
    "select $1, gap.first, gap.last from unnest($2::bigint[], $3::bigint[]) as gap(first, last)"};

inline constexpr Statement kCountDelivered{
    "count_delivered",
    "with delivered as (select * from unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::bigint[], "
    "$6::bigint[], $7::bigint[]) as d(source, kind, day, batches, accepted, rejected, at)), "
    "kinds as (insert into ishi.intake_kind as k (source, kind, first_day, last_day, last_volume_day, last_at) "
    "select source, kind, min(day), max(day), max(day) filter (where accepted > 0), max(at) "
    "from delivered group by source, kind on conflict (source, kind) do update set "
    "last_day = greatest(k.last_day, excluded.last_day), "
    "last_volume_day = greatest(k.last_volume_day, excluded.last_volume_day), "
    "last_at = greatest(k.last_at, excluded.last_at)) "
    "insert into ishi.intake_day as d (source, kind, day, batches, accepted, rejected) "
    "select source, kind, day, batches, accepted, rejected from delivered on conflict (source, kind, day) do update "
    "set batches = d.batches + excluded.batches, accepted = d.accepted + excluded.accepted, "
    "rejected = d.rejected + excluded.rejected"};

// ---- noting what was not written (intake_days.cpp) ----
inline constexpr Statement kCommitSoon{"commit_soon", "set local synchronous_commit = off"};
inline constexpr Statement kCountUnwritten{
    "count_unwritten",
    "insert into ishi.intake_day as d (source, kind, day, repeated, duplicates, refused, disagreements) "
    "values ($1, $2, $3, $4, $5, $6, $7) on conflict (source, kind, day) do update set "
    "repeated = d.repeated + excluded.repeated, duplicates = d.duplicates + excluded.duplicates, "
    "refused = d.refused + excluded.refused, disagreements = d.disagreements + excluded.disagreements"};
inline constexpr Statement kKeepDisagreement{
    "keep_disagreement",
    "insert into ishi.intake_disagreement as d (source, kind, sequence, announced, arrived, times, first_at, last_at) "
    "values ($1, $2, $3, $4, $5, 1, $6, $6) on conflict (source, kind, sequence) do update set "
    "announced = excluded.announced, arrived = excluded.arrived, times = d.times + 1, last_at = excluded.last_at"};
inline constexpr Statement kDropOldDisagreements{
    "drop_old_disagreements",
    "delete from ishi.intake_disagreement where source = $1 and (kind, sequence) in (select kind, sequence "
    "from ishi.intake_disagreement where source = $1 order by last_at desc, kind, sequence offset $2)"};
inline constexpr Statement kSaveErasures{
    // the first record that names a target is the one that counts
    "save_erasures",
    "insert into ishi.erasure (target, record) select e.target, e.record "
    "from unnest($1::bigint[], $2::bigint[]) as e(target, record) on conflict (target) do nothing"};

// ---- who writes (timeline_gate.cpp, head_lease.cpp) ----
inline constexpr Statement kOpenGate{"open_gate", "update ishi.log_head set timeline = $1, standbys = $2"};
inline constexpr Statement kTimeOfDay{"time_of_day",
                                      "select (extract(epoch from clock_timestamp()) * 1000000)::bigint"};
inline constexpr Statement kWaitedFor{"waited_for", "select current_setting('synchronous_standby_names')"};
inline constexpr Statement kTimeline{
    // null: no primary
    "timeline",
    "select case when not pg_is_in_recovery() then left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) end"};
// One server since its start, as long as it is a primary: timeline/microseconds; null: no primary.
#define ISHI_SERVER                                                                                  \
  "case when not pg_is_in_recovery() then left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) || " \
  "'/' || (extract(epoch from pg_postmaster_start_time()) * 1000000)::bigint end"
inline constexpr Statement kConfirm{
    // writes, so that the commit waits for the standbys
    "confirm", "select " ISHI_SERVER
               ", timeline, standbys, current_setting('synchronous_standby_names'), current_setting('cluster_name'), "
               "(select system_identifier::text from pg_control_system()), "
               "(select coalesce(string_agg(lower(application_name), ','), '') from pg_stat_replication), "
               "(extract(epoch from clock_timestamp()) * 1000000)::bigint, "
               "pg_logical_emit_message(true, 'ishi', '')::text from ishi.log_head"};

// ---- reading ----
inline constexpr Statement kReadHead{"read_head",
                                     "select size, believed_at, last_commitment, " ISHI_SERVER " from ishi.log_head"};
inline constexpr Statement kReadStandbyHead{
    "read_standby_head",
    "select size, believed_at, last_commitment, pg_is_in_recovery() and exists (select from "
    "pg_stat_get_wal_receiver() where pid is not null), current_setting('cluster_name') from ishi.log_head"};
inline constexpr Statement kWhoAreYou{// may a standby's head be believed? pg_standby_heads.cpp judges
                                      "who_are_you",
                                      "select current_setting('cluster_name'), "
                                      "(select system_identifier::text from pg_control_system()), pg_is_in_recovery()"};
inline constexpr Statement kReadFrontier{"read_frontier", "select size, peaks from ishi.log_head"};
inline constexpr Statement kReadEvents{
    "read_events",
    "select index, registered_at, body, commitment from ishi.event where index >= $1 and index < $2 order by index"};
inline constexpr Statement kReadLeaves{
    "read_leaves",
    "select index, registered_at, body, commitment, salt, kind from ishi.event where index >= $1 and index < $2 "
    "order by index"};
inline constexpr Statement kReadOpenLeaves{
    // what opens a leaf that an erasure names is not for showing, even while it is there
    "read_open_leaves",
    "select e.index, e.registered_at, case when r.target is null then e.body end, e.commitment, "
    "case when r.target is null then e.salt end, e.kind from ishi.event e "
    "left join ishi.erasure r on r.target = e.index where e.index >= $1 and e.index < $2 order by e.index"};
inline constexpr Statement kReadHealings{
    // 16 times_healed
    "read_healings", "select index, body from ishi.event where kind = 16 and index < $1 order by index"};
inline constexpr Statement kReadAbout{
    // without what an erasure below $2 names; with all that heals times, 16
    "read_about",
    "select index, registered_at, body from ishi.event where index in "
    "(select event_index from ishi.event_subject where token = any($1::uuid[]) and event_index < $2) "
    "and not exists (select from ishi.erasure where target = index and record < $2) "
    "union all select index, registered_at, body from ishi.event where kind = 16 and index < $2"};
inline constexpr Statement kReadHouseholdObjections{
    // 5 objection, 6 withdrawal
    "read_household_objections",
    "select index, registered_at, body from ishi.event where kind in (5, 6) and index in "
    "(select event_index from ishi.event_subject where token = any($1::uuid[]) and event_index < $2) "
    "and not exists (select from ishi.erasure where target = index and record < $2)"};
inline constexpr Statement kRegisteredAt{"registered_at", "select registered_at from ishi.event where index = $1"};
inline constexpr Statement kLatestPolicy{"latest_policy",
                                         "select max(index) from ishi.event where kind = 1 and index < $1"};
inline constexpr Statement kFindAnswer{
    "find_answer", "select body_digest, answer from ishi.idempotency where caller = $1 and key = $2"};
inline constexpr Statement kAllSources{
    "all_sources", "select source, highest_sequence, batches, events, last_seen from ishi.source order by source"};
inline constexpr Statement kAllGaps{
    "all_gaps", "select source, first_sequence, last_sequence from ishi.source_gap order by source, first_sequence"};
inline constexpr Statement kAllIntakeKinds{
    "all_intake_kinds", "select source, kind, first_day, last_day, last_volume_day, last_at from ishi.intake_kind"};
inline constexpr Statement kRecentIntakeDays{
    "recent_intake_days",
    "select source, kind, day, batches, accepted, rejected, repeated, duplicates, refused, disagreements "
    "from ishi.intake_day where day > $1"};
inline constexpr Statement kHabitIntakeDays{
    // what came in the eight weeks before a silence that is older than the recent days
    "habit_intake_days",
    "select d.source, d.kind, d.day, d.batches, d.accepted, d.rejected, d.repeated, d.duplicates, d.refused, "
    "d.disagreements from ishi.intake_kind k join ishi.intake_day d on d.source = k.source and d.kind = k.kind "
    "and d.day > k.last_volume_day - 56 and d.day <= k.last_volume_day where k.last_volume_day < $1 + 56 and d.day <= "
    "$1"};
inline constexpr Statement kAllDisagreements{
    "all_disagreements",
    "select source, kind, sequence, announced, arrived, times, first_at, last_at from ishi.intake_disagreement "
    "order by source, kind, sequence"};
inline constexpr Statement kReadTiles{
    "read_tiles",
    "select level, index, hashes, root from ishi.tile where level = $1 and index >= $2 and index < $3 order by index"};
inline constexpr Statement kReadTileRoots{
    "read_tile_roots",
    "select index, root from ishi.tile where level = $1 and index >= $2 and index < $3 order by index"};

// ---- pruning ----
inline constexpr Statement kPruneAnswers{"prune_answers", "select ishi.prune_answers($1::bigint, $2::bigint)"};

// ---- erasing ----
inline constexpr Statement kEraseEvent{"erase_event",
                                       "update ishi.event set salt = null, body = null where index = $1"};
inline constexpr Statement kEraseSubjects{
    "erase_subjects", "delete from ishi.event_subject where event_index = $1 and token = any($2::uuid[])"};
inline constexpr Statement kDueErasures{
    "due_erasures",
    "select r.record from ishi.erasure r join ishi.event e on e.index = r.target join ishi.event o on o.index = "
    "r.record "
    "where e.body is not null and o.registered_at <= $1 order by r.record limit $2"};
inline constexpr Statement kCountPendingErasures{
    "count_pending_erasures",
    "select count(*) from ishi.erasure r join ishi.event e on e.index = r.target where e.body is not null"};

// ---- auditing ----
inline constexpr Statement kSubjectsOf{
    "subjects_of",
    "select event_index, token from ishi.event_subject where event_index >= $1 and event_index < $2 "
    "order by event_index, token"};
inline constexpr Statement kFirstHead{
    "first_head", "select size, last_registered_at, peaks, last_commitment, believed_at from ishi.log_head"};
// What lies beyond the log's end, as of one instant: the log may grow meanwhile.
inline constexpr Statement kSubjectsBeyond{
    "subjects_beyond",
    "select event_index from ishi.event_subject where event_index < 0 "
    "or event_index >= (select size from ishi.log_head) order by event_index limit 100"};
inline constexpr Statement kEventsBeyond{"events_beyond",
                                         "select index from ishi.event where index < 0 or index >= (select size from "
                                         "ishi.log_head) order by index limit 100"};
inline constexpr Statement kTilesBeyond{
    "tiles_beyond",
    "select t.level, t.index from ishi.tile t, ishi.log_head h where t.level < 0 or t.level > 6 or t.index < 0 "
    "or t.index >= (h.size >> (8 * (t.level + 1))) order by t.level, t.index limit 100"};
inline constexpr Statement kAnswersBeyond{"answers_beyond",
                                          "select count(*) from ishi.idempotency where position > (select size from "
                                          "ishi.log_head) or first_index > position"};
inline constexpr Statement kErasuresBelow{"erasures_below",
                                          "select target, record from ishi.erasure where record < $1 order by target"};
inline constexpr Statement kErasureOf{
    "erasure_of", "select o.body from ishi.erasure r join ishi.event o on o.index = r.record where r.target = $1"};

// ---- checkpoints ----
inline constexpr Statement kReadCheckpoint{"read_checkpoint", "select size, root, note from ishi.checkpoint"};
inline constexpr Statement kSaveCheckpoint{
    // 0 rows: it would not grow
    "save_checkpoint",
    "insert into ishi.checkpoint (size, root, note) values ($1, $2, $3) on conflict (only_row) do update "
    "set size = excluded.size, root = excluded.root, note = excluded.note where checkpoint.size < excluded.size "
    "or (checkpoint.size = excluded.size and checkpoint.root = excluded.root) returning size"};
inline constexpr Statement kTakeSignerLease{
    // of the session: it ends with the connection
    "take_signer_lease", "select pg_try_advisory_lock(hashtext('ishi.signer'))"};

// ---- migrating ----
inline constexpr Statement kMigrationLock{"migration_lock", "select pg_advisory_xact_lock(hashtext('ishi.migration'))"};
inline constexpr Statement kHasSchema{"has_schema", "select to_regclass('ishi.migration') is not null"};
inline constexpr Statement kMakeSchema{
    "make_schema",
    "create schema ishi; create table ishi.migration (number int primary key, name text not null, "
    "checksum bytea not null, applied_at timestamptz not null default now())"};
inline constexpr Statement kAppliedMigrations{"applied_migrations",
                                              "select number, name, checksum from ishi.migration order by number"};
inline constexpr Statement kRecordMigration{"record_migration",
                                            "insert into ishi.migration (number, name, checksum) values ($1, $2, $3)"};

}  // namespace ishi::sql

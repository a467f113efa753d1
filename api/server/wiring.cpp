#include "api/server/wiring.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "api/auth/api_keys.h"
#include "api/auth/strict_authenticator.h"
#include "api/host/periodic_task.h"
#include "api/host/system_clock.h"
#include "api/http/pistache_server.h"
#include "api/operations/eraser.h"
#include "api/operations/fsck_watch.h"
#include "api/operations/intake_gauges.h"
#include "api/server/evidence_parts.h"
#include "api/server/fsck_task.h"
#include "api/server/routes.h"
#include "api/server/service_events.h"
#include "api/server/wiring_gauges.h"
#include "api/server/wiring_options.h"
#include "cache/follow/status_reader.h"
#include "cache/shared/redis_follower.h"
#include "cache/snapshot/snapshot.h"
#include "cache/tasks/owed_receipts.h"
#include "sql/log/answer_pruner.h"
#include "sql/log/erase.h"
#include "sql/log/pg_change_feed.h"
#include "sql/log/pg_checkpoint_store.h"
#include "sql/log/pg_event_log.h"
#include "sql/migrations/migrate.h"
#include "sql/standby/leased_heads.h"
#include "sql/standby/pg_standby_heads.h"

namespace ishi::api {
namespace {

using namespace std::chrono_literals;
constexpr auto kErasureEvery = 2s;
constexpr auto kPruneEvery = 60min;
constexpr auto kDatabaseWait = 30s;  // for a database that starts together with us

Result<void> wait_for_database(const EventLog& log, const ServiceEvents& report) {
  const auto deadline = std::chrono::steady_clock::now() + kDatabaseWait;
  for (bool reported = false;; reported = true) {
    const Result<Head> head = log.head();
    if (head) return {};
    if (std::chrono::steady_clock::now() > deadline) return fail(head.error());
    if (!reported) report.waiting_for_database(head.error());
    std::this_thread::sleep_for(200ms);
  }
}

PeriodicTask::Round prune(sql::AnswerPrunerOptions options, const ServiceEvents& report) {
  return [options = std::move(options), &report](const std::stop_token& stop) {
    report.answers_pruned(sql::prune_answers(options, [&stop] { return !stop.stop_requested(); }));
    return kPruneEvery;
  };
}

std::chrono::milliseconds since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
}

}  // namespace

// In order of construction; each is given only what stands above it.
struct Service::Parts {
  Parts(const Config& config, const Log& log, Tokenizer keyed, std::optional<cache::RedisSettings> shared,
        std::unique_ptr<AcknowledgedFile> memory)
      : stop_grace(ms(config.listen.stop_grace_ms)),
        report(log),
        tokenizer(std::move(keyed)),
        acknowledged(std::move(memory)),
        timeline_min(std::make_shared<std::atomic<std::uint32_t>>(0)),
        events(sql::make_pg_log(
            keeping_acknowledged(log_options(config.database, config.listen.reactors, timeline_min)), machine_clock)),
        feed(sql::make_pg_change_feed(feed_options(config.database, timeline_min))),
        checkpoints(sql::make_pg_checkpoint_store(checkpoint_options(config.database, timeline_min))),
        lease(std::make_unique<sql::HeadLease>(lease_options(config.database, machine_clock), timeline_min,
                                               [this](const Error& error) { report.lease_judged(error); })),
        leased(sql::make_leased_heads(*events, *lease)),
        standby(config.database.standby_connection.empty()
                    ? nullptr
                    : sql::make_pg_standby_heads(standby_options(config.database), *lease, *leased,
                                                 [this](const Error& error) { report.standby_judged(error); })),
        pruner(kPruneEvery, kPruneEvery, prune(pruner_options(config.database), report),
               [this](const std::exception_ptr&) {
                 report.answers_pruned(fail(ErrorKind::kUnavailable, "task_threw", ""));
               }),
        people(near_limits(config.near)),
        redis(shared ? std::make_unique<cache::RedisCache>(std::move(*shared)) : nullptr),
        redis_follower(redis ? std::make_unique<cache::RedisFollower>(
                                   *events, people, *redis,
                                   [this](bool in_step, std::size_t shards) { report.redis_step(in_step, shards); })
                             : nullptr),
        follower(*events, *feed, {&people, &owed_receipts, redis_follower.get()}, policies, barrier,
                 [this](const Error& error) { follower_failed(error); },
                 {.log_is_confirmed = [this] { return lease->stats().valid; }}),
        status(*events, people, policies, barrier, follower, clock,
               std::max(1U, std::thread::hardware_concurrency()) - 1),
        policy(*events, status),
        erasures(*events, status, ms(config.writes.freshness_wait_ms_max)),
        health(
            *events, status, [this] { return status.serves_from_shared_cache() ? 0 : follower.lag_events(); },
            static_cast<std::uint64_t>(config.health.lag_events_max), [this] { return refusal_reason(); }),
        filter(
            status, *events, tokenizer,
            FilterLimits{size(config.filter.body_bytes_max), size(config.filter.holders_max),
                         ms(config.filter.freshness_wait_ms_max)},
            [this](const ReasonCounts& counts) { metrics.filtered(counts); },
            [this](std::size_t chunks, const std::function<void(std::size_t)>& work) {
              status.pool().run(chunks, work);
            }),
        writes(WritePorts{*events, status, tokenizer, clock, *events},
               WriteLimits{size(config.writes.lines_max), ms(config.writes.freshness_wait_ms_max)}),
        intake(*events, status, clock),
        changes(*events, status),
        recalls(*events, status),
        tasks(status, owed_receipts, ms(config.writes.freshness_wait_ms_max)),
        keys(clock),
        doorkeeper(keys, status, ms(config.filter.freshness_wait_ms_max)),
        fsck_task(config, *events, status, evidence),
        fsck(
            std::chrono::seconds(config.fsck.interval_s),
            [this](const FsckWatch::Controls& controls) { return fsck_task.check(controls); },
            [this](const Result<FsckWatch::Outcome>& outcome) { report.fsck_ended(outcome); }),
        eraser(
            kErasureEvery, [this, erasure = config.erasure] { return erase_due(erasure); },
            [this](const Result<Eraser::Done>& done) { report.erasure_ended(done); }),
        router([this](const Request& request) { return doorkeeper.who_asks(request); }),
        server(server_options(config.listen), router, [this](const Served& served) {
          metrics.served(served);
          report.served(served);
        }) {
    status.set_shared_cache(redis.get(), people.complete() ? nullptr : &people);
    status.read_heads_from(heads(), /*ahead_of_log=*/standby != nullptr);
    clock.follow([this] { return lease->database_time(); });
    add_near_gauges(metrics, {people, status, barrier, follower});
    add_server_gauges(metrics, server);
    metrics.add_gauge("ishi_snapshot_position",
                      "Where the last snapshot written by this process begins; 0 before the first.",
                      [this] { return static_cast<double>(snapshot_position.load()); });
    add_lease_gauges(metrics, *lease);
    if (standby) add_standby_gauges(metrics, *standby);
    if (redis) add_redis_gauges(metrics, *redis, *redis_follower);
    if (config.fsck.interval_s > 0) add_fsck_gauges(metrics, fsck);
    if (!config.erasure.connection.empty())
      metrics.add_gauge("ishi_erasures_pending", "Erasures ordered whose bytes are still there.",
                        [this] { return static_cast<double>(eraser.pending()); });
    router.set_gate([this](Action action) { return health.closed(action); });
    add_intake_gauges(metrics, intake);
    add_routes(router,
               Handlers{filter, writes, changes, recalls, policy, erasures, health, metrics, *events, intake, tasks},
               size(config.writes.body_bytes_max));
  }

  const HeadSource* heads() const { return standby ? static_cast<const HeadSource*>(standby.get()) : leased.get(); }

  sql::PgLogOptions keeping_acknowledged(sql::PgLogOptions options) {
    if (acknowledged)
      options.keep_acknowledged = [this](const Head& head) {
        auto kept = acknowledged->remember({head.position, head.last_commitment});
        if (kept) barrier.expect(head);
        return kept;
      };
    return options;
  }

  // What this server has acknowledged must be in the log. Before anything is answered.
  Result<void> recall_acknowledged(const Config& config, bool trust_database) {
    if (!acknowledged) return {};
    if (acknowledged->last().position == Position() && !remembers_checkpoint(config)) {
      if (auto begun = begin_to_remember(trust_database); !begun) return begun;
    }
    const Acknowledged last = acknowledged->last();
    barrier.expect({last.position, Timestamp(), last.commitment});
    if (last.position == Position()) return {};
    const auto now_there = events->read(EventIndex(last.position.events() - 1), 1);
    if (!now_there) return fail(now_there.error());
    if (!now_there->empty()) barrier.compare_with_expected(now_there->front());
    return {};
  }

  Result<void> begin_to_remember(bool trust_database) const {
    const auto deadline = std::chrono::steady_clock::now() + kDatabaseWait;
    const auto read = [this] { return heads() != nullptr ? heads()->newest(Position()) : events->head(); };
    Result<Head> head = read();
    while (!head && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(200ms);
      head = read();
    }
    if (!head) return fail(head.error());
    if (head->position > Position() && !trust_database)
      return fail(
          ErrorKind::kInvalidArgument, "memory_missing",
          "this server remembers nothing of this log, which is not empty, and could not tell an older copy of it: "
          "put evidence.memory_file and its .acknowledged back, copy another server's, or, if this database is "
          "known to be the newest, start once with --trust-database");
    return acknowledged->remember({head->position, head->last_commitment});
  }

  // Why this node must not answer for the log; empty: it may.
  std::string_view refusal_reason() const {
    if (erased_unapplied) return "erased_before_heard";
    return evidence ? evidence->refusal_reason() : std::string_view();
  }

  void follower_failed(const Error& error) {
    if (error.code == "erased_before_heard") erased_unapplied = true;
    report.follower_failed(error);
  }

  Result<Eraser::Done> erase_due(const Config::Erasure& erasure) const {
    const auto done = sql::erase_due(erasure.connection, clock.now().plus_seconds(-erasure.grace_s));
    if (!done) return fail(done.error());
    return Eraser::Done{done->erased, done->pending};
  }

  // Before the follower starts. Where no snapshot can be trusted, everything is read from the log.
  Position restore_snapshot(const Config& config) {
    if (config.near.snapshot_file.empty() || !people.complete()) return {};
    const std::string path = path_in(config, config.near.snapshot_file);
    snapshots.emplace(path, std::chrono::seconds(config.near.snapshot_interval_s), *events,
                      cache::SnapshotProjections{&people, &owed_receipts}, policies, barrier,
                      [this](const Result<cache::SnapshotKeeper::Written>& written) { snapshot_ended(written); });
    const auto began = std::chrono::steady_clock::now();
    const Result<Head> head = cache::load_snapshot(path, *events, {&people, &owed_receipts}, policies);
    if (!head) {
      report.snapshot_refused(head.error());
      return {};
    }
    barrier.announce(*head);
    report.snapshot_restored(head->position, since(began));
    return head->position;
  }
  void snapshot_ended(const Result<cache::SnapshotKeeper::Written>& written) {
    if (!written) return report.snapshot_not_written(written.error());
    snapshot_position = written->head.position.events();
    report.snapshot_written(written->head.position, written->took);
  }

  const std::chrono::milliseconds stop_grace;
  const ServiceEvents report;
  SystemClock machine_clock;
  BoundedClock clock{machine_clock, sql::kClockDifferenceMax};  // a step of the machine's moves no answer
  std::atomic<bool> erased_unapplied = false;  // this node counts a fact that was erased, and can't know whose
  Metrics metrics;
  const Tokenizer tokenizer;
  cache::FreshnessBarrier barrier;                                 // the log's writer speaks to it
  std::unique_ptr<AcknowledgedFile> acknowledged;                  // null: nothing is remembered
  const std::shared_ptr<std::atomic<std::uint32_t>> timeline_min;  // that the lease has confirmed
  std::unique_ptr<sql::PgLog> events;
  std::unique_ptr<ChangeFeed> feed;
  std::unique_ptr<CheckpointStore> checkpoints;
  std::unique_ptr<sql::HeadLease> lease;
  std::unique_ptr<HeadSource> leased;
  std::unique_ptr<sql::PgStandbyHeads> standby;  // null: no standby configured
  PeriodicTask pruner;
  cache::Projection people;
  cache::OwedReceipts owed_receipts;
  cache::PolicyHistory policies;
  std::unique_ptr<cache::RedisCache> redis;  // null: no address configured
  std::unique_ptr<cache::RedisFollower> redis_follower;
  cache::FeedFollower follower;
  std::optional<cache::SnapshotKeeper> snapshots;  // none: no file configured, or not everybody is kept
  std::atomic<std::uint64_t> snapshot_position{0};
  cache::StatusReader status;
  PolicyHandler policy;
  ErasureHandler erasures;
  Health health;
  FilterHandler filter;
  Writes writes;
  IntakeHandler intake;
  Changes changes;
  Recalls recalls;
  Tasks tasks;
  ApiKeys keys;
  StrictAuthenticator doorkeeper;
  std::unique_ptr<EvidenceParts> evidence;  // null: no key configured
  FsckTask fsck_task;
  FsckWatch fsck;
  Eraser eraser;
  Router router;
  PistacheServer server;
};

Service::Service(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Service::~Service() {
  parts_->server.stop(0ms);
  parts_->pruner.stop();
  parts_->eraser.stop();
  parts_->fsck.stop();
  if (parts_->evidence) parts_->evidence->stop();
  parts_->barrier.stop();
  parts_->follower.stop();
  if (parts_->redis_follower) parts_->redis_follower->stop();
  if (parts_->snapshots) parts_->snapshots->stop();
}

Result<std::unique_ptr<Service>> Service::start(const Config& config, const Log& log, bool trust_database) {
  Result<Tokenizer> tokenizer = read_tokenizer(config);
  if (!tokenizer) return fail(tokenizer.error());
  auto shared = redis_settings(config);
  if (!shared) return fail(shared.error());
  auto documents = read_policy_files(config);
  if (!documents) return fail(documents.error());
  auto acknowledged = acknowledged_file(config);
  if (!acknowledged) return fail(acknowledged.error());
  if (!config.database.migrate_connection.empty()) {
    const auto applied = sql::migrate(config.database.migrate_connection);
    if (!applied) return fail(applied.error());
    for (const std::string& name : *applied) ServiceEvents(log).migrated(name);
  }

  std::unique_ptr<Service> service(new Service(
      std::make_unique<Parts>(config, log, std::move(*tokenizer), std::move(*shared), *std::move(acknowledged))));
  Parts& parts = *service->parts_;
  if (auto waited = wait_for_database(*parts.events, parts.report); !waited) return fail(waited.error());
  if (auto recalled = parts.recall_acknowledged(config, trust_database); !recalled) return fail(recalled.error());
  const auto published = parts.policy.publish_first(std::move(*documents));
  if (!published) return fail(published.error());
  if (*published) parts.report.first_policy_published();
  if (!config.evidence.key_file.empty()) {
    auto evidence = EvidenceParts::create(
        config, *parts.events, *parts.checkpoints,
        [&parts] {
          const Result<View> view = local_view(parts.status);
          return view ? view->book : nullptr;
        },
        [&parts](const Error& error) { parts.report.evidence_failed(error); }, parts.lease.get());
    if (!evidence) return fail(evidence.error());
    parts.evidence = std::move(*evidence);
    parts.evidence->add_routes(parts.router);
    add_evidence_gauges(parts.metrics, *parts.evidence);
    parts.evidence->start();
  }
  const Position restored = parts.restore_snapshot(config);
  if (parts.redis_follower) parts.redis_follower->start();
  parts.follower.start();
  if (parts.snapshots) parts.snapshots->start(restored);
  parts.fsck.start();
  if (config.database.answers_kept_days > 0) parts.pruner.start();
  if (!config.erasure.connection.empty()) parts.eraser.start();
  if (auto listening = parts.server.start(); !listening) return fail(listening.error());
  parts.report.listening(config.listen.address, service->port());
  return service;
}

std::uint16_t Service::port() const {
  return parts_->server.port();
}

bool Service::stop() {
  parts_->health.stopping();
  parts_->changes.stop();
  parts_->recalls.stop();
  return parts_->server.stop(parts_->stop_grace);
}

}  // namespace ishi::api

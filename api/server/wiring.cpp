#include "api/server/wiring.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "api/auth/api_keys.h"
#include "api/auth/strict_authenticator.h"
#include "api/host/system_clock.h"
#include "api/http/pistache_server.h"
#include "api/operations/eraser.h"
#include "api/operations/fsck_watch.h"
#include "api/operations/intake_gauges.h"
#include "api/operations/projection_check.h"
#include "api/server/evidence_parts.h"
#include "api/server/routes.h"
#include "api/server/wiring_gauges.h"
#include "api/server/wiring_options.h"
#include "cache/follow/status_reader.h"
#include "cache/shared/redis_follower.h"
#include "cache/snapshot/snapshot.h"
#include "sql/fsck/verify_store.h"
#include "sql/log/answer_pruner.h"
#include "sql/log/erase.h"
#include "sql/log/pg_change_feed.h"
#include "sql/log/pg_checkpoint_store.h"
#include "sql/log/pg_event_log.h"
#include "sql/migrations/migrate.h"
#include "sql/standby/pg_standby_heads.h"

namespace ishi::api {
namespace {

using namespace std::chrono_literals;
constexpr auto kErasureEvery = 2s;
constexpr auto kDatabaseWait = 30s;  // for a database that starts together with us

Result<void> wait_for_database(const EventLog& events, const Log& log) {
  const auto deadline = std::chrono::steady_clock::now() + kDatabaseWait;
  for (bool told = false;; told = true) {
    const Result<Head> head = events.head();
    if (head) return {};
    if (std::chrono::steady_clock::now() > deadline) return fail(head.error());
    if (!told) log.warn("waiting_for_database", {{"code", std::string_view(head.error().code)}});
    std::this_thread::sleep_for(200ms);
  }
}

}  // namespace

// In order of construction; each is given only what stands above it.
struct Service::Parts {
  Parts(const Config& config, const Log& service_log, Tokenizer keyed, std::optional<cache::RedisSettings> shared)
      : stop_grace(ms(config.listen.stop_grace_ms)),
        log(service_log),
        tokenizer(std::move(keyed)),
        events(sql::make_pg_log(log_options(config.database, config.listen.reactors), clock)),
        feed(sql::make_pg_change_feed(feed_options(config.database))),
        checkpoints(sql::make_pg_checkpoint_store(checkpoint_options(config.database))),
        standby(config.database.standby_connection.empty()
                    ? nullptr
                    : sql::make_pg_standby_heads(
                          standby_options(config.database), *events,
                          [&service_log](const Error& error) { tell_of_standby(service_log, error); })),
        people(near_limits(config.near)),
        redis(shared ? std::make_unique<cache::RedisCache>(std::move(*shared)) : nullptr),
        redis_follower(redis ? std::make_unique<cache::RedisFollower>(*events, people, *redis,
                                                                      [&service_log](bool in_step, std::size_t shards) {
                                                                        tell_of_redis(service_log, in_step, shards);
                                                                      })
                             : nullptr),
        follower(*events, *feed, {&people, redis_follower.get()}, policies, barrier,
                 [this](const Error& error) { tell_of_follower(error); }),
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
        keys(clock),
        doorkeeper(keys, status, ms(config.filter.freshness_wait_ms_max)),
        fsck(
            std::chrono::seconds(config.fsck.interval_s),
            [this, config](const FsckWatch::Controls& controls) { return look_through(config, controls); },
            [this](const Result<FsckWatch::Outcome>& outcome) { tell_of_fsck(outcome); }),
        eraser(
            kErasureEvery, [this, erasure = config.erasure] { return erase_due(erasure); },
            [this](const Result<Eraser::Done>& done) { tell_of_erasure(done); }),
        router([this](const Request& request) { return doorkeeper.who_asks(request); }),
        server(server_options(config.listen), router, [this](const Served& served) { observe(served); }) {
    status.set_shared_cache(redis.get(), people.complete() ? nullptr : &people);
    status.read_heads_from(standby.get());
    add_near_gauges(metrics, {people, status, barrier, follower});
    add_server_gauges(metrics, server);
    metrics.add_gauge("ishi_snapshot_position",
                      "Where the last snapshot written by this process begins; 0 before the first.",
                      [this] { return static_cast<double>(snapshot_position.load()); });
    if (standby) add_standby_gauges(metrics, *standby);
    if (config.database.answers_kept_days > 0)
      pruner = std::make_unique<sql::AnswerPruner>(
          pruner_options(config.database), [&service_log](const Result<std::uint64_t>& gone) {
            if (!gone) service_log.error("prune_answers", {{"code", std::string_view(gone.error().code)}});
            if (gone && *gone > 0) service_log.info("answers_pruned", {{"rows", *gone}});
          });
    if (redis) add_redis_gauges(metrics, *redis, *redis_follower);
    if (config.fsck.interval_s > 0) add_fsck_gauges(metrics, fsck);
    if (!config.erasure.connection.empty())
      metrics.add_gauge("ishi_erasures_pending", "Erasures ordered whose bytes are still there.",
                        [this] { return static_cast<double>(eraser.pending()); });
    router.set_gate([this](Action action) { return health.closed(action); });
    add_intake_gauges(metrics, intake);
    add_routes(router, Handlers{filter, writes, changes, recalls, policy, erasures, health, metrics, *events, intake},
               size(config.writes.body_bytes_max));
  }

  // Why this node must not speak for the log.
  std::string_view refusal_reason() const {
    if (too_late) return "erased_before_heard";
    return evidence ? evidence->refusal_reason() : std::string_view();
  }

  void tell_of_follower(const Error& error) {
    if (error.code == "erased_before_heard") too_late = true;
    log.error("follower", {{"code", std::string_view(error.code)}});
  }

  Result<Eraser::Done> erase_due(const Config::Erasure& erasure) const {
    const auto done = sql::erase_due(erasure.connection, clock.now().plus_seconds(-erasure.grace_s));
    if (!done) return fail(done.error());
    return Eraser::Done{done->erased, done->pending};
  }

  void tell_of_erasure(const Result<Eraser::Done>& done) const {
    if (!done) return log.error("erasure_not_done", {{"code", std::string_view(done.error().code)}});
    log.info("erased", {{"events", done->erased}, {"pending", done->pending}});
  }

  void observe(const Served& served) {
    metrics.served(served);
    if (!served.failure.empty())
      log.error("handler_threw", {{"route", served.route}, {"type", std::string_view(served.failure)}});
    log.debug("served", {{"route", served.route},
                         {"status", std::int64_t{served.status}},
                         {"microseconds", std::int64_t{served.duration.count()}}});
  }

  static void tell_of_standby(const Log& log, const Error& error) {
    if (error.code.empty()) return log.info("standby_heads_trusted");
    log.warn("standby_heads_not_trusted", {{"code", std::string_view(error.code)}});
  }

  static void tell_of_redis(const Log& log, bool in_step, std::size_t shards) {
    if (in_step)
      log.info("redis_in_step");
    else
      log.warn("redis_out_of_step", {{"shards_in_step", std::uint64_t{shards}}});
  }

  // The persons of a few events as this node holds them, and as the log says.
  Result<std::vector<EventIndex>> compare_people(std::span<const sql::VerifyOptions::Person> persons) const {
    const Result<View> view = local_view(status);
    if (!view) return fail(view.error());
    std::vector<EventIndex> differing;
    for (const auto& person : persons) {
      if (Position::after(person.event) > view->position) continue;  // this node has not come to it yet
      const auto same = holds_what_the_log_says(*events, status, *view, person.token);
      if (!same) return fail(same.error());
      if (!*same) differing.push_back(person.event);
    }
    return differing;
  }

  Result<FsckWatch::Outcome> look_through(const Config& config, const FsckWatch::Controls& controls) const {
    sql::VerifyOptions options;
    options.connection_string = config.database.connection;
    options.role = config.database.role;
    options.fold = false;
    options.busy_percent = static_cast<int>(config.fsck.busy_percent);
    options.findings_max = 100;
    options.stop = controls.stop;
    options.progress = [&controls](Position done, Position) { controls.progress(done.events()); };
    options.compare_people = [this](std::span<const sql::VerifyOptions::Person> persons) {
      return compare_people(persons);
    };
    if (evidence) {
      options.keys = evidence->keys();
      if (const auto last = evidence->last_signed()) options.remembered.push_back({"signer", *last});
    }
    const auto report = sql::verify_store(options);
    if (!report) return fail(report.error());
    FsckWatch::Outcome outcome{report->head.position.events(), report->findings_count, {}};
    for (const sql::Finding& finding : report->findings) outcome.first.emplace_back(finding.code, finding.place);
    return outcome;
  }

  void tell_of_fsck(const Result<FsckWatch::Outcome>& outcome) const {
    if (!outcome) return log.warn("fsck_not_done", {{"code", std::string_view(outcome.error().code)}});
    for (const auto& [code, place] : outcome->first)
      log.error("fsck_difference", {{"code", std::string_view(code)}, {"place", std::string_view(place)}});
    log.info("fsck", {{"events", outcome->events}, {"differences", outcome->differences}});
  }

  // Before the follower starts. Where there is no valid snapshot, everything is read from the log.
  Position restore_snapshot(const Config& config) {
    if (config.near.snapshot_file.empty() || !people.complete()) return {};
    const std::string path = path_in(config, config.near.snapshot_file);
    snapshots.emplace(path, std::chrono::seconds(config.near.snapshot_interval_s), *events,
                      cache::SnapshotProjections{&people}, policies, barrier,
                      [this](const Result<cache::SnapshotKeeper::Written>& written) { tell_of_snapshot(written); });
    const auto began = std::chrono::steady_clock::now();
    const Result<Head> head = cache::load_snapshot(path, *events, {&people}, policies);
    if (!head) {
      log.warn("snapshot_refused",
               {{"code", std::string_view(head.error().code)}, {"detail", std::string_view(head.error().detail)}});
      return {};
    }
    barrier.announce(*head);
    log.info("snapshot_restored", {{"position", head->position.events()},
                                   {"milliseconds", std::int64_t{std::chrono::duration_cast<std::chrono::milliseconds>(
                                                                     std::chrono::steady_clock::now() - began)
                                                                     .count()}}});
    return head->position;
  }
  void tell_of_snapshot(const Result<cache::SnapshotKeeper::Written>& written) {
    if (!written) {
      log.error("snapshot_not_written", {{"code", std::string_view(written.error().code)},
                                         {"detail", std::string_view(written.error().detail)}});
      return;
    }
    snapshot_position = written->head.position.events();
    log.info("snapshot_written",
             {{"position", written->head.position.events()}, {"milliseconds", std::int64_t{written->took.count()}}});
  }

  const std::chrono::milliseconds stop_grace;
  const Log& log;
  SystemClock clock;
  std::atomic<bool> too_late = false;  // this node counts a fact that was erased, and can't know whose
  Metrics metrics;
  const Tokenizer tokenizer;
  std::unique_ptr<sql::PgLog> events;
  std::unique_ptr<ChangeFeed> feed;
  std::unique_ptr<CheckpointStore> checkpoints;
  std::unique_ptr<sql::PgStandbyHeads> standby;  // null: no standby configured
  std::unique_ptr<sql::AnswerPruner> pruner;     // null: answers are kept for ever
  cache::Projection people;
  cache::PolicyHistory policies;
  cache::FreshnessBarrier barrier;
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
  ApiKeys keys;
  StrictAuthenticator doorkeeper;
  std::unique_ptr<EvidenceParts> evidence;  // null: no key configured
  FsckWatch fsck;
  Eraser eraser;
  Router router;
  PistacheServer server;
};

Service::Service(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Service::~Service() {
  parts_->server.stop(0ms);
  parts_->eraser.stop();
  parts_->fsck.stop();
  if (parts_->evidence) parts_->evidence->stop();
  parts_->barrier.stop();
  parts_->follower.stop();
  if (parts_->redis_follower) parts_->redis_follower->stop();
  if (parts_->snapshots) parts_->snapshots->stop();
}

Result<std::unique_ptr<Service>> Service::start(const Config& config, const Log& log) {
  Result<Tokenizer> tokenizer = read_tokenizer(config);
  if (!tokenizer) return fail(tokenizer.error());
  auto shared = redis_settings(config);
  if (!shared) return fail(shared.error());
  auto documents = read_policy_files(config);
  if (!documents) return fail(documents.error());
  if (!config.database.migrate_connection.empty()) {
    const auto applied = sql::migrate(config.database.migrate_connection);
    if (!applied) return fail(applied.error());
    for (const std::string& name : *applied) log.info("migrated", {{"name", std::string_view(name)}});
  }

  std::unique_ptr<Service> service(
      new Service(std::make_unique<Parts>(config, log, std::move(*tokenizer), std::move(*shared))));
  Parts& parts = *service->parts_;
  if (auto waited = wait_for_database(*parts.events, log); !waited) return fail(waited.error());
  const auto published = parts.policy.publish_first(std::move(*documents));
  if (!published) return fail(published.error());
  if (*published) log.info("first_policy_published");
  if (!config.evidence.key_file.empty()) {
    auto evidence = EvidenceParts::create(
        config, *parts.events, *parts.checkpoints,
        [&parts] {
          const Result<View> view = local_view(parts.status);
          return view ? view->book : nullptr;
        },
        [&log](const Error& error) {
          log.error("evidence", {{"code", std::string_view(error.code)}});
        });
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
  if (!config.erasure.connection.empty()) parts.eraser.start();
  if (auto listening = parts.server.start(); !listening) return fail(listening.error());
  log.info("listening",
           {{"address", std::string_view(config.listen.address)}, {"port", std::uint64_t{service->port()}}});
  return service;
}

std::uint16_t Service::port() const {
  return parts_->server.port();
}

bool Service::stop() {
  parts_->health.stopping();
  return parts_->server.stop(parts_->stop_grace);
}

}  // namespace ishi::api

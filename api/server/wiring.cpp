#include "api/server/wiring.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "api/auth/api_keys.h"
#include "api/auth/fresh_keys.h"
#include "api/http/pistache_server.h"
#include "api/server/evidence_parts.h"
#include "api/server/eraser.h"
#include "api/server/fsck_watch.h"
#include "api/server/intake_gauges.h"
#include "api/server/projection_check.h"
#include "api/server/routes.h"
#include "cache/redis_follower.h"
#include "cache/snapshot.h"
#include "cache/status_reader.h"
#include "registry/bytes.h"
#include "sql/answer_pruner.h"
#include "sql/erase.h"
#include "sql/migrate.h"
#include "sql/pg_change_feed.h"
#include "sql/pg_checkpoint_store.h"
#include "sql/pg_event_log.h"
#include "sql/pg_standby_heads.h"
#include "sql/verify_store.h"

namespace ishi::api {
namespace {

using namespace std::chrono_literals;
constexpr auto kErasureEvery = 2s;
constexpr auto kDatabaseWait = 30s;  // for a database that starts together with us

class SystemClock final : public Clock {
 public:
  Timestamp now() const override {
    return Timestamp(std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count());
  }
};

std::chrono::milliseconds ms(std::int64_t value) { return std::chrono::milliseconds(value); }
std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }

ServerOptions server_options(const Config::Listen& listen) {
  ServerOptions options;
  options.address = listen.address;
  options.port = static_cast<std::uint16_t>(listen.port);
  options.reactors = static_cast<int>(listen.reactors);
  options.workers = size(listen.workers);
  options.large_workers = listen.large_workers > 0 ? size(listen.large_workers) : std::thread::hardware_concurrency() + 2;
  options.queue_max = size(listen.queue_max);
  options.connections_max = size(listen.connections_max);
  options.header_timeout = ms(listen.header_timeout_ms);
  options.body_timeout = ms(listen.body_timeout_ms);
  options.request_timeout = ms(listen.request_timeout_ms);
  options.keepalive_timeout = ms(listen.keepalive_timeout_ms);
  options.send_timeout = ms(listen.send_timeout_ms);
  options.body_bytes_max_total = size(listen.body_bytes_max_total);
  options.reply_bytes_max_total = size(listen.reply_bytes_max_total);
  return options;
}

sql::PgLogOptions log_options(const Config::Database& database) {
  sql::PgLogOptions options;
  options.connection_string = database.connection;
  options.role = database.role;
  options.read_sessions_max = size(database.read_sessions_max);
  options.lock_wait_ms_max = static_cast<int>(database.lock_wait_ms_max);
  options.statement_ms_max = static_cast<int>(database.statement_ms_max);
  options.lookup_ms_max = static_cast<int>(database.lookup_ms_max);
  options.silence_ms_max = static_cast<int>(database.silence_ms_max);
  options.session_wait_max = ms(database.session_wait_ms_max);
  options.append_wait_max = ms(database.append_wait_ms_max);
  return options;
}

sql::PgFeedOptions feed_options(const Config::Database& database) {
  sql::PgFeedOptions options;
  options.connection_string = database.connection;
  options.role = database.role;
  options.silence_ms_max = static_cast<int>(database.lookup_ms_max);
  return options;
}

sql::AnswerPrunerOptions pruner_options(const Config::Database& database) {
  sql::AnswerPrunerOptions options;
  options.connection_string = database.connection;
  options.role = database.role;
  options.kept_days = static_cast<int>(database.answers_kept_days);
  return options;
}

sql::PgStandbyOptions standby_options(const Config::Database& database) {
  sql::PgStandbyOptions options;
  options.connection_string = database.standby_connection;
  options.primary_connection_string = database.connection;
  options.role = database.role;
  options.lookup_ms_max = static_cast<int>(database.standby_lookup_ms_max);
  return options;
}

sql::PgCheckpointOptions checkpoint_options(const Config::Database& database) {
  sql::PgCheckpointOptions options;
  options.connection_string = database.connection;
  options.role = database.role;
  return options;
}

cache::NearLimits near_limits(const Config::Near& near) {
  const std::size_t bytes_max = near.memory_bytes_max == 0 ? 0 : std::max(size(near.memory_bytes_max), cache::kNearBytesMin);
  cache::NearLimits limits = cache::near_limits(size(near.people_max), bytes_max);
  limits.evict = limits.evict || near.keep == "recent";
  return limits;
}

Result<std::string> read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return fail(ErrorKind::kInvalidArgument, "file_unreadable", path + ": cannot be read");
  return text.str();
}

// A file with one secret in it, without the white space around its end.
Result<std::string> read_secret(const std::string& path) {
  std::error_code error;
  const auto permissions = std::filesystem::status(path, error).permissions();
  constexpr auto kOthers = std::filesystem::perms::others_all;
  if (!error && (permissions & kOthers) != std::filesystem::perms::none)
    return fail(ErrorKind::kInvalidArgument, "key_file_open", path + ": readable by everybody; chmod 600");
  Result<std::string> text = read_text(path);
  if (!text) return fail(text.error());
  while (!text->empty() && (text->back() == '\n' || text->back() == '\r' || text->back() == ' ')) text->pop_back();
  return text;
}

Result<Tokenizer> read_tokenizer(const Config& config) {
  const std::string path = path_in(config, config.tokens.key_file);
  const Result<std::string> text = read_secret(path);
  if (!text) return fail(text.error());
  const auto key = from_hex(*text);
  if (!key) return fail(ErrorKind::kInvalidArgument, "key_file_invalid", path + ": must hold 64 to 128 hex digits and nothing else");
  return Tokenizer::create(config.tokens.key_id, *key);
}

// nullopt: this node does without.
Result<std::optional<cache::RedisSettings>> redis_settings(const Config& config) {
  if (config.redis.address.empty()) return std::optional<cache::RedisSettings>();
  auto addresses = cache::parse_redis_addresses(config.redis.address);
  if (!addresses) return fail(ErrorKind::kInvalidArgument, "config_invalid", "redis.address: " + addresses.error().detail);
  cache::RedisSettings settings;
  settings.addresses = std::move(*addresses);
  settings.cluster = config.redis.mode == "cluster";
  if (!settings.cluster && settings.addresses.size() > 1)
    return fail(ErrorKind::kInvalidArgument, "config_invalid", "redis.address: several servers need redis.mode = \"cluster\"");
  if (!config.redis.password_file.empty()) {
    Result<std::string> password = read_secret(path_in(config, config.redis.password_file));
    if (!password) return fail(password.error());
    settings.password = std::move(*password);
  }
  settings.prefix = config.redis.prefix;
  settings.deadline = ms(config.redis.deadline_ms);
  settings.connections_max = size(config.redis.connections_max);
  settings.people_expected = size(config.redis.people_expected);
  return std::optional(std::move(settings));
}

Result<std::vector<PolicyDocument>> read_policy_files(const Config& config) {
  std::vector<PolicyDocument> documents;
  for (const std::string& file : config.policy.files) {
    Result<std::string> text = read_text(path_in(config, file));
    if (!text) return fail(text.error());
    documents.push_back({std::filesystem::path(file).filename().string(), std::move(*text)});
  }
  return documents;
}

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
        events(sql::make_pg_log(log_options(config.database), clock)),
        feed(sql::make_pg_change_feed(feed_options(config.database))),
        checkpoints(sql::make_pg_checkpoint_store(checkpoint_options(config.database))),
        standby(config.database.standby_connection.empty()
                    ? nullptr
                    : sql::make_pg_standby_heads(standby_options(config.database), *events,
                                                 [&service_log](const Error& error) { tell_of_standby(service_log, error); })),
        people(near_limits(config.near)),
        redis(shared ? std::make_unique<cache::RedisTier>(std::move(*shared)) : nullptr),
        redis_follower(redis ? std::make_unique<cache::RedisFollower>(*events, people, *redis,
                                   [&service_log](bool in_step, std::size_t shards) { tell_of_redis(service_log, in_step, shards); })
                             : nullptr),
        follower(*events, *feed, people, policies, barrier,
                 [this](const Error& error) { tell_of_follower(error); }, {}, redis_follower.get()),
        status(*events, people, policies, barrier, follower, clock, std::max(1U, std::thread::hardware_concurrency()) - 1),
        policy(*events, status),
        erasures(*events, status, ms(config.writes.freshness_wait_ms_max)),
        health(*events, status, [this] { return status.bridges_start() ? 0 : follower.lag_events(); },
               static_cast<std::uint64_t>(config.health.lag_events_max),
               [this] { return objection(); }),
        filter(status, *events, tokenizer,
               FilterLimits{size(config.filter.body_bytes_max), size(config.filter.holders_max), ms(config.filter.freshness_wait_ms_max)},
               [this](const ReasonCounts& counts) { metrics.filtered(counts); },
               [this](std::size_t chunks, const std::function<void(std::size_t)>& work) { status.crew().run(chunks, work); }),
        writes(WritePorts{*events, status, tokenizer, clock, *events},
               WriteLimits{size(config.writes.lines_max), ms(config.writes.freshness_wait_ms_max)}),
        intake(*events, status, clock),
        changes(*events, status),
        recalls(*events, status),
        keys(clock),
        doorkeeper(keys, status, ms(config.filter.freshness_wait_ms_max)),
        fsck(std::chrono::seconds(config.fsck.interval_s),
             [this, config](const FsckWatch::Controls& controls) { return look_through(config, controls); },
             [this](const Result<FsckWatch::Outcome>& outcome) { tell_of_fsck(outcome); }),
        eraser(kErasureEvery, [this, erasure = config.erasure] { return erase_due(erasure); },
               [this](const Result<Eraser::Done>& done) { tell_of_erasure(done); }),
        router([this](const Request& request) { return doorkeeper.who_asks(request); }),
        server(server_options(config.listen), router, [this](const Served& served) { observe(served); }) {
    status.go_deeper_through(redis.get(), people.complete() ? nullptr : &people);
    status.read_heads_from(standby.get());
    add_gauges();
    if (standby) add_standby_gauges();
    if (config.database.answers_kept_days > 0)
      pruner = std::make_unique<sql::AnswerPruner>(pruner_options(config.database), [&service_log](const Result<std::uint64_t>& gone) {
        if (!gone) service_log.error("prune_answers", {{"code", std::string_view(gone.error().code)}});
        if (gone && *gone > 0) service_log.info("answers_pruned", {{"rows", *gone}});
      });
    if (redis) add_redis_gauges();
    if (config.fsck.interval_s > 0) add_fsck_gauges();
    if (!config.erasure.connection.empty())
      metrics.add_gauge("ishi_erasures_pending", "Erasures ordered whose bytes are still there.", [this] { return static_cast<double>(eraser.pending()); });
    router.set_gate([this](Action action) { return health.closed(action); });
    add_intake_gauges(metrics, intake);
    add_routes(router, Desks{filter, writes, changes, recalls, policy, erasures, health, metrics, *events, intake}, size(config.writes.body_bytes_max));
  }

  // Why this node must not speak for the log.
  std::string_view objection() const {
    if (too_late) return "erased_before_heard";
    return evidence ? evidence->objection() : std::string_view();
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
    log.debug("served", {{"route", served.route}, {"status", std::int64_t{served.status}},
                         {"microseconds", std::int64_t{served.duration.count()}}});
  }

  static void tell_of_standby(const Log& log, const Error& error) {
    if (error.code.empty()) return log.info("standby_heads_trusted");
    log.warn("standby_heads_not_trusted", {{"code", std::string_view(error.code)}});
  }

  void add_standby_gauges() {
    metrics.add_gauge("ishi_standby_trusted", "1 while heads are read from the standby; 0: from the primary.", [this] { return standby->figures().trusted ? 1.0 : 0.0; });
    metrics.add_gauge("ishi_standby_heads", "Heads read from the standby.", [this] { return static_cast<double>(standby->figures().from_standby); });
    metrics.add_gauge("ishi_standby_primary_heads", "Heads read from the primary in its place.", [this] { return static_cast<double>(standby->figures().from_primary); });
    metrics.add_gauge("ishi_standby_behind", "Of these: the standby was behind what this node had applied. Alarm: it is not waited for.", [this] { return static_cast<double>(standby->figures().behind); });
  }

  static void tell_of_redis(const Log& log, bool in_step, std::size_t shards) {
    if (in_step)
      log.info("redis_in_step");
    else
      log.warn("redis_out_of_step", {{"shards_in_step", std::uint64_t{shards}}});
  }

  void add_redis_gauges() {
    const auto add = [this](const char* name, const char* help, auto member) {
      metrics.add_gauge(name, help, [this, member] { return static_cast<double>(redis->figures().*member); });
    };
    using Figures = cache::RedisTier::Figures;
    add("ishi_redis_hits", "Tokens asked of Redis that it could answer for.", &Figures::hits);
    add("ishi_redis_misses", "Tokens asked of Redis and then of the log.", &Figures::misses);
    add("ishi_redis_unusable", "Of the misses: held, but of another Position.", &Figures::unusable);
    add("ishi_redis_skipped", "Tokens Redis was not asked about: late, away, or not yet compared with the log.", &Figures::skipped);
    add("ishi_redis_fills", "People kept in Redis as the log told them.", &Figures::fills);
    add("ishi_redis_fills_refused", "People offered too late: something had been applied since they were read.", &Figures::fills_refused);
    add("ishi_redis_errors", "Exchanges with Redis that failed.", &Figures::errors);
    metrics.add_gauge("ishi_redis_lag_events", "Events applied here that Redis has not yet.", [this] { return static_cast<double>(redis_follower->figures().lag_events); });
    metrics.add_gauge("ishi_redis_shards_in_step", "Of sixteen parts: compared with the log, and up to date.", [this] { return static_cast<double>(redis_follower->figures().shards_in_step); });
    metrics.add_gauge("ishi_redis_shards_founded", "Parts begun anew by this node: lost, or of another log.", [this] { return static_cast<double>(redis_follower->figures().founded); });
  }

  void add_gauges() {
    metrics.add_gauge("ishi_position", "Events this node has applied.", [this] { return static_cast<double>(barrier.applied().position.events()); });
    metrics.add_gauge("ishi_follower_lag_events", "Events known of and not applied.", [this] { return static_cast<double>(follower.lag_events()); });
    metrics.add_gauge("ishi_head_reads", "Reads of the log's head for strict questions.", [this] { return static_cast<double>(status.head_reads()); });
    metrics.add_gauge("ishi_near_tokens", "Tokens held in memory.", [this] { return static_cast<double>(people.figures().tokens); });
    metrics.add_gauge("ishi_near_memory_bytes", "Memory of the near tier.", [this] { return static_cast<double>(people.figures().memory_bytes); });
    metrics.add_gauge("ishi_near_complete", "1 while everybody known is held in memory.", [this] { return people.complete() ? 1.0 : 0.0; });
    const auto near = [this](const char* name, const char* help, auto member) {
      metrics.add_gauge(name, help, [this, member] { return static_cast<double>(people.figures().*member); });
    };
    metrics.add_gauge("ishi_near_hits", "Tokens asked about that this node's own memory answered for.", [this] { return static_cast<double>(status.figures().near_hits); });
    metrics.add_gauge("ishi_near_misses", "Tokens asked about that it could not answer for.", [this] { return static_cast<double>(status.figures().near_misses); });
    near("ishi_near_shelved", "Of the tokens: kept whole beside the table.", &cache::People::Figures::shelved);
    near("ishi_near_evictions", "People forgotten to make room.", &cache::People::Figures::evictions);
    near("ishi_near_fills", "People kept as a deeper tier told them.", &cache::People::Figures::fills);
    near("ishi_near_fills_refused", "People offered and not kept: too late, or too much to pack.", &cache::People::Figures::fills_refused);
    metrics.add_gauge("ishi_snapshot_position", "Where the last snapshot written by this process begins; 0 before the first.", [this] { return static_cast<double>(snapshot_position.load()); });
    metrics.add_gauge("ishi_barrier_waits", "Strict questions that waited for this node to catch up.", [this] { return static_cast<double>(barrier.figures().waits); });
    metrics.add_gauge("ishi_barrier_late", "Of the waits: in vain, answered 503.", [this] { return static_cast<double>(barrier.figures().late); });
    metrics.add_gauge("ishi_barrier_wait_seconds", "How long they waited in all.", [this] { return std::chrono::duration<double>(barrier.figures().waited).count(); });
    metrics.add_gauge("ishi_http_connections", "Open connections.", [this] { return static_cast<double>(server.connections()); });
    metrics.add_gauge("ishi_http_in_flight", "Requests in work.", [this] { return static_cast<double>(server.in_flight()); });
    metrics.add_gauge("ishi_http_waiting", "Requests waiting for a worker.", [this] { return static_cast<double>(server.waiting()); });
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
    options.compare_people = [this](std::span<const sql::VerifyOptions::Person> persons) { return compare_people(persons); };
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

  void add_fsck_gauges() {
    metrics.add_gauge("ishi_fsck_last_success_timestamp_seconds", "When the last look through the whole log came to its end; 0 = not since the start.", [this] { return fsck.figures().last_success_seconds; });
    metrics.add_gauge("ishi_fsck_differences", "What the last look found that does not fit. Alarm when above 0.", [this] { return static_cast<double>(fsck.figures().differences); });
    metrics.add_gauge("ishi_fsck_events", "Events that the present look, or the last, has been through.", [this] { return static_cast<double>(fsck.figures().events); });
  }

  // Before the follower starts. Where there is no snapshot to believe, everything is read from the log.
  Position restore_snapshot(const Config& config) {
    if (config.near.snapshot_file.empty() || !people.complete()) return {};
    const std::string path = path_in(config, config.near.snapshot_file);
    snapshots.emplace(path, std::chrono::seconds(config.near.snapshot_interval_s), *events, people, policies, barrier,
                      [this](const Result<cache::SnapshotKeeper::Written>& written) { tell_of_snapshot(written); });
    const auto began = std::chrono::steady_clock::now();
    const Result<Head> head = cache::load_snapshot(path, *events, people, policies);
    if (!head) {
      log.warn("snapshot_refused", {{"code", std::string_view(head.error().code)}, {"detail", std::string_view(head.error().detail)}});
      return {};
    }
    barrier.announce(*head);
    log.info("snapshot_restored", {{"position", head->position.events()},
                                   {"milliseconds", std::int64_t{std::chrono::duration_cast<std::chrono::milliseconds>(
                                                        std::chrono::steady_clock::now() - began).count()}}});
    return head->position;
  }
  void tell_of_snapshot(const Result<cache::SnapshotKeeper::Written>& written) {
    if (!written) {
      log.error("snapshot_not_written", {{"code", std::string_view(written.error().code)}, {"detail", std::string_view(written.error().detail)}});
      return;
    }
    snapshot_position = written->head.position.events();
    log.info("snapshot_written", {{"position", written->head.position.events()}, {"milliseconds", std::int64_t{written->took.count()}}});
  }

  void add_evidence_gauges() {
    metrics.add_gauge("ishi_checkpoint_position", "Events covered by the last signed checkpoint.", [this] { return static_cast<double>(evidence->figures().signed_size); });
    metrics.add_gauge("ishi_checkpoint_cosigned", "Cosignatures brought back from witnesses.", [this] { return static_cast<double>(evidence->figures().cosigned_count); });
    metrics.add_gauge("ishi_checkpoint_refusing", "1 when the log is not the one signed before: nothing is signed. Alarm.", [this] { return evidence->figures().refusing ? 1.0 : 0.0; });
    metrics.add_gauge("ishi_checkpoint_standing_by", "1 while another server signs.", [this] { return evidence->figures().standing_by ? 1.0 : 0.0; });
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
  cache::People people;
  cache::PolicyHistory policies;
  cache::FreshnessBarrier barrier;
  std::unique_ptr<cache::RedisTier> redis;  // null: no address configured
  std::unique_ptr<cache::RedisFollower> redis_follower;
  cache::FeedFollower follower;
  std::optional<cache::SnapshotKeeper> snapshots;  // none: no file configured, or not everybody is kept
  std::atomic<std::uint64_t> snapshot_position{0};
  cache::StatusReader status;
  PolicyDesk policy;
  ErasureDesk erasures;
  Health health;
  FilterDesk filter;
  Writes writes;
  IntakeDesk intake;
  Changes changes;
  Recalls recalls;
  ApiKeys keys;
  FreshKeys doorkeeper;
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

  std::unique_ptr<Service> service(new Service(std::make_unique<Parts>(config, log, std::move(*tokenizer), std::move(*shared))));
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
        [&log](const Error& error) { log.error("evidence", {{"code", std::string_view(error.code)}}); });
    if (!evidence) return fail(evidence.error());
    parts.evidence = std::move(*evidence);
    parts.evidence->add_routes(parts.router);
    parts.add_evidence_gauges();
    parts.evidence->start();
  }
  const Position restored = parts.restore_snapshot(config);
  if (parts.redis_follower) parts.redis_follower->start();
  parts.follower.start();
  if (parts.snapshots) parts.snapshots->start(restored);
  parts.fsck.start();
  if (!config.erasure.connection.empty()) parts.eraser.start();
  if (auto listening = parts.server.start(); !listening) return fail(listening.error());
  log.info("listening", {{"address", std::string_view(config.listen.address)}, {"port", std::uint64_t{service->port()}}});
  return service;
}

std::uint16_t Service::port() const { return parts_->server.port(); }

bool Service::stop() {
  parts_->health.stopping();
  return parts_->server.stop(parts_->stop_grace);
}

}  // namespace ishi::api

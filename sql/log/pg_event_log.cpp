#include "sql/log/pg_event_log.h"

#include <algorithm>
#include <thread>

#include "registry/assert.h"
#include "registry/ports/append_checks.h"
#include "sql/log/append_queue.h"
#include "sql/log/append_transaction.h"
#include "sql/log/event_rows.h"
#include "sql/log/idempotency_rows.h"
#include "sql/log/intake_days.h"
#include "sql/session/connection_pool.h"

namespace ishi::sql {
namespace {

SessionOptions session_options(const PgLogOptions& options) {
  return {.connection_string = options.connection_string,
          .role = options.role,
          .lock_wait_ms_max = options.lock_wait_ms_max,
          .statement_ms_max = options.statement_ms_max,
          .silence_ms_max = options.silence_ms_max,
          .timeline_min = options.timeline_min};
}

SessionOptions lookup_options(const PgLogOptions& options) {
  SessionOptions lookups = session_options(options);
  lookups.connect_seconds_max = 2;  // the least that libpq takes
  lookups.silence_ms_max = options.lookup_ms_max;
  return lookups;
}

SessionOptions append_options(const PgLogOptions& options) {
  SessionOptions appends = session_options(options);
  appends.silence_ms_max = static_cast<int>(options.append_wait_max.count());
  return appends;
}

Result<void> check_limit(std::size_t limit) {
  if (limit >= 1 && limit <= kReadEventsMax) return {};
  return fail(ErrorKind::kInvalidArgument, "bad_limit", "read between 1 and 100000 events at a time");
}

class PgEventLog final : public PgLog {
 public:
  PgEventLog(PgLogOptions options, const Clock& clock)
      : options_(std::move(options)),
        clock_(clock),
        pool_(session_options(options_), options_.read_sessions_max, options_.session_wait_max),
        lookups_(lookup_options(options_), options_.lookup_sessions_max, options_.session_wait_max),
        queue_(options_.waiting_requests_max, options_.waiting_bytes_max),
        writer_([this] { write_until_closed(); }) {}

  ~PgEventLog() override {
    queue_.close();
    writer_.join();
  }

  Result<Appended> append(AppendRequest request) override {
    if (auto good = check_append_request(request); !good) return fail(good.error());
    return queue_.submit(std::move(request), options_.append_wait_max);
  }
  Result<Head> head() const override {
    auto read = primary_head();
    if (!read) return fail(read.error());
    return read->head;
  }
  Result<Head> head_at_once() const override {
    auto read = primary_head_at_once();
    if (!read) return fail(read.error());
    return read->head;
  }
  Result<PrimaryHead> primary_head() const override {
    return lookups_.reading([](Session& session) { return read_primary_head(session); });
  }
  Result<PrimaryHead> primary_head_at_once() const override {
    auto session = lookups_.take_idle();
    if (!session) return fail(session.error());
    return read_primary_head(**session, kAtOnceSilenceMax);
  }
  Result<std::vector<StoredEvent>> read(EventIndex from, std::size_t limit) const override {
    if (auto good = check_limit(limit); !good) return fail(good.error());
    return pool_.reading([&](Session& session) { return read_events(session, from, limit); });
  }
  Result<std::vector<StoredEvent>> read_about(std::span<const Token> tokens, Position upto) const override {
    return pool_.reading([&](Session& session) { return read_events_about(session, tokens, upto); });
  }
  Result<Position> position_at(Timestamp known_at) const override {
    return pool_.reading([&](Session& session) { return read_position_at(session, known_at); });
  }
  Result<std::optional<EventIndex>> latest_policy(Position upto) const override {
    return lookups_.reading([&](Session& session) { return read_latest_policy(session, upto); });
  }
  Result<std::optional<std::string>> find_answer(const IdempotencyKey& key) const override {
    if (auto good = check_idempotency_key(key); !good) return fail(good.error());
    return lookups_.reading([&](Session& session) { return read_answer(session, key); });
  }
  Result<std::vector<IntakeSource>> sources() const override {
    return pool_.reading([](Session& session) { return read_all_books(session); });
  }
  Result<void> note(const IntakeNote& note, Timestamp at) override {
    if (auto good = check_delivery(note.source, note.kind); !good) return good;
    auto lease = pool_.take();
    if (!lease) return fail(lease.error());
    return save_note(**lease, note, at);
  }
  Result<std::map<std::string, IntakeRecord>> intake(CivilDate today) const override {
    return pool_.reading([&](Session& session) { return read_intake(session, today); });
  }
  Result<Frontier> frontier() const override {
    return pool_.reading([](Session& session) { return sql::read_frontier(session); });
  }
  Result<std::vector<StoredLeaf>> read_leaves(EventIndex from, std::size_t limit) const override {
    if (auto good = check_limit(limit); !good) return fail(good.error());
    return pool_.reading([&](Session& session) { return sql::read_leaves(session, from, limit); });
  }
  Result<std::vector<TileHashes>> read_tiles(std::span<const Tile> tiles) const override {
    return pool_.reading([&](Session& session) -> Result<std::vector<TileHashes>> {
      std::vector<TileHashes> found;
      for (const Tile& tile : tiles) {
        auto hashes = read_tile(session, tile);
        if (!hashes) return fail(hashes.error());
        found.push_back(*std::move(hashes));
      }
      return found;
    });
  }

 private:
  void write_until_closed() {
    while (true) {
      const AppendGroup group = queue_.take_group(options_.group_events_max);
      if (group.empty()) return;
      write(group);
    }
  }

  void write(const AppendGroup& group) {
    auto answers = try_twice(group);
    if (answers) {
      for (std::size_t i = 0; i < group.size(); ++i) queue_.answer(group[i], (*answers)[i]);
      return;
    }
    GroupFailure& failure = answers.error();
    const bool about_us_all =
        failure.error.kind == ErrorKind::kUnavailable || failure.error.kind == ErrorKind::kOutcomeUnknown;
    for (std::size_t i = 0; i < group.size(); ++i) {
      if (failure.answers[i]) {
        queue_.answer(group[i], *failure.answers[i]);
      } else if (group.size() > 1 && !about_us_all) {
        write({group[i]});  // so that one request the database won't take fails alone
      } else {
        queue_.answer(group[i], fail(failure.error));
      }
    }
  }

  // Those that were not to be written are not acknowledged, and hear why in any case.
  tl::expected<GroupAnswers, GroupFailure> kept(GroupAnswers answers) const {
    const bool acknowledges =
        std::any_of(answers.begin(), answers.end(), [](const auto& answer) { return answer.has_value(); });
    if (!options_.keep_acknowledged || !tail_ || !acknowledges) return answers;
    const auto kept =
        options_.keep_acknowledged({Position(tail_->frontier.size()), tail_->believed_at, tail_->last_commitment});
    if (kept) return answers;
    GroupFailure failure{{ErrorKind::kOutcomeUnknown, "outcome_unknown", kept.error().detail}, {}};
    for (auto& answer : answers)
      failure.answers.push_back(answer ? std::nullopt : std::optional<Result<Appended>>(std::move(answer)));
    return tl::unexpected(std::move(failure));
  }

  // A session that died since the last append is replaced once: nothing was written, and nobody need notice.
  tl::expected<GroupAnswers, GroupFailure> try_twice(const AppendGroup& group) {
    for (bool again = true;; again = false) {
      if (session_ != nullptr && session_->outdated()) session_.reset();
      if (session_ == nullptr) {
        tail_.reset();
        auto opened = Session::open(append_options(options_));
        if (!opened)
          return tl::unexpected(
              GroupFailure{opened.error(), std::vector<std::optional<Result<Appended>>>(group.size())});
        session_ = *std::move(opened);
      }
      auto answers = append_group(*session_, {clock_, options_.clock_difference_max}, group, tail_);
      if (answers) answers = kept(*std::move(answers));
      if (!session_->broken()) return answers;
      session_.reset();
      if (answers || !again || answers.error().error.kind == ErrorKind::kOutcomeUnknown) return answers;
    }
  }

  const PgLogOptions options_;
  const Clock& clock_;
  mutable ConnectionPool pool_, lookups_;
  AppendQueue queue_;
  // The writer's own:
  std::unique_ptr<Session> session_;
  std::optional<LogTail> tail_;
  std::thread writer_;
};

}  // namespace

std::unique_ptr<PgLog> make_pg_log(PgLogOptions options, const Clock& clock) {
  return std::make_unique<PgEventLog>(std::move(options), clock);
}

}  // namespace ishi::sql

#include "sql/standby/pg_standby_heads.h"

#include <atomic>
#include <condition_variable>
#include <thread>

#include "registry/threads/mutex.h"
#include "sql/session/connection_pool.h"

namespace ishi::sql {
namespace {

SessionOptions session_options(const PgStandbyOptions& options, const std::string& connection_string) {
  return {.connection_string = connection_string,
          .role = options.role,
          .connect_seconds_max = 2,
          .silence_ms_max = options.lookup_ms_max};
}

struct StandbyHead {
  Head head;
  std::string name;
};

Result<StandbyHead> read_standby_head(Session& session, std::chrono::milliseconds silence_max = {}) {
  auto rows = session.run(kReadStandbyHead, {}, silence_max);
  if (!rows) return fail(rows.error());
  if (rows->size() != 1) return fail(ErrorKind::kCorrupt, "log_head_missing", "the row of log_head is gone");
  if (!rows->boolean(0, 3))
    return fail(ErrorKind::kUnavailable, "standby_not_receiving", "it receives nothing, or was promoted");
  StandbyHead read{{Position(rows->count(0, 0)), Timestamp(rows->number(0, 1))}, std::string(rows->text(0, 4))};
  if (!rows->bytes_exactly(0, 2, read.head.last_commitment)) read.head.last_commitment = {};
  return read;
}

class StandbyHeads final : public PgStandbyHeads {
 public:
  StandbyHeads(PgStandbyOptions options, const HeadLease& lease, const HeadSource& primary,
               std::function<void(const Error&)> report)
      : options_(std::move(options)),
        lease_(lease),
        primary_(primary),
        report_(std::move(report)),
        pool_(session_options(options_, options_.connection_string), options_.sessions_max,
              std::chrono::milliseconds(options_.lookup_ms_max)),
        checker_([this](const std::stop_token& stop) { keep_checking(stop); }) {}

  ~StandbyHeads() override {
    checker_.request_stop();
    woken_.notify_all();
  }

  Result<Head> newest(Position applied) const override {
    if (trusted()) {
      const HeadLease::Instant began = HeadLease::now();
      const auto read = pool_.reading([](Session& session) { return read_standby_head(session); });
      if (read && lease_.check_standby(read->name, began)) {
        if (read->head.position >= applied) {
          ++from_standby_;
          return read->head;
        }
        ++behind_;
      } else if (!read) {
        good_ = false;  // the next look may restore it
      }
    }
    ++from_primary_;
    return primary_.newest(applied);
  }

  Result<Head> newest_at_once(Position applied) const override {
    if (!trusted()) return primary_.newest_at_once(applied);
    auto session = pool_.take_idle();
    if (!session) return fail(session.error());
    const HeadLease::Instant began = HeadLease::now();
    const auto read = read_standby_head(**session, kAtOnceSilenceMax);
    if (!read) return fail(read.error());
    if (read->head.position < applied || !lease_.check_standby(read->name, began)) return fail(would_wait());
    ++from_standby_;
    return read->head;
  }

  Stats stats() const override { return {trusted(), from_standby_, from_primary_, behind_}; }

 private:
  bool trusted() const { return good_; }

  void keep_checking(const std::stop_token& stop) {
    std::string reported = "nothing yet";
    while (!stop.stop_requested()) {
      const auto checked = check();
      good_ = checked.has_value();
      const Error verdict = checked ? Error{ErrorKind::kUnavailable, "", ""} : checked.error();
      if (std::exchange(reported, verdict.code) != verdict.code) report_(verdict);
      MutexLock lock(mutex_);
      woken_.wait_for(lock.native(), options_.check_every, [&] { return stop.stop_requested(); });
    }
  }

  Result<void> check() {
    const HeadLease::Instant began = HeadLease::now();
    if (session_ == nullptr || session_->broken()) {
      auto opened = Session::open(session_options(options_, options_.connection_string));
      if (!opened) return fail(opened.error());
      session_ = *std::move(opened);
    }
    const auto said = session_->run(kWhoAreYou);
    if (!said) return fail(said.error());
    const std::string cluster = lease_.cluster();
    if (!cluster.empty() && said->text(0, 1) != cluster)
      return fail(ErrorKind::kUnavailable, "standby_of_another_log",
                  "the standby is of another cluster than the primary");
    if (!said->boolean(0, 2))
      return fail(ErrorKind::kUnavailable, "standby_promoted", "one must be a primary and the other a standby");
    return lease_.check_standby(std::string(said->text(0, 0)), began);
  }

  const PgStandbyOptions options_;
  const HeadLease& lease_;
  const HeadSource& primary_;
  const std::function<void(const Error&)> report_;
  mutable ConnectionPool pool_;
  mutable std::atomic<bool> good_{false};
  mutable std::atomic<std::uint64_t> from_standby_{0}, from_primary_{0}, behind_{0};
  std::unique_ptr<Session> session_;  // the checker's own
  Mutex mutex_;
  std::condition_variable woken_;
  std::jthread checker_;
};

}  // namespace

std::unique_ptr<PgStandbyHeads> make_pg_standby_heads(PgStandbyOptions options, const HeadLease& lease,
                                                      const HeadSource& primary,
                                                      std::function<void(const Error&)> report) {
  return std::make_unique<StandbyHeads>(std::move(options), lease, primary, std::move(report));
}

}  // namespace ishi::sql

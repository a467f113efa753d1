#include "sql/standby/pg_standby_heads.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <thread>

#include "registry/threads/mutex.h"
#include "sql/session/connection_pool.h"
#include "sql/standby/standby_names.h"

namespace ishi::sql {
namespace {

using std::chrono::steady_clock;

SessionOptions session_options(const PgStandbyOptions& options, const std::string& connection_string) {
  return {.connection_string = connection_string,
          .role = options.role,
          .connect_seconds_max = 2,
          .silence_ms_max = options.lookup_ms_max};
}

Result<Head> read_standby_head(Session& session, std::chrono::milliseconds silence_max = {}) {
  auto rows = session.run(kReadStandbyHead, {}, silence_max);
  if (!rows) return fail(rows.error());
  if (rows->size() != 1) return fail(ErrorKind::kCorrupt, "log_head_missing", "the row of log_head is gone");
  if (!rows->boolean(0, 2))
    return fail(ErrorKind::kUnavailable, "standby_not_receiving", "it receives nothing, or was promoted");
  return Head{Position(rows->count(0, 0)), Timestamp(rows->number(0, 1))};
}

class StandbyHeads final : public PgStandbyHeads {
 public:
  StandbyHeads(PgStandbyOptions options, const EventLog& primary, std::function<void(const Error&)> report)
      : options_(std::move(options)),
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
      auto head = pool_.reading([](Session& session) { return read_standby_head(session); });
      if (head && head->position >= applied) {
        ++from_standby_;
        return head;
      }
      if (head)
        ++behind_;
      else
        trusted_until_ = 0;  // the next look may restore it
    }
    ++from_primary_;
    return primary_.head();
  }

  Result<Head> newest_at_once(Position applied) const override {
    if (!trusted()) return primary_.head_at_once();
    auto session = pool_.take_idle();
    if (!session) return fail(session.error());
    auto head = read_standby_head(**session, kAtOnceSilenceMax);
    if (!head) return head;
    if (head->position < applied) return fail(would_wait());
    ++from_standby_;
    return head;
  }

  Stats stats() const override { return {trusted(), from_standby_, from_primary_, behind_}; }

 private:
  bool trusted() const { return steady_clock::now().time_since_epoch().count() < trusted_until_; }

  void keep_checking(const std::stop_token& stop) {
    std::string reported = "nothing yet";
    while (!stop.stop_requested()) {
      const auto began = steady_clock::now();
      const auto checked = check();
      if (checked)
        trusted_until_ = (began + options_.trust_max).time_since_epoch().count();
      else
        trusted_until_ = 0;
      const Error verdict = checked ? Error{ErrorKind::kUnavailable, "", ""} : checked.error();
      if (std::exchange(reported, verdict.code) != verdict.code) report_(verdict);
      MutexLock lock(mutex_);
      woken_.wait_for(lock.native(), options_.check_every, [&] { return stop.stop_requested(); });
    }
  }

  Result<void> check() {
    if (auto asked = ask_both(); asked)
      return judge(*asked);
    else
      return fail(asked.error());
  }

  struct Facts {
    std::string waited_for, name;
    std::string primary_cluster, standby_cluster;
    bool primary_recovers = false, standby_recovers = false;
  };

  Result<Facts> ask_both() {
    Facts facts;
    auto primary = ask(primary_session_, options_.primary_connection_string);
    if (!primary) return fail(primary.error());
    facts.waited_for = primary->text(0, 0);
    facts.primary_cluster = primary->text(0, 2);
    facts.primary_recovers = primary->boolean(0, 3);
    auto standby = ask(standby_session_, options_.connection_string);
    if (!standby) return fail(standby.error());
    facts.name = standby->text(0, 1);
    facts.standby_cluster = standby->text(0, 2);
    facts.standby_recovers = standby->boolean(0, 3);
    return facts;
  }

  Result<Rows> ask(std::unique_ptr<Session>& session, const std::string& connection_string) {
    if (session == nullptr || session->broken()) {
      auto opened = Session::open(session_options(options_, connection_string));
      if (!opened) return fail(opened.error());
      session = *std::move(opened);
    }
    return session->run(kWhoAreYou);
  }

  static Result<void> judge(const Facts& facts) {
    if (facts.primary_cluster != facts.standby_cluster)
      return fail(ErrorKind::kUnavailable, "standby_of_another_log",
                  "the standby is of another cluster than the primary");
    if (!facts.standby_recovers || facts.primary_recovers)
      return fail(ErrorKind::kUnavailable, "standby_promoted", "one must be a primary and the other a standby");
    const auto names = standbys_always_waited_for(facts.waited_for);
    if (facts.name.empty() || std::find(names.begin(), names.end(), small_letters(facts.name)) == names.end())
      return fail(ErrorKind::kUnavailable, "standby_not_waited_for",
                  "synchronous_standby_names must wait for all it names, and name the standby's cluster_name");
    return {};
  }

  const PgStandbyOptions options_;
  const EventLog& primary_;
  const std::function<void(const Error&)> report_;
  mutable ConnectionPool pool_;
  mutable std::atomic<std::int64_t> trusted_until_{0};  // of the steady clock
  mutable std::atomic<std::uint64_t> from_standby_{0}, from_primary_{0}, behind_{0};
  std::unique_ptr<Session> primary_session_, standby_session_;  // the checker's own
  Mutex mutex_;
  std::condition_variable woken_;
  std::jthread checker_;
};

}  // namespace

std::unique_ptr<PgStandbyHeads> make_pg_standby_heads(PgStandbyOptions options, const EventLog& primary,
                                                      std::function<void(const Error&)> report) {
  return std::make_unique<StandbyHeads>(std::move(options), primary, std::move(report));
}

}  // namespace ishi::sql

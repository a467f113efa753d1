#include "sql/standby/head_lease.h"

#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "registry/assert.h"
#include "sql/session/hosts.h"
#include "sql/session/standby_names.h"

namespace ishi::sql {
namespace {

using namespace std::chrono_literals;

SessionOptions session_options(const LeaseOptions& options, const std::string& connection_string) {
  return {.connection_string = connection_string,
          .role = options.role,
          .connect_seconds_max = 2,
          .silence_ms_max = 1'000,
          .commits_wait = true};
}

// The column's place in kConfirm.
enum : std::size_t {
  kServer,
  kTimelineStored,
  kStandbysStored,
  kStandbyNames,
  kClusterName,
  kCluster,
  kStreamingTo,
  kTime
};

std::string_view timeline_in(std::string_view server) {
  return server.substr(0, server.find('/'));
}

// Of the standbys that are always waited for, those of whose name the primary streams to just one: of two, it would
// wait for either.
std::vector<std::string> waited_for(const Rows& rows) {
  std::vector<std::string> streaming;
  std::istringstream list{std::string(rows.text(0, kStreamingTo))};
  for (std::string name; std::getline(list, name, ',');) streaming.push_back(name);
  auto names = standbys_always_waited_for(rows.text(0, kStandbyNames));
  std::erase_if(names,
                [&](const std::string& name) { return std::count(streaming.begin(), streaming.end(), name) != 1; });
  return names;
}

Error clock_differs(std::int64_t ahead_us) {
  return {ErrorKind::kUnavailable, "clock_differs",
          "this machine's clock is " + std::to_string(ahead_us / 1'000) +
              " ms ahead of the database's; set the clocks (NTP)"};
}

}  // namespace

HeadLease::Instant HeadLease::now() {
  timespec time{};
  ISHI_ASSERT(clock_gettime(CLOCK_BOOTTIME, &time) == 0);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

HeadLease::HeadLease(LeaseOptions options, std::shared_ptr<std::atomic<std::uint32_t>> timeline_min,
                     std::function<void(const Error&)> report)
    : options_(std::move(options)), timeline_min_(std::move(timeline_min)), report_(std::move(report)) {
  ISHI_ASSERT(options_.valid_for <= kHeadLeaseMax);
  confirmer_ = std::jthread([this](const std::stop_token& stop) { keep_confirming(stop); });
  watcher_ = std::jthread([this](const std::stop_token& stop) { keep_watching(stop); });
}

HeadLease::~HeadLease() {
  confirmer_.request_stop();
  watcher_.request_stop();
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    if (session_ != nullptr) session_->cut();
  }
  changed_.notify_all();
}

bool HeadLease::running_out(const Confirmation& confirmation, Instant began) const {
  return confirmation.server.empty() || began >= confirmation.began + options_.valid_for;
}

Result<void> HeadLease::judge(const std::string& server, Instant began) const {
  if (running_out(last_, began))
    return fail(ErrorKind::kUnavailable, "head_unconfirmed",
                "the primary does not confirm that it still is the one; try again");
  if (server != last_.server)
    return fail(ErrorKind::kUnavailable, "database_replaced", "this server was the primary; another one is now");
  return compare_clocks();
}

std::optional<Timestamp> HeadLease::database_time() const {
  const std::int64_t offset = database_offset_us_;
  if (offset == kUnknown) return std::nullopt;
  return Timestamp(std::chrono::duration_cast<std::chrono::microseconds>(now()).count() + offset);
}

// Between two confirmations, too: a clock may be stepped at any moment.
Result<void> HeadLease::compare_clocks() const {
  const auto there = database_time();
  if (options_.clock == nullptr || !there) return {};
  const std::int64_t ahead = options_.clock->now().microseconds() - there->microseconds();
  if (std::abs(ahead) <= std::chrono::microseconds(kClockDifferenceMax).count()) return {};
  return fail(clock_differs(ahead));
}

Result<void> HeadLease::note_database_clock(const Rows& rows, Timestamp before, Instant now) {
  const std::int64_t there = rows.number(0, kTime), limit = std::chrono::microseconds(kClockDifferenceMax).count();
  database_offset_us_ = there - std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  if (options_.clock == nullptr) return {};
  const std::int64_t least = before.microseconds() - there, most = options_.clock->now().microseconds() - there;
  if (least >= -limit && most <= limit) return {};
  return fail(clock_differs(most > limit ? most : least));
}

std::string HeadLease::begin() const {
  const MutexLock lock(mutex_);
  return last_.server;
}

Result<void> HeadLease::confirm(const std::string& begun) const {
  const Instant since = now();
  MutexLock lock(mutex_);
  changed_.wait_for(lock.native(), options_.valid_for, [&]() ISHI_REQUIRES(mutex_) { return last_.began >= since; });
  if (!begun.empty() && last_.began >= since && last_.server == begun) return {};
  return fail(ErrorKind::kUnavailable, "read_unconfirmed", "the primary has not confirmed what was read; try again");
}

Result<void> HeadLease::check(const std::string& server, Instant began) const {
  const MutexLock lock(mutex_);
  return judge(server, began);
}

Result<void> HeadLease::check(const std::string& server, Instant began, std::chrono::milliseconds wait_max) const {
  MutexLock lock(mutex_);
  auto judged = judge(server, began);
  // For a confirmation that is only late; while there is none for long, or the clocks differ, nobody is held up.
  const Instant lapsed_at = last_.server.empty() ? started_ : last_.began + options_.valid_for;
  const Instant until = std::min(now(), lapsed_at) + wait_max;
  while (!judged && judged.error().code != "clock_differs" && now() < until) {
    changed_.wait_for(lock.native(), until - now());
    judged = judge(server, began);
  }
  return judged;
}

Result<void> HeadLease::check_standby(const std::string& cluster_name, Instant began) const {
  const MutexLock lock(mutex_);
  if (running_out(last_, began)) return judge(last_.server, began);
  const auto& names = last_.waited_for;
  if (cluster_name.empty() || std::find(names.begin(), names.end(), small_letters(cluster_name)) == names.end())
    return fail(ErrorKind::kUnavailable, "standby_not_waited_for",
                "synchronous_standby_names must wait for all it names, and name the standby's cluster_name, which no "
                "other standby has");
  return {};
}

std::string HeadLease::cluster() const {
  const MutexLock lock(mutex_);
  return last_.cluster;
}

HeadLease::Stats HeadLease::stats() const {
  const MutexLock lock(mutex_);
  return {!running_out(last_, now()), confirmed_};
}

void HeadLease::rest(const std::stop_token& stop, std::chrono::milliseconds time) {
  MutexLock lock(mutex_);
  changed_.wait_for(lock.native(), stop, time, [] { return false; });
}

void HeadLease::keep_confirming(const std::stop_token& stop) {
  std::string reported = "nothing yet";
  while (!stop.stop_requested()) {
    const Instant began = now();
    {
      const MutexLock lock(mutex_);
      asking_since_ = began;
    }
    auto confirmed = ask_and_open_gate();
    const Error verdict = confirmed ? Error{ErrorKind::kUnavailable, "", ""} : confirmed.error();
    if (confirmed) accept(*std::move(confirmed));
    {
      const MutexLock lock(mutex_);
      asking_since_.reset();
      waiting_for_.clear();
      if (verdict.code != "" && session_ != nullptr && session_->broken()) session_.reset();
    }
    if (std::exchange(reported, verdict.code) != verdict.code && report_) report_(verdict);
    const auto rest_of = options_.confirm_every - std::chrono::duration_cast<std::chrono::milliseconds>(now() - began);
    rest(stop, std::max(10ms, rest_of));
  }
}

void HeadLease::raise_timeline(std::uint32_t timeline) {
  if (timeline_min_ == nullptr) return;
  std::uint32_t before = timeline_min_->load();
  while (before < timeline && !timeline_min_->compare_exchange_weak(before, timeline)) {
  }
  if (before < timeline) Session::cut_outdated();  // nobody waits for the server that was replaced until it thaws
}

void HeadLease::accept(Confirmation confirmation) {
  raise_timeline(timeline_of(timeline_in(confirmation.server)));
  {
    const MutexLock lock(mutex_);
    last_ = std::move(confirmation);
    ++confirmed_;
  }
  changed_.notify_all();
}

// Each host is asked: of several that take writes, the one of the newest timeline replaced the others.
Result<void> HeadLease::ensure_session() {
  if (session_ != nullptr && !session_->broken()) return {};
  std::unique_ptr<Session> best;
  std::uint32_t newest = timeline_min_ != nullptr ? std::max(1U, timeline_min_->load()) : 1;
  Error why{ErrorKind::kUnavailable, "database_away", "no primary answers"};
  for (const std::string& host : each_host(options_.connection_string)) {
    auto opened = Session::open(session_options(options_, host));
    if (!opened) {
      why = opened.error();
      continue;
    }
    const auto timeline = (*opened)->run(kTimeline);
    if (!timeline || timeline->is_null(0, 0)) continue;
    if (const std::uint32_t its = timeline_of(timeline->text(0, 0));
        its > newest || (its == newest && best == nullptr)) {
      newest = its;
      best = *std::move(opened);
    }
  }
  if (best == nullptr) return fail(std::move(why));
  const MutexLock lock(mutex_);
  if (stopping_) return fail(ErrorKind::kUnavailable, "stopping", "this server stops");
  session_ = std::move(best);
  return {};
}

Result<HeadLease::Confirmation> HeadLease::ask_and_open_gate() {
  if (auto ready = ensure_session(); !ready) return fail(ready.error());
  for (int tries = 0; tries < 2; ++tries) {
    auto asked = ask(*session_);
    if (asked || asked.error().code != "gate_closed") return asked;
    if (auto opened = open_gate(*session_); !opened) return fail(opened.error());
  }
  return fail(ErrorKind::kUnavailable, "gate_closed", "the primary has just taken over; try again");
}

Result<HeadLease::Confirmation> HeadLease::ask(Session& session) {
  Confirmation confirmation;
  confirmation.began = now();
  if (auto begun = session.begin(); !begun) return fail(begun.error());
  const Timestamp before = options_.clock != nullptr ? options_.clock->now() : Timestamp();
  const auto rows = session.run(kConfirm);
  const Instant answered = now();
  if (!rows || rows->size() != 1) {
    session.roll_back();
    session.discard();
    return fail(rows ? Error{ErrorKind::kCorrupt, "log_head_missing", "the row of log_head is gone"} : rows.error());
  }
  if (answered >= confirmation.began + options_.valid_for) {
    session.roll_back();
    return fail(ErrorKind::kUnavailable, "head_unconfirmed", "the primary took too long to answer; try again");
  }
  if (auto agreed = note_database_clock(*rows, before, answered); !agreed) {
    session.roll_back();
    return fail(agreed.error());
  }
  confirmation.server = rows->text(0, kServer);
  confirmation.cluster = rows->text(0, kCluster);
  confirmation.waited_for = waited_for(*rows);
  const bool open = gate_is_open({rows->text(0, kTimelineStored), rows->text(0, kStandbysStored)},
                                 {timeline_in(confirmation.server), rows->text(0, kStandbyNames)});
  if (!open || (options_.standby_required && rows->text(0, kStandbyNames).empty())) {
    session.roll_back();
    if (!open) return fail(ErrorKind::kUnavailable, "gate_closed", "the primary has just taken over; try again");
    return fail(ErrorKind::kUnavailable, "no_standby_waited_for",
                "the primary waits for no standby, and database.standby_required is set");
  }
  {
    const MutexLock lock(mutex_);
    waiting_for_ = confirmation.server;
  }
  const std::string names(rows->text(0, kStandbyNames));
  if (auto committed = session.commit(); !committed) return fail(committed.error());
  // A wait also ends, without a word, when nobody is to be waited for any more.
  const auto names_now = session.run(kWaitedFor);
  if (!names_now) return fail(names_now.error());
  if (names_now->text(0, 0) != names)
    return fail(ErrorKind::kUnavailable, "standbys_changed", "the primary waits for others now; try again");
  return confirmation;
}

Result<void> HeadLease::open_gate(Session& session) {
  if (auto begun = session.begin(); !begun) return fail(begun.error());
  const auto head = session.run(kLockHead);
  if (!head || head->size() != 1) {
    session.roll_back();
    return head ? Result<void>() : Result<void>(fail(head.error()));
  }
  const auto passed = pass_gate(session, {head->text(0, 3), head->text(0, 5)}, {head->text(0, 4), head->text(0, 6)});
  if (!passed) {
    session.roll_back();
    return fail(passed.error());
  }
  return session.commit();
}

// Waiting for a standby may last for ever, and that is right while this is the primary. It is not when another server
// has taken over, so that is looked for meanwhile.
void HeadLease::keep_watching(const std::stop_token& stop) {
  const auto hosts = each_host(options_.connection_string);
  while (!stop.stop_requested()) {
    rest(stop, 500ms);
    std::uint32_t known = 0;
    {
      const MutexLock lock(mutex_);
      if (!asking_since_ || now() - *asking_since_ < options_.valid_for || waiting_for_.empty()) continue;
      known = timeline_of(timeline_in(waiting_for_));
    }
    for (const std::string& host : hosts) {
      auto opened = Session::open(session_options(options_, host));
      if (!opened) continue;
      const auto timeline = (*opened)->run(kTimeline);
      if (!timeline || timeline->is_null(0, 0) || timeline_of(timeline->text(0, 0)) <= known) continue;
      raise_timeline(timeline_of(timeline->text(0, 0)));
      const MutexLock lock(mutex_);
      if (session_ != nullptr && asking_since_) session_->cut();
      break;
    }
  }
}

}  // namespace ishi::sql

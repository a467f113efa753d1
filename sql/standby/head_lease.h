// HeadLease: may a head still be believed? Reading the end of the log from a server that calls itself primary is not
// enough: one that was cut off and replaced still answers. What it can no longer do is commit, because the standbys
// that it waits for are gone or have been promoted. So one thread commits a confirmation every confirm_every, and a
// head counts only if its reading began before the begin of the last confirmation + valid_for, and only from the server
// that made it. A server that takes over acknowledges nothing before that has run out everywhere (timeline_gate.h).
//
// One session confirms, and it is not given up while it waits for a standby: a server does not notice that its client
// is gone while it waits, and such sessions would pile up. A second thread looks whether another server has taken over
// meanwhile, and only then is the wait cut.
//
// Time is CLOCK_BOOTTIME, which goes on while the machine sleeps. Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "registry/ports/read_confirmer.h"
#include "registry/result.h"
#include "registry/threads/mutex.h"
#include "registry/time.h"
#include "sql/log/timeline_gate.h"
#include "sql/session/session.h"

namespace ishi::sql {

struct LeaseOptions {
  std::string connection_string;  // of every server that may be the primary
  std::string role = "ishi_service";
  std::chrono::milliseconds confirm_every{300};
  std::chrono::milliseconds valid_for = kHeadLeaseMax;  // no more than that
  bool standby_required = false;                        // a primary that waits for nobody is not believed
  // This machine's own. While it and the database's differ by more than kClockDifferenceMax nothing counts: a time that
  // is wrong in the log moves everybody's waiting period. Null: not compared.
  const Clock* clock = nullptr;
};

inline constexpr std::chrono::seconds kClockDifferenceMax{2};

class HeadLease final : public ReadConfirmer {
 public:
  using Instant = std::chrono::nanoseconds;
  static Instant now();

  // `timeline_min`, if there is one, is raised to the timeline confirmed. `report` is called on a thread of its own
  // with every change: why nothing is confirmed, or an empty code.
  HeadLease(LeaseOptions options, std::shared_ptr<std::atomic<std::uint32_t>> timeline_min,
            std::function<void(const Error&)> report);
  ~HeadLease() override;
  HeadLease(const HeadLease&) = delete;
  HeadLease& operator=(const HeadLease&) = delete;

  // May a head be believed that `server` (PrimaryHead::server) said, to somebody who began to ask at `began`?
  // kUnavailable "head_unconfirmed", "database_replaced" (another server confirms), "clock_differs".
  Result<void> check(const std::string& server, Instant began) const;
  // The same, and waits for the next confirmation if it must, until wait_max after there was one at the latest.
  Result<void> check(const std::string& server, Instant began, std::chrono::milliseconds wait_max) const;

  // A standby's: its cluster_name is one that the confirming commit waited for, and only one standby has it.
  Result<void> check_standby(const std::string& cluster_name, Instant began) const;
  std::string cluster() const;  // the system identifier of what confirmed; empty: nothing did

  // As of now by the database's clock, from what the last confirmation said; nothing before the first. Any thread,
  // without a lock.
  std::optional<Timestamp> database_time() const;

  // The server that confirms, and whether it confirms after what was read meanwhile.
  std::string begin() const override;
  Result<void> confirm(const std::string& begun) const override;

  struct Stats {
    bool valid = false;
    std::uint64_t confirmed = 0;
  };
  Stats stats() const;

 private:
  struct Confirmation {
    std::string server, cluster;
    std::vector<std::string> waited_for;  // standbys, each there once
    Instant began{};
  };
  void keep_confirming(const std::stop_token& stop);
  void keep_watching(const std::stop_token& stop);
  Result<Confirmation> ask_and_open_gate();
  Result<Confirmation> ask(Session& session);
  Result<void> open_gate(Session& session);
  Result<void> ensure_session();
  void accept(Confirmation confirmation);
  void raise_timeline(std::uint32_t timeline);
  void rest(const std::stop_token& stop, std::chrono::milliseconds time);
  bool running_out(const Confirmation& confirmation, Instant began) const;
  Result<void> judge(const std::string& server, Instant began) const ISHI_REQUIRES(mutex_);
  Result<void> compare_clocks() const;
  Result<void> note_database_clock(const Rows& rows, Timestamp before, Instant now);

  static constexpr std::int64_t kUnknown = std::numeric_limits<std::int64_t>::min();

  const LeaseOptions options_;
  const std::shared_ptr<std::atomic<std::uint32_t>> timeline_min_;
  const std::function<void(const Error&)> report_;
  const Instant started_ = now();
  mutable Mutex mutex_;
  mutable std::condition_variable_any changed_;
  Confirmation last_ ISHI_GUARDED_BY(mutex_);
  std::uint64_t confirmed_ ISHI_GUARDED_BY(mutex_) = 0;
  bool stopping_ ISHI_GUARDED_BY(mutex_) = false;           // no session any more that could wait
  std::atomic<std::int64_t> database_offset_us_{kUnknown};  // its clock minus now()
  std::shared_ptr<Session> session_;                        // the confirming thread's; cut by the watching one
  std::string waiting_for_;                                 // the server that is asked now; empty: none has answered
  std::optional<Instant> asking_since_;                     // nothing: no confirmation is under way
  std::jthread confirmer_, watcher_;
};

}  // namespace ishi::sql

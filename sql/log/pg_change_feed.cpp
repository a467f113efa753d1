#include "sql/log/pg_change_feed.h"

#include <algorithm>
#include <thread>

#include "sql/log/event_rows.h"
#include "sql/session/session.h"

namespace ishi::sql {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class PgChangeFeed final : public ChangeFeed {
 public:
  explicit PgChangeFeed(PgFeedOptions options) : options_(std::move(options)) {}

  Result<Position> wait_beyond(Position seen, milliseconds timeout) override {
    const auto deadline = steady_clock::now() + timeout;
    auto position = wait_until(seen, deadline);
    if (!position) {
      session_.reset();
      const auto left = std::max(steady_clock::duration::zero(), deadline - steady_clock::now());
      std::this_thread::sleep_for(std::min<steady_clock::duration>(left, options_.retry_after));
    }
    return position;
  }

 private:
  Result<Position> wait_until(Position seen, steady_clock::time_point deadline) {
    if (session_ == nullptr) {
      auto opened = Session::open({.connection_string = options_.connection_string,
                                   .role = options_.role,
                                   .silence_ms_max = options_.silence_ms_max,
                                   .timeline_min = options_.timeline_min});
      if (!opened) return fail(opened.error());
      session_ = *std::move(opened);
      // Listening begins before the first look, so nothing falls between the two.
      if (auto listening = session_->listen("ishi_log"); !listening) return fail(listening.error());
    }
    while (true) {
      if (session_->outdated())
        return fail(ErrorKind::kUnavailable, "database_replaced", "this server was the primary; another one is now");
      auto head = read_head(*session_);
      if (!head) return fail(head.error());
      if (head->position < seen) {
        return fail(ErrorKind::kCorrupt, "log_shorter",
                    "the log ends before what was seen: another or an older copy of it");
      }
      const auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now());
      if (head->position > seen || left <= milliseconds::zero()) return head->position;
      auto woken = session_->wait_for_announcement(std::min(left, options_.poll_every));
      if (!woken) return fail(woken.error());
    }
  }

  const PgFeedOptions options_;
  std::unique_ptr<Session> session_;
};

}  // namespace

std::unique_ptr<ChangeFeed> make_pg_change_feed(PgFeedOptions options) {
  return std::make_unique<PgChangeFeed>(std::move(options));
}

}  // namespace ishi::sql

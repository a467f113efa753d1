// What both feeds share: since, wait, and the waiting itself. A feed's Position is how much of the log its reader has
// seen: ask again with since = Ishi-Position of the answer. Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>

#include "api/messages/message.h"
#include "registry/ports/event_log.h"
#include "registry/ports/status_source.h"
#include "registry/result.h"

namespace ishi::api {

struct FeedLimits {
  std::size_t lines_max = 1'000;         // per answer, a little more when one event speaks of several tokens
  std::size_t events_read_max = 50'000;  // per answer; the next since goes on from there
  std::chrono::seconds wait_max{30};
  std::chrono::milliseconds view_wait_max{2'000};
  std::chrono::milliseconds look_again_after{200};  // while one waits
  int waiting_max = 4;                              // long polls at a time; a further one is answered at once
};

struct FeedRequest {
  Position since;
  std::chrono::seconds wait{0};
};
// since: a Position, required. wait: seconds, 0..wait_max. kInvalidArgument invalid_parameter.
Result<FeedRequest> read_feed_request(const Request& request, const FeedLimits& limits);

// One page of a feed: NDJSON lines, and how far the log was read for them.
struct FeedPage {
  std::string lines;
  Position position;
  bool more = false;  // the log goes on; ask again at once
};

// Reads the log from `since` up to the view, an event at a time, until a limit is reached. `put` writes the lines of
// one event and says how many. Erased events are passed over.
Result<FeedPage> read_page(const EventLog& log, const FeedLimits& limits, const View& view, Position since,
                           const std::function<Result<std::size_t>(std::string& lines, const StoredEvent&)>& put);

// LongPoll: produces pages until one has lines or the wait is over. One that waits holds its thread and looks at the
// log's head now and again.
class LongPoll {
 public:
  LongPoll(const StatusSource& status, FeedLimits limits) : status_(status), limits_(limits) {}
  // `page` is asked with a strict view and where to begin. since beyond the log: kInvalidArgument.
  Response answer(const Request& request, const std::function<Result<FeedPage>(const View&, Position)>& page) const;
  const FeedLimits& limits() const { return limits_; }
  void stop() { stopping_ = true; }  // those who wait are answered within look_again_after, and nobody waits any more

 private:
  Result<Response> run(const Request& request,
                       const std::function<Result<FeedPage>(const View&, Position)>& page) const;

  Result<View> strict_view() const;
  // A view beyond `seen`; the last one as it is when nothing came by `until`, or the server stops.
  Result<View> wait_beyond(Position seen, std::chrono::steady_clock::time_point until) const;

  const StatusSource& status_;
  const FeedLimits limits_;
  std::atomic<bool> stopping_{false};
  mutable std::atomic<int> waiting_{0};
};

void put_json_text(std::string& out, std::string_view text);

}  // namespace ishi::api

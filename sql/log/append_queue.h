// AppendQueue: appends wait here for the one thread that writes. Bounded in requests and bytes: beyond that, callers
// are refused at once. Any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "registry/ports/event_log.h"
#include "registry/threads/mutex.h"

namespace ishi::sql {

// One append on its way. Shared, because its caller may give up while it is being written.
struct WaitingAppend {
  AppendRequest request;
  std::size_t bytes = 0;
  bool taken = false;  // the writer has it: whether it was written is no longer ours to say
  std::optional<Result<Appended>> answer;
  std::condition_variable answered;
};
using AppendGroup = std::vector<std::shared_ptr<WaitingAppend>>;

class AppendQueue {
 public:
  AppendQueue(std::size_t requests_max, std::size_t bytes_max) : requests_max_(requests_max), bytes_max_(bytes_max) {}

  // Waits for the writer's answer, at most `wait_max`. Errors of its own: kUnavailable (full, closed, or not begun
  // in time: nothing was written), kOutcomeUnknown (begun but not finished in time).
  Result<Appended> submit(AppendRequest request, std::chrono::milliseconds wait_max);

  // For the writer: everything that waits, in order, until there are `events_max` events; at least one request.
  // Blocks. Empty: closed, and nothing is left.
  AppendGroup take_group(std::size_t events_max);
  void answer(const std::shared_ptr<WaitingAppend>& waiting, Result<Appended> answer);

  void close();

 private:
  const std::size_t requests_max_, bytes_max_;
  Mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::shared_ptr<WaitingAppend>> waiting_ ISHI_GUARDED_BY(mutex_);
  std::size_t bytes_ ISHI_GUARDED_BY(mutex_) = 0;
  bool closed_ ISHI_GUARDED_BY(mutex_) = false;
};

}  // namespace ishi::sql

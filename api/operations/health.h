// /healthz: the process answers. /readyz: it may be sent questions: a policy is loaded, the database answers, this node
// is close enough to the log's end, and the log is the one that was signed. The database is asked at most once a
// second. Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string_view>

#include "api/auth/permissions.h"
#include "api/messages/message.h"
#include "registry/ports/event_log.h"
#include "registry/ports/status_source.h"
#include "registry/threads/mutex.h"

namespace ishi::api {

class Health {
 public:
  // Why this node must not answer for the log (CheckpointSigner::refusal_reason); empty: it may.
  using RefusalReason = std::function<std::string_view()>;

  Health(const EventLog& log, const StatusSource& status, std::function<std::uint64_t()> lag_events,
         std::uint64_t lag_events_max, RefusalReason refusal_reason = {});
  Response alive() const;
  Response ready();  // 200 or 503: {"status":"ready"|"not_ready","policy":…,"database":…,"log":"whole"|why not,…}
  // 503 log_refused or log_unchecked for everything that answers from the log or adds to it, as long as there is a
  // refusal_reason(). What shows the cause stays open: health, metrics, the signed evidence.
  std::optional<Error> closed(Action action) const;
  void stopping() { stopping_ = true; }  // not ready from now on, so that a balancer looks elsewhere

 private:
  std::string_view refusal_reason() const { return refusal_reason_ ? refusal_reason_() : std::string_view(); }
  bool database_answers();

  const EventLog& log_;
  const StatusSource& status_;
  const std::function<std::uint64_t()> lag_events_;
  const std::uint64_t lag_events_max_;
  const RefusalReason refusal_reason_;
  std::atomic<bool> stopping_ = false;
  Mutex mutex_;
  std::chrono::steady_clock::time_point asked_at_ ISHI_GUARDED_BY(mutex_);
  bool asked_ ISHI_GUARDED_BY(mutex_) = false, answered_ ISHI_GUARDED_BY(mutex_) = false;
};

// A view of what this node has, at no cost and of any age: for credentials, which change rarely. kUnavailable: none.
Result<View> local_view(const StatusSource& status);

}  // namespace ishi::api

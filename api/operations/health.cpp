#include "api/operations/health.h"

#include <nlohmann/json.hpp>

#include "api/messages/problem.h"

namespace ishi::api {

using std::chrono::steady_clock;

Result<View> local_view(const StatusSource& status) {
  Freshness any_age;
  any_age.staleness_max = std::chrono::hours(24 * 365);
  any_age.deadline = steady_clock::now();
  return status.view(any_age);
}

Health::Health(const EventLog& log, const StatusSource& status, std::function<std::uint64_t()> lag_events,
               std::uint64_t lag_events_max, RefusalReason refusal_reason)
    : log_(log),
      status_(status),
      lag_events_(std::move(lag_events)),
      lag_events_max_(lag_events_max),
      refusal_reason_(std::move(refusal_reason)) {}

std::optional<Error> Health::closed(Action action) const {
  const std::string_view why = refusal_reason();
  if (why.empty() || action == Action::kReadHealth || action == Action::kReadMetrics || action == Action::kReadLog)
    return std::nullopt;
  return Error{ErrorKind::kUnavailable, why == "log_unchecked" ? "log_unchecked" : "log_refused", ""};
}

Response Health::alive() const {
  return {200, "application/json", {}, "{\"status\":\"ok\"}\n"};
}

bool Health::database_answers() {
  const MutexLock lock(mutex_);
  const auto now = steady_clock::now();
  if (asked_ && now - asked_at_ < std::chrono::seconds(1)) return answered_;
  answered_ = log_.head().has_value();
  Freshness strict;  // what every question needs: a head that counts, of the log that this node has applied
  strict.deadline = now + std::chrono::seconds(1);
  const Result<View> view = status_.view(strict);
  if (!view && view.error().kind == ErrorKind::kUnavailable && view.error().code != "no_policy") answered_ = false;
  asked_ = true;
  asked_at_ = steady_clock::now();
  return answered_;
}

Response Health::ready() {
  const bool database = database_answers();
  bool policy = local_view(status_).has_value();
  if (!policy && database) {  // just started: this node has no age yet, but may answer strictly
    Freshness strict;
    strict.deadline = steady_clock::now() + std::chrono::milliseconds(500);
    policy = status_.view(strict).has_value();
  }
  const std::uint64_t lag = lag_events_();
  const std::string_view refused = refusal_reason();
  const bool ready = policy && database && lag <= lag_events_max_ && refused.empty() && !stopping_;
  nlohmann::ordered_json json;
  json["status"] = ready ? "ready" : "not_ready";
  json["policy"] = policy;
  json["database"] = database;
  json["log"] = refused.empty() ? "whole" : refused;
  json["lag_events"] = lag;
  json["stopping"] = stopping_.load();
  Response response{ready ? 200 : 503, "application/json", {}, json.dump() + "\n"};
  if (!ready) response.headers.emplace_back("Retry-After", std::to_string(kRetryAfterSeconds));
  return response;
}

}  // namespace ishi::api

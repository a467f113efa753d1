// One group of appends in one transaction. sql/README.md tells it line by line. Belongs to the writer's thread.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "registry/ports/event_log.h"
#include "sql/log/append_queue.h"
#include "sql/log/log_tail.h"
#include "sql/session/session.h"

namespace ishi::sql {

// One answer per request, in order: a request that fails its own checks (key, sequence, limits) does so alone.
using GroupAnswers = std::vector<Result<Appended>>;

// An error means that the group as a whole was not written, or, with kOutcomeUnknown, that it may or may not have been.
// Requests that had failed by themselves, or were repeats, get their own answer even then, through `answers` (as long
// as the group); the others are nullopt there.
struct GroupFailure {
  Error error;
  std::vector<std::optional<Result<Appended>>> answers;
};

// By how much this machine's clock and the database's may differ; 0: not compared.
struct AppendClock {
  const Clock& clock;
  std::chrono::milliseconds difference_max{0};
};

// `tail` is what the writer remembers; after success it is the new one, after a failure it is forgotten.
tl::expected<GroupAnswers, GroupFailure> append_group(Session& session, const AppendClock& clock,
                                                      const AppendGroup& group, std::optional<LogTail>& tail);

}  // namespace ishi::sql

// RunMemo: what it takes to repeat a batch's answer bit for bit: the point in the log and the two instants.
// Kept by the log next to the idempotency key; the decisions themselves are recomputed.
#pragma once

#include <optional>
#include <string>

#include "registry/position.h"
#include "registry/result.h"
#include "registry/time.h"

namespace ishi::api {

struct RunMemo {
  Position position;
  Timestamp evaluated_at, as_of;
  friend bool operator==(const RunMemo&, const RunMemo&) = default;
};

std::string encode(const RunMemo& memo);  // {"v":1,"position":…,"evaluated_at":…,"as_of":…}, times in microseconds
Result<RunMemo> decode_run_memo(std::string_view text);  // kCorrupt

}  // namespace ishi::api

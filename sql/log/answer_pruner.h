// Deletes stored answers that are too old to be asked for again: a row of `idempotency` is needed while its request may
// still be repeated. Without this the table grows with every write and every batch, for ever.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "registry/result.h"
#include "registry/time.h"

namespace ishi::sql {

struct AnswerPrunerOptions {
  std::string connection_string;
  std::string role = "ishi_service";
  int kept_days = 90;                       // 8 or more: those of the last week always stay
  std::int64_t rows_per_statement = 5'000;  // so that no append waits long
};

// Deletes all answers registered more than kept_days before the last event, a few at a time. Returns how many.
// Errors: of the database; kForbidden append_only (kept_days is too small). `goes_on` is asked between statements.
Result<std::uint64_t> prune_answers(const AnswerPrunerOptions& options, const std::function<bool()>& goes_on);

}  // namespace ishi::sql

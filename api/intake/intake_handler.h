// GET /v1/intake: which sources are late, silent or quiet, lack numbers, or announce lines that do not arrive.
//   ?attention=true   only those that need a person       ?source=NAME   this one, with its days
// Any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "api/auth/principal.h"
#include "api/messages/message.h"
#include "registry/ports/intake_books.h"
#include "registry/ports/status_source.h"
#include "registry/threads/mutex.h"

namespace ishi::api {

class IntakeHandler {
 public:
  // All outlive the handler.
  IntakeHandler(const IntakeBooks& books, const StatusSource& status, const Clock& clock)
      : books_(books), status_(status), clock_(clock) {}

  Response handle(const Request& request, const Principal& who) const;

  struct SourceFigures {
    std::string source;
    std::uint64_t missing_numbers = 0;
    int zero_volume_days = 0, missed = 0;
    std::uint64_t disagreements = 0;
  };
  struct Stats {
    bool readable = false;  // false: nothing below means anything
    std::uint64_t sources = 0, attention = 0, late = 0, silent = 0, quiet = 0, undeclared = 0;
    std::vector<SourceFigures>
        troubled;  // worst first, at most kTroubledMax; then one "(others)" that sums up the rest
  };
  static constexpr std::size_t kTroubledMax = 100;
  // At most ten seconds old.
  Stats stats() const;

 private:
  const IntakeBooks& books_;
  const StatusSource& status_;
  const Clock& clock_;
  mutable Mutex mutex_;
  mutable std::optional<Stats> kept_ ISHI_GUARDED_BY(mutex_);
  mutable std::chrono::steady_clock::time_point kept_at_ ISHI_GUARDED_BY(mutex_);
};

}  // namespace ishi::api

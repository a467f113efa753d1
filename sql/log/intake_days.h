// The rows that count what each source delivered (migrations/0005_intake_days.sql).
#pragma once

#include <map>
#include <string>
#include <tuple>

#include "registry/ports/intake_books.h"
#include "sql/session/session.h"

namespace ishi::sql {

// What one append group delivered, summed up: one statement a group, whatever its number of requests.
class DeliveredDays {
 public:
  void add(const Delivery& delivery, Timestamp at);
  // REQUIRES: in a transaction that holds the log's lock.
  Result<void> save(Session& session) const;

 private:
  struct Sum {
    IntakeTally tally;
    Timestamp last_at;
  };
  std::map<std::tuple<std::string, std::string, CivilDate>, Sum> sums_;  // by source, kind, day
};

Result<void> save_note(Session& session, const IntakeNote& note, Timestamp at);  // a transaction of its own
Result<std::map<std::string, IntakeRecord>> read_intake(Session& session, CivilDate today);

}  // namespace ishi::sql

// IntakeBooks: what each source delivered, day by day, so that what did not come can be seen. sql/ keeps them on
// PostgreSQL, tests/support/memory_log.h in memory; both pass tests/contract/intake_books_contract.h. What was written
// is counted by the append itself (AppendRequest::delivery); what came and was not written is noted here.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "registry/ports/event_log.h"
#include "registry/time.h"

namespace ishi {

constexpr int kHabitDays = 56;            // eight weeks: what a source usually sends is learned from so many days
constexpr int kRecentDays = 62;           // every day of the last so many is read, whatever happened
constexpr int kDisagreementsMax = 1'000;  // kept per source; the oldest goes first

enum class Unwritten : std::uint8_t {
  kRepeated,      // the same batch under the same key: answered again
  kDuplicate,     // its sequence number was taken in before
  kRefused,       // not one line could be accepted, or it was all or nothing
  kDisagreement,  // the source announced another number of lines than arrived
};
struct IntakeNote {
  std::string source, kind;  // as in Delivery
  Unwritten what = Unwritten::kRefused;
  std::uint64_t sequence = 0;                // 0: the source doesn't number its batches
  std::uint64_t announced = 0, arrived = 0;  // lines; of a disagreement
};

struct IntakeTally {  // batches of one kind on one day; lines of the written ones
  std::uint64_t batches = 0, accepted = 0, rejected = 0;
  std::uint64_t repeated = 0, duplicates = 0, refused = 0, disagreements = 0;  // batches not written
  friend bool operator==(const IntakeTally&, const IntakeTally&) = default;
};
struct IntakeKind {                    // what one source delivers of one kind
  std::optional<CivilDate> first_day;  // of a written batch
  std::optional<CivilDate> last_day;
  std::optional<CivilDate> last_volume_day;  // with at least one accepted line
  Timestamp last_at;
  std::map<CivilDate, IntakeTally> days;  // the last kRecentDays, and the kHabitDays up to last_volume_day
};
struct Disagreement {
  std::string kind;
  std::uint64_t sequence = 0, announced = 0, arrived = 0, times = 1;
  Timestamp first_at, last_at;
  friend bool operator==(const Disagreement&, const Disagreement&) = default;
};
struct IntakeRecord {
  std::map<std::string, IntakeKind> kinds;
  std::vector<Disagreement> disagreements;  // those of the past too; in order of kind and sequence
  std::optional<IntakeSource> numbered;     // its sequence numbers, if it numbers its batches
};

class IntakeBooks {
 public:
  virtual ~IntakeBooks() = default;
  // Durable soon, not at once: a power cut may take the last notes along. Errors: kInvalidArgument "bad_source",
  // kUnavailable. Any thread.
  virtual Result<void> note(const IntakeNote& note, Timestamp at) = 0;
  // Everything that judging "today" needs, by source. Any thread.
  virtual Result<std::map<std::string, IntakeRecord>> intake(CivilDate today) const = 0;
};

}  // namespace ishi

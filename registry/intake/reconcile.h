// Reconciliation: what should have come from each source, and did not. 150,000 objections were once lost for three
// years because nobody counted what a relay no longer sent. Pure: books, policy and the present instant in, a
// judgement per source out. Any thread.
//
// Five troubles, each of which needs a person:
//   late          something is owed since today's due hour (policy book, [[source]])
//   silent        a whole owed day, week or month went by without any batch
//   quiet         lines of a kind that the source usually sends have stopped, although batches may come. Without
//                 `quiet_days_max` this is learned: the accepted lines expected by the same weekdays of the eight weeks
//                 up to the last one add up to 7 or more, which by chance is met by silence once in a thousand times
//                 (e^-7). A source with 12 a day is quiet after one day, one with 1 a day after a week. Days on which
//                 nothing usually comes count nothing; four days with lines make a habit.
//   gaps          sequence numbers that have not arrived
//   disagreement  the source announced another number of lines than arrived, and has not sent that batch again
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/policy/policy_book.h"
#include "registry/ports/intake_books.h"

namespace ishi {

enum class IntakeTrouble : std::uint8_t { kLate, kSilent, kQuiet, kGaps, kDisagreement };
std::string_view name_of(IntakeTrouble trouble);  // late, silent, quiet, gaps, disagreement

struct QuietKind {
  std::string kind;
  CivilDate since;      // the last day with an accepted line
  int days = 0;         // whole days since then on which some usually come
  double expected = 0;  // lines that would have come on them
  bool too_many = false;
};

struct SourceJudgement {
  std::string source;
  std::optional<ExpectedSource> declared;   // missing: nobody said when it must send
  std::vector<IntakeTrouble> troubles;      // in the order above, each at most once
  std::optional<CivilDate> last_day;        // of a batch that was written
  std::optional<Timestamp> due;             // the last owed delivery had to be there by then
  int missed = 0;                           // owed days, weeks or months that went by since last_day
  std::uint64_t missing_numbers = 0;        // in the gaps
  std::vector<QuietKind> quiet;             // every kind with days > 0
  std::vector<Disagreement> disagreements;  // open ones
  int zero_volume_days() const;             // the most of any kind
};

// By name; every source that the books or the policy book know. A source that the policy book has ended, and that has
// no gaps or disagreements, is judged but not troubled.
std::vector<SourceJudgement> reconcile(const PolicyBook& book, const std::map<std::string, IntakeRecord>& records,
                                       Timestamp now);

}  // namespace ishi

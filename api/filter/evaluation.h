// Evaluation: what was decided about every row of one list, all at one View. Counts and digest are computed once, here;
// the answer, the event in the log and the metrics all take them from it. Pure; one thread at a time.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "api/filter/ask.h"
#include "api/filter/people_list.h"
#include "registry/events/event.h"
#include "registry/ports/status_source.h"

namespace ishi::api {

using ReasonCounts = std::array<std::uint64_t, kReasonCodeCount>;

struct Evaluation {
  View view;
  Timestamp as_of, valid_until;
  std::vector<ReasonCode> reasons;    // one a row, in input order
  bool tells_reasons = false;         // may this caller learn why? Else every refusal is only WITHHELD
  bool digests_only = false;          // may it learn no answer at all? (Ask::digests_only)
  ReasonCounts counts{};              // after sum_up()
  Digest decision_digest{};           // after sum_up()
  std::string batch_id;               // empty: a replay or dry run, which leaves no evidence
  std::optional<EventIndex> receipt;  // of the run's event

  void sum_up();  // once, when `reasons` is whole
};

ReasonCounts count(std::span<const ReasonCode> reasons);

// SHA-256 over one byte per row: the reason code where reasons may be told, else 1 for use and 0 for not. A caller who
// may not know reasons could find the reason behind a batch of one by trying all sixteen.
Digest decision_digest(std::span<const ReasonCode> reasons, bool tells_reasons);

// The evidence of this run. A run whose caller may not know reasons is recorded without them: so its receipt can be
// handed out. REQUIRES: ask.batch_id; sum_up() was called.
FilterRun event_of(const Ask& ask, BodyForm form, const Digest& input_digest, const Evaluation& evaluation);

}  // namespace ishi::api

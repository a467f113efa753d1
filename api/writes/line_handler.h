// LineHandler: one per kind of write. It reads a row about a person and says what the log must say, or why not. Judges
// are where the rules at the door stand; reading bodies, finding people and appending is the intake's work.
// A judge lives for one request, so it may remember what the request has done so far. One thread.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "api/auth/principal.h"
#include "api/records/row.h"
#include "api/writes/messages.h"
#include "registry/events/event.h"
#include "registry/identifiers/tokenizer.h"
#include "registry/policy/policy_book.h"
#include "registry/status/person_status.h"

#include <tl/expected.hpp>

namespace ishi::api {

struct Refusal {
  LineCode code = LineCode::kRefused;
  std::string_view field;  // a name from the list of known fields (static); empty for the line as a whole
};
template <typename T>
using Judged = tl::expected<T, Refusal>;
[[nodiscard]] inline tl::unexpected<Refusal> refuse(LineCode code, std::string_view field = {}) {
  return tl::unexpected<Refusal>(Refusal{code, field});
}

// A person as the row names them, and what is known of them.
struct Subject {
  Token token;
  std::optional<TokenForms> forms;  // set when a raw insurance identifier was given
  bool check_digit_ok = true;
  const PersonStatus* status = nullptr;  // nullptr: nothing is known
  bool household_card() const {
    return (forms && forms->level == TokenLevel::kHousehold) || (status != nullptr && status->household_card);
  }
};

struct Line {
  const Row& row;
  const Subject& subject;
  const Subject* other;  // links and splits, when the row names a second identity
};

// What can be said about an accepted line beyond its receipt.
struct Outcome {
  std::optional<LineCode> note;  // nothing was written, because …
  std::array<LineCode, 4> remarks{};
  std::size_t remark_count = 0;
  void remark(LineCode code) {  // written, but …
    if (remark_count < remarks.size()) remarks[remark_count++] = code;
  }
  static Outcome nothing_written(LineCode why) {
    Outcome outcome;
    outcome.note = why;
    return outcome;
  }
};

// What holds for a whole request.
struct RequestContext {
  const PolicyBook& book;
  const Principal& principal;
  Timestamp now;
};

class LineHandler {
 public:
  virtual ~LineHandler() = default;
  // Appends what must be recorded to `bodies`; the first of it is the line's receipt. What a refused line has
  // appended is dropped by the caller.
  virtual Judged<Outcome> judge(const Line& line, std::vector<EventBody>& bodies) = 0;
};

struct WriteKind {
  std::string_view name;                     // "notices": the last segment of the path
  std::span<const std::string_view> fields;  // known names besides the identity's
  bool names_two = false;                    // other_token, other_id, …
  bool identity_always = false;              // record the identifier's weak forms even for a known person
  bool ignores_unknown_fields = false;       // else a line with one is refused
  std::unique_ptr<LineHandler> (*make_handler)(const RequestContext& context) = nullptr;
};

extern const WriteKind kNotices, kObjections, kWithdrawals, kConsents, kLinks, kSplits, kDeaths, kVisits;
std::span<const WriteKind* const> write_kinds();

}  // namespace ishi::api

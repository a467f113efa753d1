// Reading the fields of a row: texts -> values. Pure; one thread per reader. Field names are string literals: refusals
// keep views of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/records/row.h"
#include "api/writes/rows/messages.h"
#include "registry/commands/checks.h"
#include "registry/identifiers/tokenizer.h"
#include "registry/merkle/sha256.h"

#include <tl/expected.hpp>

namespace ishi::api {

constexpr std::size_t kScopeItemsMax = 256;  // per dimension
constexpr std::size_t kStaffIdBytesMax = 64;

template <typename T>
using FieldResult = tl::expected<T, LineRefusal>;
[[nodiscard]] inline tl::unexpected<LineRefusal> refuse_line(LineCode code, std::string_view field = {}) {
  return tl::unexpected<LineRefusal>(LineRefusal{code, field});
}

// What a list without items means: everything, in a request that stops use; a mistake, in one that permits use.
enum class EmptyList : std::uint8_t { kMeansAll, kRefused };

// Reads one field after the other, in the order in which it is asked, and keeps the first fault. What it returns for a
// field that is missing or faulty is "not given"; look at fault() before using any of it.
class FieldReader {
 public:
  explicit FieldReader(const Row& row) : row_(row) {}

  std::string_view text(std::string_view name);  // trimmed; into the row
  bool flag(std::string_view name);              // true, false; missing is false
  std::optional<EventIndex> receipt(std::string_view name);
  std::optional<CivilDate> date(std::string_view name);
  std::optional<Timestamp> instant(std::string_view name);  // RFC 3339, or a day
  template <typename Value>
  std::optional<Value> enumerated(std::string_view name, std::optional<Value> (*parse)(std::string_view)) {
    const std::string_view written = text(name);
    if (written.empty()) return std::nullopt;
    std::optional<Value> value = parse(written);
    if (!value) note(LineCode::kValueUnknown, name);
    return value;
  }
  // regimes, holders, recipients, categories, purposes, record_from, record_to. Missing or ALL = all.
  Scope scope(EmptyList empty_list);
  // accepted_at, requester, relation, birth_date, channel.
  Submission submission();
  // accepted_by, staff, assurance, evidence_types, seen_by, seen_on, electronic_receipt_agreed_at. A member of staff is
  // named by the id that `institution` gave them; only a keyed hash is kept.
  TakenIn taken_in(const Tokenizer& tokenizer, std::string_view institution);
  std::optional<Token> staff(std::string_view name, const Tokenizer& tokenizer, std::string_view institution);
  std::optional<Digest> digest(std::string_view name);  // 64 hex digits
  // The codes of one list; none, or ALL: empty.
  std::vector<std::string> codes(std::string_view name, EmptyList empty_list);
  ProofSeen evidence();
  // requester_name and requester_birth_date, together or not at all.
  std::optional<RequesterMark> made_by(const Tokenizer& tokenizer);

  const std::optional<LineRefusal>& fault() const { return fault_; }

 private:
  std::vector<std::string> listed_codes(const Field& field, std::string_view name, EmptyList empty_list);
  std::vector<std::string> separated_codes(std::string_view text, std::string_view name);
  bool add(std::vector<std::string>& codes, std::string_view code, std::string_view name);
  void note(LineCode code, std::string_view field) {
    if (!fault_) fault_ = LineRefusal{code, field};
  }

  const Row& row_;
  std::optional<LineRefusal> fault_;
};

}  // namespace ishi::api

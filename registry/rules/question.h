// Question: may RECIPIENT use CATEGORIES of a person's data held by HOLDER for PURPOSE under REGIME at AS_OF?
// The same for a whole batch; the person comes separately. What is left open is treated as "any", and an
// objection to any part of "any" matches: doubt never allows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "registry/time.h"

namespace ishi {

enum class FilterPoint : std::uint8_t {
  kCollection = 1,
  kLinkage = 2,
  kReview = 3,
  kExtraction = 4,
  kResweep = 5
};  // F1..F5

struct Question {
  std::string regime;
  std::string holder;     // 10-digit institution code; empty = any (only where the regime needs no holder)
  std::string recipient;  // operator code; empty = any
  std::string purpose;    // PURPOSE_1..6, or the number of a study where the regime is about one; empty = any
  std::vector<std::string> categories;                                            // empty = all
  std::optional<CivilDate> record_from = std::nullopt, record_to = std::nullopt;  // of the records, inclusive
  FilterPoint point = FilterPoint::kExtraction;
  Timestamp as_of;            // legal instant of the provision, permit or collection
  std::string override_code;  // statutory exception claimed ("LAW"), else empty
  std::string ground;         // why; required with override_code
  friend bool operator==(const Question&, const Question&) = default;
};

}  // namespace ishi

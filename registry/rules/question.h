// Question: may RECIPIENT use CATEGORIES of a person's data held by HOLDER for PURPOSE under REGIME at AS_OF?
// The same for a whole batch; the person comes separately. What is left open is treated as "any", and an
// objection to any part of "any" matches: doubt never allows.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/filter_point.h"
#include "registry/time.h"

namespace ishi {

struct Question {
  std::string regime;
  std::string holder;     // 10-digit institution code; empty = any (only where the regime needs no holder)
  std::string recipient;  // operator code; empty = any
  std::string purpose;    // PURPOSE_1..6, or the number of a study where the regime is about one; empty = any
  std::vector<std::string> categories;                                            // empty = all
  std::optional<CivilDate> record_from = std::nullopt, record_to = std::nullopt;  // of the records, inclusive
  FilterPoint point = FilterPoint::kExtraction;
  Timestamp as_of;                 // legal instant of the provision, permit or collection
  std::string override_code;       // statutory exception claimed ("LAW"), else empty
  std::string ground;              // why; required with override_code
  std::string linked_regime = {};  // at F2: that of the other database; its law must say yes as well (LAW.md 8.3)
  friend bool operator==(const Question&, const Question&) = default;
};

// The point of a question as callers write it and runs record it: "F4", "F2:PUBDB_EMR".
std::string point_text(const Question& question);
bool read_point(std::string_view text, Question& question);  // false: it is no such text

}  // namespace ishi

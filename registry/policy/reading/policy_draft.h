// The book in the making, and the readers that fill it, one per subject. They run section by section over all
// documents, in the order of read_policy(), so that whatever one refers to has been read before, whichever document
// it stands in. A record whose code can be read enters the draft even if something else is wrong with it, so that one
// mistake brings one complaint. Internal to registry/policy/reading; one reading, one thread.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "registry/identifiers/check_digit.h"
#include "registry/policy/policy_book.h"
#include "registry/policy/reading/complaints.h"
#include "registry/policy/reading/table_reader.h"

namespace ishi {

constexpr std::size_t kInstitutionsMax = 200'000;  // in all documents together
constexpr std::size_t kEntriesMax = 200'000;       // of any other kind, per document
constexpr std::size_t kRegimesMax = 500;           // and as many adjustments; in all documents together

struct Draft {
  explicit Draft(Complaints& sink) : complaints(sink) {}

  Complaints& complaints;
  bool handed_in = false;  // not from a log: what would have no effect is refused
  std::vector<std::unique_ptr<TomlDocument>> documents;
  PolicyBook book;
  std::vector<ListedText> reforms;                // those that the profile takes as law; each switches adjustments on
  std::vector<ListedText> filtered;               // the regimes that the profile's filters name
  std::unordered_map<std::string, Place> places;  // "institution 1310000001" -> where it was written first

  // False, and a complaint naming both places, if this kind and code was written before.
  bool claim(const char* kind, const std::string& code, Place place, const std::string& field);
};

// Complaints when `code` is not among the keys of `known`, saying what to add.
template <typename Known>
bool refers(Draft& draft, const Known& known, const std::string& code, Place place, const std::string& field,
            const char* kind) {
  if (known.find(code) != known.end()) return true;
  draft.complaints.add(place, field, quoted(code) + " is no " + kind + " of this book; correct it or add that " + kind);
  return false;
}
// The entries of a list, each of which must be among `known`.
template <typename Known>
std::set<std::string> listed_among(Draft& draft, TableReader& reader, const char* key, const Known& known,
                                   const char* kind) {
  std::set<std::string> result;
  for (const ListedText& entry : reader.texts(key).value_or(std::vector<ListedText>())) {
    if (refers(draft, known, entry.text, entry.place, entry.field, kind)) result.insert(entry.text);
  }
  return result;
}

void read_settings(Draft& draft);      // [profile], [book], [[withdrawal_rule]]
void read_regimes(Draft& draft);       // [[regime]], [[regime_adjustment]]
void check_filters(Draft& draft);      // after both: each entry names a regime of the book
void read_institutions(Draft& draft);  // [[institution]], [[institution_alias]]
void read_operators(Draft& draft);     // [[operator]], [[operator_alias]]
void read_notices(Draft& draft);       // [[template]], [[campaign]]
void read_callers(Draft& draft);       // [[caller]]
void read_sources(Draft& draft);       // [[source]]

// Successions must end: A -> B -> A has no code in force.
// One code of each cycle in `aliases` (old code -> something with a new_code), the first in the map's order.
template <typename Map>
std::vector<std::string> alias_cycles(const Map& aliases) {
  std::vector<std::string> cycles;
  std::unordered_set<std::string> finished;
  for (const auto& [start, unused] : aliases) {
    std::unordered_set<std::string> on_this_walk;
    std::string current = start;
    while (!finished.contains(current)) {
      if (!on_this_walk.insert(current).second) {
        cycles.push_back(current);
        break;
      }
      const auto next = aliases.find(current);
      if (next == aliases.end()) break;
      current = next->second.new_code;
    }
    finished.insert(on_this_walk.begin(), on_this_walk.end());
  }
  return cycles;
}

// Two digits, 01..47 (JIS X 0401).
inline bool is_prefecture(std::string_view text) {
  return text.size() == 2 && all_digits(text) && text >= "01" && text <= "47";
}

// A waiting period; used by regimes and institutions.
std::optional<WaitRule> read_wait(TableReader& parent, const char* key);

}  // namespace ishi

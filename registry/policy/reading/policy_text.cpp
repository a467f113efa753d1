#include "registry/policy/reading/policy_text.h"

#include <algorithm>

#include "registry/policy/reading/complaints.h"
#include "registry/policy/reading/policy_draft.h"
#include "registry/policy/reading/table_reader.h"
#include "registry/policy/reading/toml_guard.h"

namespace ishi {
namespace {

constexpr std::size_t kDocumentsMax = 64;
constexpr std::size_t kBytesMax = 64U << 20U;

// The documents by name: whatever order they came in, the book and the complaints are the same.
std::vector<const PolicyDocument*> sorted_by_name(std::span<const PolicyDocument> documents) {
  std::vector<const PolicyDocument*> sorted;
  for (const PolicyDocument& document : documents) sorted.push_back(&document);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const PolicyDocument* a, const PolicyDocument* b) { return a->name < b->name; });
  return sorted;
}

bool within_limits(const std::vector<const PolicyDocument*>& documents, Complaints& complaints) {
  std::size_t bytes = 0, marks = 0;
  for (std::uint32_t i = 0; i < documents.size(); ++i) {
    bytes += documents[i]->text.size();
    if (bytes > kBytesMax) {
      complaints.add({i, 0}, "", "the documents are larger than 64 MB in all; split the book or drop closed entries");
      return false;
    }
    if (i > 0 && documents[i]->name == documents[i - 1]->name) {
      complaints.add({i, 0}, "", "two documents have this name; each needs its own");
    }
    if (const auto obstacle = find_toml_obstacle(documents[i]->text, marks)) {
      complaints.add({i, obstacle->line}, "", obstacle->message);
    }
  }
  return complaints.empty();
}

// A document that is not TOML hides what others refer to; so nothing is checked further until all can be read.
bool parse_all(const std::vector<const PolicyDocument*>& documents, Draft& draft) {
  for (std::uint32_t i = 0; i < documents.size(); ++i) {
    draft.documents.push_back(TomlDocument::parse(documents[i]->text, i, draft.complaints));
  }
  return draft.complaints.empty();
}

void read_sections(Draft& draft) {
  read_settings(draft);
  read_regimes(draft);
  check_filters(draft);
  read_institutions(draft);
  read_operators(draft);
  read_notices(draft);
  read_callers(draft);
  read_sources(draft);
  for (const auto& document : draft.documents) document->root().finish();
}

}  // namespace

bool Draft::claim(const char* kind, const std::string& code, Place place, const std::string& field) {
  const auto [first, is_new] = places.try_emplace(std::string(kind) + " " + code, place);
  if (is_new) return true;
  complaints.add(place, field,
                 std::string(kind) + " " + quoted(code) + " was written before, in " +
                     complaints.describe(first->second) + "; keep one of the two");
  return false;
}

PolicyReading read_policy(std::span<const PolicyDocument> documents, PolicySource source) {
  if (documents.empty()) return {nullptr, {{"", 0, "", "no document; a book needs at least regimes and one profile"}}};
  if (documents.size() > kDocumentsMax) {
    return {nullptr, {{"", 0, "", "more than " + std::to_string(kDocumentsMax) + " documents; join some"}}};
  }
  const std::vector<const PolicyDocument*> sorted = sorted_by_name(documents);
  std::vector<std::string> names;
  for (const PolicyDocument* document : sorted) names.push_back(document->name);

  Complaints complaints(names);
  Draft draft(complaints);
  draft.handed_in = source == PolicySource::kHandedIn;
  if (within_limits(sorted, complaints) && parse_all(sorted, draft)) read_sections(draft);
  if (!complaints.empty()) return {nullptr, complaints.take()};
  return {std::make_shared<const PolicyBook>(std::move(draft.book)), {}};
}

}  // namespace ishi

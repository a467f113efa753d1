#include <algorithm>
#include <array>

#include "registry/policy/names.h"
#include "registry/policy/reading/policy_draft.h"

namespace ishi {
namespace {

// The words of LAW.md 9.1. They are a format, not law: a misspelt one would silently close a door.
constexpr std::array<std::string_view, 3> kControllerKinds{"STATE", "OPERATOR", "CONSORTIUM"};
constexpr std::array<std::string_view, 5> kObjectionWriters{"PORTAL", "MUNICIPAL", "HOLDER", "CALLCENTRE",
                                                            "OPERATOR_RELAY"};
constexpr std::array<std::string_view, 3> kNoticeWriters{"STATE", "HOLDER", "MUNICIPAL"};
constexpr std::array<std::string_view, 4> kBatchReaders{"STATE_INGEST", "HOLDER", "OPERATOR", "REVIEWER"};
constexpr std::array<std::string_view, 7> kAuditReaders{"CAO", "MHLW", "METI", "MEXT", "PPC", "GOVERNOR", "OPERATOR"};

template <std::size_t N>
std::string listed(const std::array<std::string_view, N>& words) {
  std::string text;
  for (const std::string_view word : words) text += (text.empty() ? "" : ", ") + std::string(word);
  return text;
}

template <std::size_t N>
std::set<std::string> required_words(Draft& draft, TableReader& reader, const char* key,
                                     const std::array<std::string_view, N>& words) {
  std::set<std::string> result;
  if (!reader.require(key)) return result;
  for (const ListedText& entry : reader.texts(key).value_or(std::vector<ListedText>())) {
    if (std::find(words.begin(), words.end(), entry.text) == words.end()) {
      draft.complaints.add(entry.place, entry.field,
                           quoted(entry.text) + " is not known; must be one of " + listed(words));
    }
    result.insert(entry.text);
  }
  return result;
}

// Who asks at one point about which regimes.
ReadersAtPoint read_readers_at(Draft& draft, TableReader& point, const std::set<std::string>& batch_readers) {
  ReadersAtPoint readers;
  for (const std::string_view reader : kBatchReaders) {
    const auto regimes = point.patterns(reader.data());
    if (!regimes) continue;
    if (!batch_readers.contains(std::string(reader))) {
      point.complain(reader.data(), quoted(std::string(reader)) + " is not among the batch_readers of this profile");
    }
    if (regimes->empty()) point.complain(reader.data(), "names no regime; leave it out, or write [\"*\"] for all");
    for (const ListedText& regime : *regimes) {
      readers[std::string(reader)].insert(regime.text);
      draft.filtered.push_back(regime);
    }
  }
  point.finish();
  return readers;
}

void read_filters(Draft& draft, TableReader& profile_reader, Profile& profile) {
  std::optional<TableReader> reader = profile_reader.table("filters");
  if (!reader) {
    if (draft.handed_in) profile_reader.complain("filters", "is missing; say who asks at F1 to F5, and about what");
    return;
  }
  profile.filters.emplace();
  for (const FilterPoint point : kFilterPoints) {
    std::optional<TableReader> table = reader->table(name_of(point).data());
    if (table) profile.filters->emplace(point, read_readers_at(draft, *table, profile.batch_readers));
  }
  reader->finish();
}

void read_permit_readers(Draft& draft, TableReader& reader, Profile& profile) {
  for (const ListedText& entry : reader.texts("permit_readers").value_or(std::vector<ListedText>())) {
    if (!profile.batch_readers.contains(entry.text)) {
      draft.complaints.add(entry.place, entry.field,
                           quoted(entry.text) + " is not among the batch_readers of this profile");
    }
    profile.permit_readers.insert(entry.text);
  }
}

void read_federation(Draft& draft, TableReader& reader, Profile& profile) {
  for (const ListedText& peer : reader.texts("federation_peers").value_or(std::vector<ListedText>())) {
    profile.federation_peers.insert(peer.text);
  }
  if (draft.handed_in && profile.federation_peers.empty() == (profile.controller_kind == "CONSORTIUM")) {
    reader.complain("federation_peers",
                    "go with controller_kind CONSORTIUM, and it with them: they share the registry");
  }
}

void read_profile(Draft& draft, TableReader& reader) {
  Profile& profile = draft.book.profile;
  profile.code = reader.required_code("code").value_or(std::string());
  profile.controller_organisation = reader.required_text("controller_organisation");
  profile.controller_kind = reader.required_text("controller_kind");
  if (!profile.controller_kind.empty() &&
      std::find(kControllerKinds.begin(), kControllerKinds.end(), profile.controller_kind) == kControllerKinds.end()) {
    reader.complain("controller_kind", "must be one of " + listed(kControllerKinds));
  }
  profile.objection_writers = required_words(draft, reader, "objection_writers", kObjectionWriters);
  profile.notice_writers = required_words(draft, reader, "notice_writers", kNoticeWriters);
  profile.batch_readers = required_words(draft, reader, "batch_readers", kBatchReaders);
  profile.audit_readers = required_words(draft, reader, "audit_readers", kAuditReaders);
  read_federation(draft, reader, profile);
  read_filters(draft, reader, profile);
  read_permit_readers(draft, reader, profile);
  draft.reforms = reader.texts("reforms").value_or(std::vector<ListedText>());
  reader.finish();
}

// Lists of several documents add up; the same word twice is a mistake.
void read_words(Draft& draft, TableReader& reader, const char* key, const char* kind,
                std::set<std::string, std::less<>>& words) {
  for (const ListedText& entry : reader.texts(key).value_or(std::vector<ListedText>())) {
    if (draft.claim(kind, entry.text, entry.place, entry.field)) words.insert(entry.text);
  }
}

void read_number(Draft& draft, TableReader& reader, const char* key, int minimum, int maximum, int& value) {
  const std::optional<int> number = reader.integer(key, minimum, maximum);
  if (number && draft.claim("setting", key, reader.place_of(key), reader.field(key))) value = *number;
}

void read_legal_versions(Draft& draft, TableReader& book) {
  std::optional<TableReader> reader = book.table("legal_version_from");
  if (!reader) return;
  for (auto& [version, from] : draft.book.legal_version_from) {
    const std::string key(name_of(version));
    const std::optional<CivilDate> date = reader->date(name_of(version).data());
    if (date &&
        draft.claim("setting", "legal_version_from." + key, reader->place_of(key.c_str()), reader->field(key))) {
      from = *date;
    }
  }
  reader->finish();
}

// Lists of several documents add up, as with words.
void read_holidays(Draft& draft, TableReader& reader) {
  for (const ListedText& entry : reader.texts("holidays").value_or(std::vector<ListedText>())) {
    const std::optional<CivilDate> day = parse_date(entry.text);
    if (!day) {
      draft.complaints.add(entry.place, entry.field, quoted(entry.text) + " is no day; write \"2027-01-01\"");
    } else if (draft.claim("holiday", entry.text, entry.place, entry.field)) {
      draft.book.holidays.insert(*day);
    }
  }
}

void read_book(Draft& draft, TableReader& reader) {
  PolicyBook& book = draft.book;
  read_words(draft, reader, "categories", "category", book.categories);
  read_words(draft, reader, "purposes", "purpose", book.purposes);
  read_words(draft, reader, "relations", "relation", book.relations);
  read_words(draft, reader, "composite_methods", "composite method", book.composite_methods);
  read_holidays(draft, reader);
  read_number(draft, reader, "composite_methods_min", 1, 10, book.composite_methods_min);
  read_number(draft, reader, "mail_delivery_days", 0, 60, book.mail_delivery_days);
  read_number(draft, reader, "backdating_days_max", 0, 3'660, book.backdating_days_max);
  read_number(draft, reader, "decision_valid_seconds", 1, 86'400, book.decision_valid_seconds);
  read_number(draft, reader, "majority_age", 15, 25, book.majority_age);
  read_legal_versions(draft, reader);
  reader.finish();
}

void read_withdrawal_rule(Draft& draft, TableReader& reader) {
  if (!reader.require("made_by")) return;
  const auto made_by = reader.choice("made_by", parse_requester, requester_names);
  std::set<RequesterKind> withdrawn_by;
  if (reader.require("withdrawn_by")) {
    for (const ListedText& entry : reader.texts("withdrawn_by").value_or(std::vector<ListedText>())) {
      if (const auto kind = parse_requester(entry.text)) {
        withdrawn_by.insert(*kind);
      } else {
        draft.complaints.add(entry.place, entry.field,
                             quoted(entry.text) + " is not known; must be " + requester_names());
      }
    }
  }
  reader.finish();
  if (!made_by) return;
  if (draft.claim("withdrawal_rule made by", std::string(name_of(*made_by)), reader.place(), reader.field("made_by"))) {
    draft.book.withdrawal_rules.push_back({*made_by, std::move(withdrawn_by)});
  }
}

}  // namespace

void check_filters(Draft& draft) {
  for (const ListedText& entry : draft.filtered) {
    const bool open_ended = entry.text.ends_with('*');
    const std::string_view begin = std::string_view(entry.text).substr(0, entry.text.size() - (open_ended ? 1 : 0));
    const auto named = [&](const auto& regime) {
      return open_ended ? std::string_view(regime.first).starts_with(begin) : regime.first == begin;
    };
    if (std::none_of(draft.book.regimes.begin(), draft.book.regimes.end(), named)) {
      draft.complaints.add(entry.place, entry.field,
                           quoted(entry.text) + " matches no regime of this book; a code, or its beginning and *");
    }
  }
}

void read_settings(Draft& draft) {
  for (const auto& document : draft.documents) {
    TableReader& root = document->root();
    if (auto profile = root.table("profile")) {
      if (draft.claim("profile", "", profile->place(), "profile")) read_profile(draft, *profile);
    }
    if (auto book = root.table("book")) read_book(draft, *book);
    for (TableReader& rule : root.tables("withdrawal_rule", kRegimesMax)) read_withdrawal_rule(draft, rule);
  }
  const auto by_maker = [](const WithdrawalRule& a, const WithdrawalRule& b) { return a.made_by < b.made_by; };
  std::sort(draft.book.withdrawal_rules.begin(), draft.book.withdrawal_rules.end(), by_maker);
  const auto not_after = [](const auto& a, const auto& b) { return a.second >= b.second; };
  if (std::adjacent_find(draft.book.legal_version_from.begin(), draft.book.legal_version_from.end(), not_after) !=
      draft.book.legal_version_from.end()) {
    draft.complaints.add({0, 0}, "book.legal_version_from", "each version must begin after the one before it");
  }
  if (!draft.places.contains("profile ")) {
    draft.complaints.add({0, 0}, "profile", "no document has a [profile]; add one of ops/policy/option_*.toml");
  }
}

}  // namespace ishi

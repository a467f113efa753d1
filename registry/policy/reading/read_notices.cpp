#include <algorithm>

#include "registry/policy/names.h"
#include "registry/policy/reading/policy_draft.h"

namespace ishi {
namespace {

bool is_sha256_hex(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
         });
}

// The version of a letter that is the law on that day: the last one that has begun.
LegalVersion version_on(const PolicyBook& book, CivilDate date) {
  LegalVersion version = LegalVersion::kV2018;
  for (const auto& [candidate, from] : book.legal_version_from) {
    if (from <= date) version = candidate;
  }
  return version;
}

// LAW.md 2.2: a letter cannot be older than its version, a V2018 letter lacks items 1, 4 and 8 and serves after
// V2022 began only when a supplementary notice completes it, and it cannot speak of a regime that came later.
void check_version(const PolicyBook& book, const NoticeTemplate& letter, TableReader& reader) {
  const CivilDate version_from = book.legal_version_from.at(letter.legal_version);
  if (letter.effective.from < version_from) {
    reader.complain("effective_from", "is before " + to_iso(version_from) + ", when legal version " +
                                          std::string(name_of(letter.legal_version)) + " begins");
  }
  const CivilDate v2022_from = book.legal_version_from.at(LegalVersion::kV2022);
  const bool lacks_items = letter.legal_version == LegalVersion::kV2018 && !letter.supplementary_items;
  if (lacks_items && (!letter.effective.to || *letter.effective.to > v2022_from)) {
    reader.complain("effective_to", "a V2018 letter must end by " + to_iso(v2022_from) +
                                        ", or be completed: supplementary_items = true");
  }
  if (letter.supplementary_items && letter.legal_version != LegalVersion::kV2018) {
    reader.complain("supplementary_items", "is only for V2018 letters; later ones hold all items");
  }
  const Regime* regime = book.find_regime(letter.regime);
  if (regime == nullptr) return;
  const LegalVersion oldest = version_on(book, regime->valid.from);
  if (letter.legal_version < oldest) {
    reader.complain("legal_version", "must be " + std::string(name_of(oldest)) + " or later: regime " + regime->code +
                                         " is in force since " + to_iso(regime->valid.from));
  }
}

void read_template(Draft& draft, TableReader& reader) {
  const std::size_t complaints_before = draft.complaints.count();
  const std::optional<std::string> id = reader.required_code("id");
  NoticeTemplate letter;
  letter.regime = reader.required_code("regime").value_or(std::string());
  if (!letter.regime.empty()) {
    refers(draft, draft.book.regimes, letter.regime, reader.place_of("regime"), reader.field("regime"), "regime");
  }
  letter.holder = reader.text("holder").value_or(std::string());
  if (!letter.holder.empty()) {
    refers(draft, draft.book.institutions, letter.holder, reader.place_of("holder"), reader.field("holder"),
           "institution");
  }
  if (reader.require("legal_version")) {
    letter.legal_version =
        reader.choice("legal_version", parse_legal_version, legal_version_names).value_or(LegalVersion::kV2024);
  }
  letter.supplementary_items = reader.boolean("supplementary_items").value_or(false);
  letter.categories = listed_among(draft, reader, "categories", draft.book.categories, "category");
  letter.effective = reader.range("effective_from", "effective_to", true);
  letter.document_sha256 = reader.text("document_sha256").value_or(std::string());
  if (!letter.document_sha256.empty() && !is_sha256_hex(letter.document_sha256)) {
    reader.complain("document_sha256", "must be 64 hexadecimal digits: sha256sum of the letter's file");
  }
  letter.url = reader.text("url").value_or(std::string());
  reader.finish();
  if (draft.complaints.count() == complaints_before) check_version(draft.book, letter, reader);
  if (!id || !draft.claim("template", *id, reader.place(), reader.field("id"))) return;
  letter.id = *id;
  draft.book.templates.emplace(*id, std::move(letter));
}

std::set<std::string> read_methods(Draft& draft, TableReader& reader) {
  std::set<std::string> methods;
  if (!reader.require("methods")) return methods;
  const auto entries = reader.texts("methods");
  if (!entries) return methods;
  for (const ListedText& entry : *entries) {
    methods.insert(entry.text);
    if (draft.book.composite_methods.empty()) continue;  // a book that does not list them lets any name stand
    refers(draft, draft.book.composite_methods, entry.text, entry.place, entry.field, "composite method");
  }
  const int needed = draft.book.composite_methods_min;
  if (static_cast<int>(methods.size()) < needed) {
    reader.complain("methods", "must name at least " + std::to_string(needed) + " different ways of telling");
  }
  return methods;
}

// The letter must be one that this campaign may hand out, from its first day to its last.
void check_letter(const NoticeTemplate& letter, const Campaign& campaign, TableReader& reader) {
  if (letter.regime != campaign.regime) {
    reader.complain("template", "is a letter for regime " + letter.regime + ", not " + campaign.regime);
  }
  if (!letter.holder.empty() && letter.holder != campaign.holder) {
    reader.complain("template", "is a letter of institution " + letter.holder + ", not " + campaign.holder);
  }
  if (!letter.effective.contains(campaign.running.from)) {
    reader.complain("running_from", "is outside the days on which the letter may be used");
  }
  if (letter.effective.to && (!campaign.running.to || *campaign.running.to > *letter.effective.to)) {
    reader.complain("running_to", "must be by " + to_iso(*letter.effective.to) + ", when the letter ends");
  }
}

void read_campaign(Draft& draft, TableReader& reader) {
  const std::size_t complaints_before = draft.complaints.count();
  const std::optional<std::string> id = reader.required_code("id");
  Campaign campaign;
  const auto required_reference = [&](const char* key, const auto& known, const char* kind) {
    std::optional<std::string> code = reader.required_code(key);
    if (code) refers(draft, known, *code, reader.place_of(key), reader.field(key), kind);
    return code.value_or(std::string());
  };
  campaign.holder = required_reference("holder", draft.book.institutions, "institution");
  campaign.regime = required_reference("regime", draft.book.regimes, "regime");
  campaign.template_id = required_reference("template", draft.book.templates, "template");
  campaign.running = reader.range("running_from", "running_to", true);
  campaign.methods = read_methods(draft, reader);
  reader.finish();
  const auto letter = draft.book.templates.find(campaign.template_id);
  const bool letter_speaks_of_a_regime =
      letter != draft.book.templates.end() && draft.book.regimes.contains(letter->second.regime);
  if (draft.complaints.count() == complaints_before && letter_speaks_of_a_regime) {
    check_letter(letter->second, campaign, reader);
  }
  if (!id || !draft.claim("campaign", *id, reader.place(), reader.field("id"))) return;
  campaign.id = *id;
  draft.book.campaigns.emplace(*id, std::move(campaign));
}

}  // namespace

void read_notices(Draft& draft) {
  for (const auto& document : draft.documents) {
    for (TableReader& reader : document->root().tables("template", kEntriesMax)) read_template(draft, reader);
  }
  for (const auto& document : draft.documents) {
    for (TableReader& reader : document->root().tables("campaign", kEntriesMax)) read_campaign(draft, reader);
  }
}

}  // namespace ishi

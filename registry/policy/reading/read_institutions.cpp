#include <algorithm>
#include <set>

#include "registry/identifiers/check_digit.h"
#include "registry/policy/reading/policy_draft.h"

namespace ishi {
namespace {

// A wrong code is returned all the same: what refers to it is not wrong as well.
std::optional<std::string> required_institution_code(TableReader& reader, const char* key) {
  std::optional<std::string> code = reader.required_code(key);
  if (code && !institution_code_valid(*code)) {
    reader.complain(key, quoted(*code) +
                             " is no institution code: 10 digits, prefecture 01..47, kind 1, 3, 4 or 6,"
                             " right check digit");
  }
  return code;
}

// An area code of `digits` digits that begins with its prefecture, or nothing.
std::string area_code(TableReader& reader, const char* key, std::size_t digits, const std::string& prefecture) {
  std::string code = reader.text(key).value_or(std::string());
  if (code.empty() || (code.size() == digits && all_digits(code) && code.starts_with(prefecture))) return code;
  reader.complain(key, "must be " + std::to_string(digits) + " digits beginning with the prefecture " + prefecture);
  return {};
}

std::vector<Filing> read_filings(Draft& draft, TableReader& institution) {
  std::vector<Filing> filings;
  std::set<std::pair<std::string, std::string>> seen;
  for (TableReader& reader : institution.tables("filing", kListEntriesMax)) {
    Filing filing;
    const std::optional<std::string> regime = reader.required_code("regime");
    if (regime) refers(draft, draft.book.regimes, *regime, reader.place_of("regime"), reader.field("regime"), "regime");
    filing.regime = regime.value_or(std::string());
    filing.number = reader.required_text("number");
    filing.valid = reader.range("valid_from", "valid_to", true);
    reader.finish();
    if (!seen.emplace(filing.regime, filing.number).second) {
      reader.complain("number", "this institution has filing " + quoted(filing.number) +
                                    " for that regime already; keep one of the two");
    }
    const Regime* law = draft.book.find_regime(filing.regime);
    if (law != nullptr && law->per_study) draft.book.studies.insert(filing.number);
    filings.push_back(std::move(filing));
  }
  return filings;
}

void read_institution(Draft& draft, TableReader& reader) {
  const std::optional<std::string> code = required_institution_code(reader, "code");
  Institution institution;
  institution.code = code.value_or(std::string());
  institution.name = reader.required_text("name");
  const std::optional<std::string> prefecture = reader.text("prefecture");
  if (prefecture && !is_prefecture(*prefecture)) reader.complain("prefecture", "must be two digits, 01..47");
  institution.prefecture = prefecture.value_or(institution.code.substr(0, 2));
  institution.municipality = area_code(reader, "municipality", 5, institution.prefecture);
  institution.medical_area = area_code(reader, "medical_area", 4, institution.prefecture);
  institution.filings = read_filings(draft, reader);
  institution.wait = read_wait(reader, "wait");
  institution.closed_on = reader.date("closed_on");
  institution.suspended = reader.boolean("suspended").value_or(false);
  reader.finish();
  if (!code || !draft.claim("institution", *code, reader.place(), reader.field("code"))) return;
  draft.book.institutions.emplace(*code, std::move(institution));
}

void read_institution_alias(Draft& draft, TableReader& reader) {
  const std::optional<std::string> old_code = required_institution_code(reader, "old_code");
  const std::optional<std::string> new_code = required_institution_code(reader, "new_code");
  InstitutionAlias alias;
  alias.from = reader.required_date("from").value_or(CivilDate());
  alias.change_notice_recorded = reader.boolean("change_notice_recorded").value_or(false);
  reader.finish();
  if (!old_code || !new_code) return;
  if (!draft.claim("institution_alias", *old_code, reader.place(), reader.field("old_code"))) return;
  alias.old_code = *old_code;
  alias.new_code = *new_code;
  draft.book.institution_aliases.emplace(*old_code, std::move(alias));
}

// A succession leads to an institution of the book, over any number of steps, and ends.
void check_institution_aliases(Draft& draft) {
  const auto& aliases = draft.book.institution_aliases;
  for (const std::string& code : alias_cycles(aliases)) {
    draft.complaints.add(draft.places.at("institution_alias " + code), "institution_alias",
                         quoted(code) + " succeeds itself over some steps; one of the aliases is wrong");
  }
  for (const auto& [old_code, alias] : aliases) {
    if (aliases.contains(alias.new_code)) continue;
    refers(draft, draft.book.institutions, alias.new_code, draft.places.at("institution_alias " + old_code),
           "institution_alias.new_code", "institution");
  }
}

}  // namespace

void read_institutions(Draft& draft) {
  std::size_t institutions = 0;
  for (const auto& document : draft.documents) {
    TableReader& root = document->root();
    for (TableReader& reader : root.tables("institution", kInstitutionsMax)) {
      read_institution(draft, reader);
      if (++institutions > kInstitutionsMax) {
        reader.complain("code", "the book has more than " + std::to_string(kInstitutionsMax) + " institutions");
        return;
      }
    }
    for (TableReader& reader : root.tables("institution_alias", kEntriesMax)) read_institution_alias(draft, reader);
  }
  check_institution_aliases(draft);
}

}  // namespace ishi

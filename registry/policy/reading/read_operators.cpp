#include "registry/policy/reading/policy_draft.h"

namespace ishi {
namespace {

void read_operator(Draft& draft, TableReader& reader) {
  const std::optional<std::string> code = reader.required_code("code");
  OperatorOrganisation organisation;
  organisation.name = reader.required_text("name");
  if (reader.require("regimes")) {
    organisation.regimes = listed_among(draft, reader, "regimes", draft.book.regimes, "regime");
  }
  organisation.certified = reader.range("certified_from", "certified_to", true);
  organisation.blocked = reader.boolean("blocked").value_or(false);
  reader.finish();
  if (!code || !draft.claim("operator", *code, reader.place(), reader.field("code"))) return;
  organisation.code = *code;
  draft.book.operators.emplace(*code, std::move(organisation));
}

void read_operator_alias(Draft& draft, TableReader& reader) {
  const std::optional<std::string> old_code = reader.required_code("old_code");
  const std::optional<std::string> new_code = reader.required_code("new_code");
  const CivilDate from = reader.required_date("from").value_or(CivilDate());
  reader.finish();
  if (!old_code || !new_code) return;
  if (!draft.claim("operator_alias", *old_code, reader.place(), reader.field("old_code"))) return;
  draft.book.operator_aliases.emplace(*old_code, OperatorAlias{*old_code, *new_code, from});
}

void check_operator_aliases(Draft& draft) {
  const auto& aliases = draft.book.operator_aliases;
  for (const std::string& code : alias_cycles(aliases)) {
    draft.complaints.add(draft.places.at("operator_alias " + code), "operator_alias",
                         quoted(code) + " succeeds itself over some steps; one of the aliases is wrong");
  }
  for (const auto& [old_code, alias] : aliases) {
    if (aliases.contains(alias.new_code)) continue;
    refers(draft, draft.book.operators, alias.new_code, draft.places.at("operator_alias " + old_code),
           "operator_alias.new_code", "operator");
  }
}

}  // namespace

void read_operators(Draft& draft) {
  for (const auto& document : draft.documents) {
    TableReader& root = document->root();
    for (TableReader& reader : root.tables("operator", kEntriesMax)) read_operator(draft, reader);
    for (TableReader& reader : root.tables("operator_alias", kEntriesMax)) read_operator_alias(draft, reader);
  }
  check_operator_aliases(draft);
}

}  // namespace ishi

#include <algorithm>

#include "registry/policy/names.h"
#include "registry/policy/reading/policy_draft.h"

namespace ishi {
namespace {

// What a [[regime]] or a [[regime_adjustment]] may say. Both are read by the same code; an adjustment is laid over
// the regimes that it matches.
struct RegimeFields {
  std::optional<std::string> name_ja, name_en, law_reference;
  std::optional<ControlModel> control;
  std::optional<UnknownIdRule> unknown_id;
  std::optional<Cutoff> cutoff;
  std::optional<DeceasedUnnotified> deceased_unnotified;
  std::optional<DeathInWait> death_in_wait;
  std::optional<bool> filing_required, notice_portable, reversible, own_categories, per_study;
  std::optional<WaitRule> wait, change_wait;
  std::optional<int> wait_after_withdrawal_days, self_age, guardian_age_max;
  std::optional<std::set<RequesterKind>> deciders;
  std::optional<std::vector<OverrideRule>> overrides;
  std::optional<std::set<std::string>> categories, inherits;
  std::optional<CivilDate> valid_from, valid_to;
};

// Calls `with(name, left.member, right.member)` for each member.
template <typename Left, typename Right, typename With>
void for_each_field(Left& left, Right& right, With with) {
  with("name_ja", left.name_ja, right.name_ja);
  with("name_en", left.name_en, right.name_en);
  with("law_reference", left.law_reference, right.law_reference);
  with("control", left.control, right.control);
  with("unknown_id", left.unknown_id, right.unknown_id);
  with("cutoff", left.cutoff, right.cutoff);
  with("deceased_unnotified", left.deceased_unnotified, right.deceased_unnotified);
  with("death_in_wait", left.death_in_wait, right.death_in_wait);
  with("filing_required", left.filing_required, right.filing_required);
  with("notice_portable", left.notice_portable, right.notice_portable);
  with("reversible", left.reversible, right.reversible);
  with("wait", left.wait, right.wait);
  with("change_wait", left.change_wait, right.change_wait);
  with("wait_after_withdrawal_days", left.wait_after_withdrawal_days, right.wait_after_withdrawal_days);
  with("self_age", left.self_age, right.self_age);
  with("guardian_age_max", left.guardian_age_max, right.guardian_age_max);
  with("deciders", left.deciders, right.deciders);
  with("override", left.overrides, right.overrides);
  with("categories", left.categories, right.categories);
  with("own_categories", left.own_categories, right.own_categories);
  with("per_study", left.per_study, right.per_study);
  with("inherits", left.inherits, right.inherits);
  with("valid_from", left.valid_from, right.valid_from);
  with("valid_to", left.valid_to, right.valid_to);
}

struct RegimeEntry {
  std::string code;
  RegimeFields fields;
  Place place;
  std::string path;   // "regime[2]"
  bool sound = true;  // nothing is wrong with it so far; only then does it make sense to look at the whole
};
struct Adjustment {
  std::string pattern;
  std::string reform;  // only where the profile takes this reform as law; empty = always
  RegimeFields fields;
  Place place;
  std::string path;
  bool sound = true;
  bool matched = false;
  bool matches(std::string_view code) const {
    if (pattern.back() != '*') return code == pattern;
    return code.starts_with(std::string_view(pattern).substr(0, pattern.size() - 1));
  }
};

// A doubt about who the person is, a blocked recipient or an unreadable id is no matter of law: no statute lifts it.
bool can_be_lifted(ReasonCode code) {
  switch (code) {
    case ReasonCode::kDenyOptout:
    case ReasonCode::kDenyNoConsent:
    case ReasonCode::kDenyNotFiled:
    case ReasonCode::kDenyNoticeScope:
    case ReasonCode::kDenyNoNotice:
    case ReasonCode::kDenyWaiting:
    case ReasonCode::kDenyNoticeContent:
    case ReasonCode::kDenyDeceasedUnnotified:
    case ReasonCode::kDenyUnknown: return true;
    default: return false;
  }
}

std::set<ReasonCode> read_lifts(Draft& draft, TableReader& reader) {
  std::set<ReasonCode> lifts;
  const auto entries = reader.texts("lifts");
  if (!entries) return {ReasonCode::kDenyOptout};
  for (const ListedText& entry : *entries) {
    const auto code = parse_reason_code(entry.text);
    if (code && can_be_lifted(*code)) {
      lifts.insert(*code);
    } else {
      draft.complaints.add(
          entry.place, entry.field,
          quoted(entry.text) +
              " cannot be lifted; must be DENY_OPTOUT, DENY_NO_CONSENT, DENY_NOT_FILED, DENY_NOTICE_SCOPE,"
              " DENY_NO_NOTICE, DENY_WAITING, DENY_NOTICE_CONTENT, DENY_DECEASED_UNNOTIFIED or DENY_UNKNOWN");
    }
  }
  if (entries->empty()) reader.complain("lifts", "must name at least one denial");
  return lifts;
}

std::optional<std::vector<OverrideRule>> read_overrides(Draft& draft, TableReader& reader) {
  if (!reader.has("override")) return std::nullopt;
  std::vector<OverrideRule> rules;
  for (TableReader& table : reader.tables("override", kListEntriesMax)) {
    OverrideRule rule;
    rule.code = table.required_code("code").value_or(std::string());
    rule.text = table.required_text("text");
    rule.lifts = read_lifts(draft, table);
    for (const ListedText& condition : table.texts("conditions").value_or(std::vector<ListedText>())) {
      rule.conditions.insert(condition.text);
    }
    rule.purposes = listed_among(draft, table, "purposes", draft.book.purposes, "purpose");
    table.finish();
    const auto same = [&rule](const OverrideRule& other) { return other.code == rule.code; };
    if (std::any_of(rules.begin(), rules.end(), same)) {
      table.complain("code", "this regime has an override " + quoted(rule.code) + " already; keep one of the two");
    }
    rules.push_back(std::move(rule));
  }
  return rules;
}

std::optional<std::set<RequesterKind>> read_deciders(Draft& draft, TableReader& reader) {
  const auto entries = reader.texts("deciders");
  if (!entries) return std::nullopt;
  std::set<RequesterKind> deciders;
  for (const ListedText& entry : *entries) {
    if (const auto kind = parse_requester(entry.text)) {
      deciders.insert(*kind);
    } else {
      draft.complaints.add(entry.place, entry.field,
                           quoted(entry.text) + " is not known; must be " + requester_names());
    }
  }
  return deciders;
}

RegimeFields read_fields(Draft& draft, TableReader& reader) {
  RegimeFields fields;
  fields.name_ja = reader.text("name_ja");
  fields.name_en = reader.text("name_en");
  fields.law_reference = reader.text("law_reference");
  fields.control = reader.choice("control", parse_control_model, control_model_names);
  fields.unknown_id = reader.choice("unknown_id", parse_unknown_id_rule, unknown_id_rule_names);
  fields.cutoff = reader.choice("cutoff", parse_cutoff, cutoff_names);
  if (draft.handed_in && fields.cutoff == Cutoff::kCollectionTime) {
    reader.complain("cutoff",
                    "must be PROVISION_TIME or PERMIT_APPROVAL_TIME: no question says when data were collected");
  }
  fields.deceased_unnotified =
      reader.choice("deceased_unnotified", parse_deceased_unnotified, deceased_unnotified_names);
  fields.death_in_wait = reader.choice("death_in_wait", parse_death_in_wait, death_in_wait_names);
  fields.filing_required = reader.boolean("filing_required");
  fields.notice_portable = reader.boolean("notice_portable");
  fields.reversible = reader.boolean("reversible");
  fields.wait = read_wait(reader, "wait");
  fields.change_wait = read_wait(reader, "change_wait");
  fields.wait_after_withdrawal_days = reader.integer("wait_after_withdrawal_days", 0, 3'650);
  fields.self_age = reader.integer("self_age", 0, 25);
  fields.guardian_age_max = reader.integer("guardian_age_max", 0, 25);
  fields.deciders = read_deciders(draft, reader);
  fields.overrides = read_overrides(draft, reader);
  if (reader.has("categories")) {
    fields.categories = listed_among(draft, reader, "categories", draft.book.categories, "category");
  }
  fields.own_categories = reader.boolean("own_categories");
  fields.per_study = reader.boolean("per_study");
  if (const auto parents = reader.texts("inherits")) {
    fields.inherits.emplace();
    for (const ListedText& parent : *parents) fields.inherits->insert(parent.text);
  }
  fields.valid_from = reader.date("valid_from");
  fields.valid_to = reader.date("valid_to");
  reader.finish();
  return fields;
}

std::vector<RegimeEntry> read_entries(Draft& draft) {
  std::vector<RegimeEntry> entries;
  for (const auto& document : draft.documents) {
    for (TableReader& reader : document->root().tables("regime", kRegimesMax)) {
      const std::size_t complaints_before = draft.complaints.count();
      const std::optional<std::string> code = reader.required_code("code");
      for (const char* key : {"name_ja", "name_en", "law_reference", "control", "unknown_id", "valid_from"}) {
        reader.require(key);
      }
      RegimeFields fields = read_fields(draft, reader);
      if (!code || !draft.claim("regime", *code, reader.place(), reader.field("code"))) continue;
      std::string path = reader.field("");
      path.pop_back();
      const bool sound = draft.complaints.count() == complaints_before;
      entries.push_back({*code, std::move(fields), reader.place(), std::move(path), sound});
      if (entries.size() > kRegimesMax) {
        reader.complain("code", "the book has more than " + std::to_string(kRegimesMax) + " regimes");
        return entries;
      }
    }
  }
  return entries;
}

bool is_pattern(std::string_view text) {
  const std::size_t star = text.find('*');
  return !text.empty() && (star == std::string_view::npos || star + 1 == text.size());
}

std::vector<Adjustment> read_adjustments(Draft& draft) {
  std::vector<Adjustment> adjustments;
  for (const auto& document : draft.documents) {
    for (TableReader& reader : document->root().tables("regime_adjustment", kRegimesMax)) {
      const std::size_t complaints_before = draft.complaints.count();
      const std::string pattern = reader.required_text("match");
      const std::string reform = reader.code("reform").value_or(std::string());
      RegimeFields fields = read_fields(draft, reader);
      if (!is_pattern(pattern)) {
        if (!pattern.empty())
          reader.complain("match", "must be a regime code, or the beginning of codes and one * at its end");
        continue;
      }
      for_each_field(fields, fields, [&](const char* name, const auto& value, const auto&) {
        const std::string what = pattern + " " + name + (reform.empty() ? "" : " under the reform " + reform);
        if (value) draft.claim("regime_adjustment", what, reader.place_of(name), reader.field(name));
      });
      std::string path = reader.field("");
      path.pop_back();
      const bool sound = draft.complaints.count() == complaints_before;
      adjustments.push_back({pattern, reform, std::move(fields), reader.place(), std::move(path), sound});
      if (adjustments.size() > kRegimesMax) {
        reader.complain("match", "the book has more than " + std::to_string(kRegimesMax) + " adjustments");
        return adjustments;
      }
    }
  }
  // From the widest pattern to the narrowest, a whole code last: the narrower one wins, whatever document it is in. Of
  // the same pattern, a reform wins over what it reforms.
  std::stable_sort(adjustments.begin(), adjustments.end(), [](const Adjustment& a, const Adjustment& b) {
    const bool a_star = a.pattern.back() == '*', b_star = b.pattern.back() == '*';
    if (a_star != b_star) return a_star;
    if (a.pattern.size() != b.pattern.size()) return a.pattern.size() < b.pattern.size();
    return a.reform.empty() && !b.reform.empty();
  });
  return adjustments;
}

template <typename T>
void take(std::optional<T>& from, T& to) {
  if (from) to = std::move(*from);
}

Regime build(std::string code, RegimeFields fields) {
  Regime regime;
  regime.code = std::move(code);
  take(fields.name_ja, regime.name_ja);
  take(fields.name_en, regime.name_en);
  take(fields.law_reference, regime.law_reference);
  take(fields.control, regime.control);
  take(fields.unknown_id, regime.unknown_id);
  take(fields.cutoff, regime.cutoff);
  take(fields.deceased_unnotified, regime.deceased_unnotified);
  take(fields.death_in_wait, regime.death_in_wait);
  take(fields.filing_required, regime.filing_required);
  take(fields.notice_portable, regime.notice_portable);
  take(fields.reversible, regime.reversible);
  take(fields.wait, regime.wait);
  regime.change_wait = fields.change_wait.value_or(regime.wait);
  take(fields.wait_after_withdrawal_days, regime.wait_after_withdrawal_days);
  take(fields.self_age, regime.self_age);
  take(fields.guardian_age_max, regime.guardian_age_max);
  take(fields.deciders, regime.deciders);
  take(fields.overrides, regime.overrides);
  take(fields.categories, regime.categories);
  take(fields.own_categories, regime.own_categories);
  take(fields.per_study, regime.per_study);
  take(fields.inherits, regime.inherits);
  take(fields.valid_from, regime.valid.from);
  regime.valid.to = fields.valid_to;
  regime.objections_apply = regime.control != ControlModel::kStatutory;
  return regime;
}

// What only makes sense together. `add(field, message)` complains at the regime.
template <typename Add>
void check(const Regime& regime, const RegimeFields& fields, int majority_age, Add add) {
  const bool statutory = regime.control == ControlModel::kStatutory;
  const bool by_notice = regime.control == ControlModel::kNoticeOptOut;
  if (by_notice && !fields.wait)
    add("wait", "is missing; a regime of notices needs { mode = \"DAYS\", days = 30 } or the like");
  if (by_notice && regime.unknown_id == UnknownIdRule::kAllow) {
    add("unknown_id",
        "must be DENY: nobody can show that an unknown person was told. Where the duty to tell is"
        " abolished, the control is OPTOUT");
  }
  if (regime.control == ControlModel::kOptIn && regime.unknown_id == UnknownIdRule::kAllow) {
    add("unknown_id", "must be DENY: an unknown person has not consented");
  }
  if (regime.filing_required && !by_notice && regime.control != ControlModel::kPublicOptOut) {
    add("filing_required", "only goes with control NOTICE_OPTOUT or PUBLIC_OPTOUT");
  }
  const auto only_with_notices = [&](const char* key, bool written) {
    if (written && !by_notice) add(key, "only goes with control NOTICE_OPTOUT: elsewhere nobody needs to be told");
  };
  only_with_notices("deceased_unnotified", fields.deceased_unnotified.has_value());
  only_with_notices("death_in_wait", fields.death_in_wait.has_value());
  if (!statutory && regime.deciders.empty()) add("deciders", "must name who may decide; only STATUTORY has nobody");
  if (statutory && !regime.deciders.empty()) add("deciders", "must be empty: under STATUTORY nobody decides");
  if (regime.guardian_age_max + 1 < regime.self_age) {
    add("guardian_age_max", "must be at least self_age - 1 (" + std::to_string(regime.self_age - 1) +
                                "); else nobody may decide for the ages between");
  }
  if (regime.guardian_age_max >= majority_age) {
    add("guardian_age_max",
        "must be below book.majority_age (" + std::to_string(majority_age) + "), when parental authority ends");
  }
  if (regime.own_categories && regime.categories.empty()) {
    add("own_categories", "needs categories: a regime of its own has a list of what it is for");
  }
  if (regime.per_study && !(regime.filing_required && regime.control == ControlModel::kPublicOptOut)) {
    add("per_study", "only goes with control PUBLIC_OPTOUT and filing_required: a study is known by its filing");
  }
  if (regime.valid.to && *regime.valid.to <= regime.valid.from) {
    add("valid_to", "must be after valid_from (" + to_iso(regime.valid.from) +
                        "); it is the first day on which the regime no longer holds");
  }
}

bool in_force(const Draft& draft, const Adjustment& adjustment) {
  return adjustment.reform.empty() ||
         std::any_of(draft.reforms.begin(), draft.reforms.end(),
                     [&](const ListedText& reform) { return reform.text == adjustment.reform; });
}

void check_reforms(Draft& draft, const std::vector<Adjustment>& adjustments) {
  for (const ListedText& reform : draft.reforms) {
    const bool known = std::any_of(adjustments.begin(), adjustments.end(),
                                   [&](const Adjustment& adjustment) { return adjustment.reform == reform.text; });
    if (!known) {
      draft.complaints.add(
          reform.place, reform.field,
          quoted(reform.text) + " is no reform of this book: no [[regime_adjustment]] is marked with it");
    }
  }
}

// A regime inherits from others of the book, which inherit from none.
void check_parents(Draft& draft, const RegimeEntry& entry) {
  for (const std::string& parent : draft.book.regimes.at(entry.code).inherits) {
    const Regime* regime = draft.book.find_regime(parent);
    if (regime == nullptr) {
      draft.complaints.add(entry.place, entry.path + ".inherits", quoted(parent) + " is no regime of this book");
    } else if (parent == entry.code || !regime->inherits.empty()) {
      draft.complaints.add(entry.place, entry.path + ".inherits",
                           quoted(parent) + " inherits itself; name the regimes that it inherits from");
    }
  }
}

}  // namespace

std::optional<WaitRule> read_wait(TableReader& parent, const char* key) {
  std::optional<TableReader> reader = parent.table(key);
  if (!reader || !reader->require("mode")) return std::nullopt;
  const auto mode = reader->choice("mode", parse_wait_mode, wait_mode_names);
  const bool counts_days = mode != WaitMode::kMonth, counts_months = mode != WaitMode::kDays;
  WaitRule rule;
  if (const auto days = reader->integer("days", 0, 3'650)) rule.days = *days;
  if (const auto months = reader->integer("months", 1, 120)) rule.months = *months;
  reader->finish();
  if (!mode) return std::nullopt;
  rule.mode = *mode;
  if (counts_days) reader->require("days");
  if (counts_months) reader->require("months");
  if (!counts_days && reader->has("days"))
    reader->complain("days", "means nothing with mode MONTH; use MAX or drop it");
  if (!counts_months && reader->has("months")) {
    reader->complain("months", "means nothing with mode DAYS; use MAX or drop it");
  }
  return rule;
}

void read_regimes(Draft& draft) {
  std::vector<RegimeEntry> entries = read_entries(draft);
  std::vector<Adjustment> adjustments = read_adjustments(draft);
  for (RegimeEntry& entry : entries) {
    std::string adjusted_by;
    for (Adjustment& adjustment : adjustments) {
      if (!adjustment.matches(entry.code)) continue;
      adjustment.matched = true;
      if (!in_force(draft, adjustment)) continue;
      entry.sound = entry.sound && adjustment.sound;
      adjusted_by += (adjusted_by.empty() ? " (adjusted in " : ", ") + draft.complaints.describe(adjustment.place);
      for_each_field(entry.fields, adjustment.fields, [](const char*, auto& value, const auto& adjusted) {
        if (adjusted) value = adjusted;
      });
    }
    if (!adjusted_by.empty()) adjusted_by += ")";
    Regime regime = build(entry.code, entry.fields);
    if (entry.sound)
      check(regime, entry.fields, draft.book.majority_age, [&](const char* field, const std::string& message) {
        draft.complaints.add(entry.place, entry.path + "." + field, message + adjusted_by);
      });
    draft.book.regimes.insert_or_assign(entry.code, std::move(regime));
  }
  for (const RegimeEntry& entry : entries) check_parents(draft, entry);
  check_reforms(draft, adjustments);
  for (const Adjustment& adjustment : adjustments) {
    if (!adjustment.matched) {
      draft.complaints.add(
          adjustment.place, adjustment.path + ".match",
          quoted(adjustment.pattern) + " matches no regime of this book; correct it or add the regime");
    }
  }
  if (entries.empty()) {
    draft.complaints.add({0, 0}, "regime", "no document has a [[regime]]; add ops/policy/regimes.toml");
  }
}

}  // namespace ishi

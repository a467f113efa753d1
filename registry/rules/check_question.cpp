#include <algorithm>

#include "registry/rules/decide.h"
#include "registry/rules/holder_duties.h"
#include "registry/rules/parts.h"

namespace ishi {
namespace {

tl::unexpected<Error> refuse_question(const char* code, std::string detail) {
  return fail(ErrorKind::kInvalidArgument, code, std::move(detail));
}

// By its own code or by that of a successor.
bool knows_holder(const PolicyBook& book, const std::string& code) {
  return book.institutions.contains(code) || book.institutions.contains(book.current_institution(code));
}
bool knows_recipient(const PolicyBook& book, const std::string& code) {
  return book.operators.contains(code) || book.operators.contains(book.current_operator(code));
}

// Words of the ground that stand apart: "PUBLIC_BODY NO_ALTERNATIVE: registry of rare diseases".
bool states(const std::string& ground, const std::string& condition) {
  const auto is_word = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
  for (std::size_t at = ground.find(condition); at != std::string::npos; at = ground.find(condition, at + 1)) {
    const std::size_t end = at + condition.size();
    if ((at == 0 || !is_word(ground[at - 1])) && (end == ground.size() || !is_word(ground[end]))) return true;
  }
  return false;
}

// "RECEIPT, LAB": the kinds of data that a question under this regime may name.
std::string categories_listed(const PolicyBook& book, const Regime& regime) {
  std::string listed;
  const auto list = [&](const auto& categories) {
    for (const std::string& category : categories) listed += (listed.empty() ? "" : ", ") + category;
  };
  if (regime.categories.empty())
    list(book.categories);
  else
    list(regime.categories);
  return listed;
}

Result<void> check_exception(const Regime& regime, const Question& question) {
  const OverrideRule* rule = regime.find_override(question.override_code);
  if (rule == nullptr) return refuse_question("unknown_override", "override: this regime has no such exception");
  if (question.ground.empty()) return refuse_question("ground_missing", "ground: an exception must say why");
  if (!rule->purposes.empty() && !rule->purposes.contains(question.purpose)) {
    return refuse_question("purpose_not_excepted", "purpose: this exception is for certain purposes; name one of them");
  }
  for (const std::string& condition : rule->conditions) {
    if (!states(question.ground, condition)) {
      return refuse_question("condition_missing", "ground: this exception needs " + condition + " to be stated");
    }
  }
  return {};
}

Result<void> check_purpose(const PolicyBook& book, const Regime& regime, const Question& question) {
  if (regime.per_study) {
    if (question.purpose.empty()) return refuse_question("study_needed", "purpose: name the study by its number");
    if (!book.studies.contains(question.purpose)) {
      return refuse_question("unknown_study", "purpose: no institution of the policy book has published this study");
    }
    return {};
  }
  if (question.purpose.empty() || book.purposes.contains(question.purpose)) return {};
  return refuse_question("unknown_purpose", "purpose: not in the policy book");
}

// A linkage names both laws: as a regime that inherits from them, or as the regime of the other database.
Result<void> check_linkage(const PolicyBook& book, const Regime& regime, const Question& question) {
  if (question.linked_regime.empty()) {
    if (question.point != FilterPoint::kLinkage || !regime.inherits.empty()) return {};
    return refuse_question("linkage_needed",
                           "point: a linkage is of two databases; write F2: and the regime of the other one");
  }
  const Regime* linked = book.find_regime(question.linked_regime);
  if (linked == nullptr) return refuse_question("unknown_regime", "point: its regime is not in the policy book");
  if (linked == &regime || !linked->inherits.empty()) {
    return refuse_question("linkage_needed", "point: name the regime of the other database itself");
  }
  const bool speaks_of_all =
      linked->categories.empty() ||
      std::all_of(question.categories.begin(), question.categories.end(),
                  [&](const std::string& category) { return linked->categories.contains(category); });
  if (speaks_of_all) return {};
  return refuse_question("unknown_category", "categories: the database to be joined holds none of one of them");
}

bool any_part_needs_holder(const PolicyBook& book, const Regime& regime, const Question& question) {
  const std::vector<Question> others = other_parts(book, question);
  return needs_holder(regime) || std::any_of(others.begin(), others.end(), [&](const Question& part) {
           return needs_holder(*book.find_regime(part.regime));
         });
}

}  // namespace

Result<void> check_question(const PolicyBook& book, const Question& question) {
  const Regime* regime = book.find_regime(question.regime);
  if (regime == nullptr) return refuse_question("unknown_regime", "regime: not in the policy book");
  if (!regime->valid.contains(jst_date(question.as_of))) {
    return refuse_question("regime_not_in_force", "regime: not in force on " + to_iso(jst_date(question.as_of)));
  }
  if (question.holder.empty()) {
    if (any_part_needs_holder(book, *regime, question))
      return refuse_question("holder_missing", "holder: this regime binds the holder; name it");
  } else if (!knows_holder(book, question.holder)) {
    return refuse_question("unknown_holder", "holder: no such institution in the policy book");
  }
  if (!question.recipient.empty() && !knows_recipient(book, question.recipient)) {
    return refuse_question("unknown_recipient", "recipient: no such operator in the policy book");
  }
  if (auto fits = check_purpose(book, *regime, question); !fits) return fits;
  if (question.record_from && question.record_to && *question.record_to < *question.record_from) {
    return refuse_question("record_period_invalid", "record_to: lies before record_from");
  }
  for (const std::string& category : question.categories) {
    const bool known =
        regime->categories.empty() ? book.categories.contains(category) : regime->categories.contains(category);
    if (!known) {
      return refuse_question(
          "unknown_category",
          "categories: one of them is not a category of this regime; there are " + categories_listed(book, *regime));
    }
  }
  if (auto fits = check_linkage(book, *regime, question); !fits) return fits;
  if (question.categories.empty() && needs_categories(book, *regime)) {
    return refuse_question("categories_needed",
                           "categories: name them; one that this regime may hold has a law of its own. There are " +
                               categories_listed(book, *regime));
  }
  return question.override_code.empty() ? Result<void>() : check_exception(*regime, question);
}

}  // namespace ishi

#include <algorithm>

#include "registry/rules/decide.h"

namespace ishi {
namespace {

bool names(const std::vector<std::string>& listed, const std::string& asked) {
  return std::find(listed.begin(), listed.end(), asked) != listed.end();
}

// A code that changed hands means its successor. A prohibition follows every succession that the book knows
// (`on` missing); a permission only those in force on the day asked about.
using Day = std::optional<CivilDate>;

bool names_holder(const PolicyBook& book, const std::vector<std::string>& listed, const std::string& asked, Day on) {
  const std::string current = book.current_institution(asked, on);
  return std::any_of(listed.begin(), listed.end(),
                     [&](const std::string& code) { return book.current_institution(code, on) == current; });
}

bool names_recipient(const PolicyBook& book, const std::vector<std::string>& listed, const std::string& asked, Day on) {
  const std::string current = book.current_operator(asked, on);
  return std::any_of(listed.begin(), listed.end(),
                     [&](const std::string& code) { return book.current_operator(code, on) == current; });
}

// A study is a purpose of its own. What it is for is not known here, so a word against any purpose binds it.
bool touches_purpose(const PolicyBook& book, const Scope& scope, const Question& question) {
  if (scope.purposes.empty() || question.purpose.empty() || names(scope.purposes, question.purpose)) return true;
  const auto is_study = [&](const std::string& purpose) { return book.studies.contains(purpose); };
  return is_study(question.purpose) && !std::all_of(scope.purposes.begin(), scope.purposes.end(), is_study);
}

// A day in common; a period that is open on a side has no end there.
bool touches_period(const Scope& scope, const Question& question) {
  return !(scope.record_to && question.record_from && *scope.record_to < *question.record_from) &&
         !(scope.record_from && question.record_to && *question.record_to < *scope.record_from);
}

bool covers_period(const Scope& scope, const Question& question) {
  return (!scope.record_from || (question.record_from && *scope.record_from <= *question.record_from)) &&
         (!scope.record_to || (question.record_to && *question.record_to <= *scope.record_to));
}

// The kinds of data that are asked for: those named, else all that the regime covers. Empty: all there are.
std::vector<std::string> categories_asked(const PolicyBook& book, const Question& question) {
  const Regime* regime = book.find_regime(question.regime);
  if (!question.categories.empty() || regime == nullptr) return question.categories;
  return {regime->categories.begin(), regime->categories.end()};
}

bool touches_categories(const PolicyBook& book, const Scope& scope, const Question& question) {
  if (scope.categories.empty()) return true;
  const std::vector<std::string> asked = categories_asked(book, question);
  return asked.empty() || std::any_of(asked.begin(), asked.end(),
                                      [&](const std::string& category) { return names(scope.categories, category); });
}

bool covers_categories(const PolicyBook& book, const Scope& scope, const Question& question) {
  if (scope.categories.empty()) return true;
  const std::vector<std::string> asked = categories_asked(book, question);
  return !asked.empty() && std::all_of(asked.begin(), asked.end(),
                                       [&](const std::string& category) { return names(scope.categories, category); });
}

}  // namespace

bool touches(const PolicyBook& book, const Scope& scope, const Question& question) {
  const auto open = [](const auto& listed, const auto& asked) { return listed.empty() || asked.empty(); };
  return (open(scope.regimes, question.regime) || names(scope.regimes, question.regime)) &&
         (open(scope.holders, question.holder) || names_holder(book, scope.holders, question.holder, {})) &&
         (open(scope.recipients, question.recipient) ||
          names_recipient(book, scope.recipients, question.recipient, {})) &&
         touches_purpose(book, scope, question) && touches_period(scope, question) &&
         touches_categories(book, scope, question);
}

bool covers(const PolicyBook& book, const Scope& scope, const Question& question) {
  const Day today = jst_date(question.as_of);
  const auto open = [](const auto& listed) { return listed.empty(); };
  const auto closed = [](const auto& asked) { return !asked.empty(); };
  return (open(scope.regimes) || names(scope.regimes, question.regime)) &&
         (open(scope.holders) ||
          (closed(question.holder) && names_holder(book, scope.holders, question.holder, today))) &&
         (open(scope.recipients) ||
          (closed(question.recipient) && names_recipient(book, scope.recipients, question.recipient, today))) &&
         (open(scope.purposes) || (closed(question.purpose) && names(scope.purposes, question.purpose))) &&
         covers_period(scope, question) && covers_categories(book, scope, question);
}

}  // namespace ishi

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
         (open(scope.purposes, question.purpose) || names(scope.purposes, question.purpose)) &&
         touches_categories(book, scope, question);
}

bool covers(const PolicyBook& book, const Scope& scope, const Question& question) {
  if (scope.record_from || scope.record_to) return false;
  const Day today = jst_date(question.as_of);
  const auto open = [](const auto& listed) { return listed.empty(); };
  const auto closed = [](const auto& asked) { return !asked.empty(); };
  return (open(scope.regimes) || names(scope.regimes, question.regime)) &&
         (open(scope.holders) ||
          (closed(question.holder) && names_holder(book, scope.holders, question.holder, today))) &&
         (open(scope.recipients) ||
          (closed(question.recipient) && names_recipient(book, scope.recipients, question.recipient, today))) &&
         (open(scope.purposes) || (closed(question.purpose) && names(scope.purposes, question.purpose))) &&
         covers_categories(book, scope, question);
}

}  // namespace ishi

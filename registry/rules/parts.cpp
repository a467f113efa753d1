#include "registry/rules/parts.h"

#include <algorithm>

namespace ishi {
namespace {

bool holds(const Regime& regime, const std::string& category) {
  return regime.categories.empty() || regime.categories.contains(category);
}

bool is_asked(const Regime& regime, const Question& question, const std::string& category) {
  if (question.categories.empty()) return holds(regime, category);
  return std::find(question.categories.begin(), question.categories.end(), category) != question.categories.end();
}

}  // namespace

std::vector<Question> other_parts(const PolicyBook& book, const Question& question) {
  std::vector<Question> parts;
  const Regime* named = book.find_regime(question.regime);
  if (named == nullptr) return parts;
  const auto ask = [&](const std::string& regime) -> Question& {
    parts.push_back(question);
    parts.back().regime = regime;
    return parts.back();
  };
  for (const std::string& parent : named->inherits) ask(parent);
  if (!question.linked_regime.empty()) ask(question.linked_regime);
  for (const auto& [code, own] : book.regimes) {
    if (!own.own_categories || code == named->code) continue;
    std::vector<std::string> asked;
    for (const std::string& category : own.categories) {
      if (is_asked(*named, question, category)) asked.push_back(category);
    }
    if (!asked.empty()) ask(code).categories = std::move(asked);
  }
  return parts;
}

bool needs_categories(const PolicyBook& book, const Regime& regime) {
  return std::any_of(book.regimes.begin(), book.regimes.end(), [&](const auto& entry) {
    const Regime& own = entry.second;
    return own.own_categories && own.code != regime.code &&
           std::any_of(own.categories.begin(), own.categories.end(),
                       [&](const std::string& category) { return holds(regime, category); });
  });
}

}  // namespace ishi

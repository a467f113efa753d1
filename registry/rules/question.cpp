#include "registry/rules/question.h"

namespace ishi {

std::string point_text(const Question& question) {
  std::string text(name_of(question.point));
  if (!question.linked_regime.empty()) text += ":" + question.linked_regime;
  return text;
}

bool read_point(std::string_view text, Question& question) {
  const auto mark = text.find(':');
  const auto point = parse_filter_point(text.substr(0, mark));
  const bool linked = mark != std::string_view::npos;
  if (!point || (linked && (*point != FilterPoint::kLinkage || mark + 1 == text.size()))) return false;
  question.point = *point;
  question.linked_regime = linked ? text.substr(mark + 1) : std::string_view();
  return true;
}

}  // namespace ishi

#include "registry/policy/reading/toml_guard.h"

namespace ishi {
namespace {

// The end of the string that starts at `at` (its opening quote), one past its closing quote. A single-line string that
// is not closed ends at its line, where the library stops reading too.
std::size_t end_of_string(std::string_view text, std::size_t at, std::uint32_t& line) {
  const char quote = text[at];
  const bool escapes = quote == '"';
  const bool multi_line = at + 2 < text.size() && text[at + 1] == quote && text[at + 2] == quote;
  std::size_t i = at + (multi_line ? 3 : 1);
  while (i < text.size()) {
    if (escapes && text[i] == '\\' && i + 1 < text.size() && text[i + 1] != '\n') {
      i += 2;
    } else if (text[i] == '\n') {
      if (!multi_line) return i;
      ++line;
      ++i;
    } else if (text[i] != quote) {
      ++i;
    } else if (!multi_line) {
      return i + 1;
    } else {
      std::size_t quotes = 0;  // up to two may belong to the content before the closing three
      while (i < text.size() && text[i] == quote && quotes < 5) ++i, ++quotes;
      if (quotes >= 3) return i;
    }
  }
  return i;
}

}  // namespace

std::optional<TomlObstacle> find_toml_obstacle(std::string_view text, std::size_t& marks) {
  std::uint32_t line = 1;
  int depth = 0, dots = 0;
  std::size_t i = 0;
  while (i < text.size()) {
    const char c = text[i];
    if (c == '"' || c == '\'') {
      i = end_of_string(text, i, line);
      continue;
    }
    if (c == '#') {
      while (i < text.size() && text[i] != '\n') ++i;
      continue;
    }
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && depth > 0) --depth;
    if (c == '[' || c == '{' || c == ',' || c == '=') ++marks;
    if (c == '.') ++dots;
    if (depth > kTomlBracketsDeepMax) {
      return TomlObstacle{line, "brackets are nested deeper than " + std::to_string(kTomlBracketsDeepMax)};
    }
    if (dots > kTomlDotsPerLineMax) {
      return TomlObstacle{line,
                          "more than " + std::to_string(kTomlDotsPerLineMax) + " dots outside strings in one line"};
    }
    if (marks > kTomlMarksMax) {
      return TomlObstacle{line,
                          "the documents hold more than " + std::to_string(kTomlMarksMax) + " values; split the book"};
    }
    if (c == '\n') {
      ++line;
      dots = 0;
    }
    ++i;
  }
  return std::nullopt;
}

}  // namespace ishi

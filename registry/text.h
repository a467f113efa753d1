// Text as bytes: blanks around it, and UTF-8 (RFC 3629). The one place that knows either. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ishi {

constexpr std::string_view kBlanks = " \t";                 // inside a line
constexpr std::string_view kBlanksAndLineEnds = " \t\r\n";  // around whole lines

// `text` without what stands in `blanks` at its two ends.
constexpr std::string_view trimmed(std::string_view text, std::string_view blanks = kBlanks) {
  while (!text.empty() && blanks.find(text.front()) != std::string_view::npos) text.remove_prefix(1);
  while (!text.empty() && blanks.find(text.back()) != std::string_view::npos) text.remove_suffix(1);
  return text;
}

// Is it well-formed: no overlong form, no surrogate, nothing above U+10FFFF? Eight ASCII bytes are one step.
bool utf8_valid(std::string_view text);
// Takes the first scalar value off `rest`. Nothing, and `rest` as it was, when what stands there is not well-formed.
std::optional<std::uint32_t> take_utf8(std::string_view& rest);
// REQUIRES: a Unicode scalar value.
void append_utf8(std::string& out, std::uint32_t scalar);

// What a terminal may be shown of a text that somebody else wrote: one line, in which a "?" stands for every control
// character (also those of C1, which some terminals obey), line and paragraph separator, and mark that turns the
// direction of writing, and for every byte that is no UTF-8.
std::string printable(std::string_view text);

}  // namespace ishi

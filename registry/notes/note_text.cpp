#include "registry/notes/note_text.h"

#include "registry/text.h"

namespace ishi {
namespace {

// Unicode's White_Space.
bool is_space(std::uint32_t scalar) {
  return (scalar >= 0x09 && scalar <= 0x0d) || scalar == 0x20 || scalar == 0x85 || scalar == 0xa0 || scalar == 0x1680 ||
         (scalar >= 0x2000 && scalar <= 0x200a) || scalar == 0x2028 || scalar == 0x2029 || scalar == 0x202f ||
         scalar == 0x205f || scalar == 0x3000;
}

}  // namespace

bool is_note_text(std::string_view text) {
  while (!text.empty()) {
    const auto scalar = take_utf8(text);
    if (!scalar || (*scalar < 0x20 && *scalar != '\n')) return false;
  }
  return true;
}

bool is_key_name(std::string_view name) {
  if (name.empty()) return false;
  while (!name.empty()) {
    const auto scalar = take_utf8(name);
    if (!scalar || *scalar < 0x20 || *scalar == '+' || is_space(*scalar)) return false;
  }
  return true;
}

std::optional<std::string_view> take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

std::optional<std::uint64_t> parse_decimal(std::string_view digits) {
  if (digits.empty() || (digits.size() > 1 && digits.front() == '0')) return std::nullopt;
  std::uint64_t value = 0;
  for (const char digit : digits) {
    if (digit < '0' || digit > '9') return std::nullopt;
    const auto added = static_cast<std::uint64_t>(digit - '0');
    if (value > ((std::uint64_t{1} << 63) - 1 - added) / 10) return std::nullopt;
    value = value * 10 + added;
  }
  return value;
}

}  // namespace ishi

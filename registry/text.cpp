#include "registry/text.h"

#include <cstring>

namespace ishi {
namespace {

bool continues(unsigned char byte) {
  return (byte & 0xC0) == 0x80;
}

// Length of the sequence at `bytes`, 0 if it is none. The narrowed second byte excludes overlong forms, surrogates
// and what lies above U+10FFFF (RFC 3629 section 4).
std::size_t sequence_length(const unsigned char* bytes, std::size_t left) {
  const unsigned char lead = bytes[0];
  if (lead < 0x80) return 1;
  if (lead < 0xC2) return 0;
  if (lead < 0xE0) return left >= 2 && continues(bytes[1]) ? 2 : 0;
  if (lead < 0xF0) {
    if (left < 3 || !continues(bytes[1]) || !continues(bytes[2])) return 0;
    if (lead == 0xE0 && bytes[1] < 0xA0) return 0;
    if (lead == 0xED && bytes[1] > 0x9F) return 0;
    return 3;
  }
  if (lead > 0xF4 || left < 4 || !continues(bytes[1]) || !continues(bytes[2]) || !continues(bytes[3])) return 0;
  if (lead == 0xF0 && bytes[1] < 0x90) return 0;
  if (lead == 0xF4 && bytes[1] > 0x8F) return 0;
  return 4;
}

bool rules_a_terminal(std::uint32_t scalar) {
  const auto within = [scalar](std::uint32_t first, std::uint32_t last) { return first <= scalar && scalar <= last; };
  return scalar < 0x20 || within(0x7F, 0x9F) || scalar == 0x061C || within(0x200E, 0x200F) || within(0x2028, 0x202E) ||
         within(0x2066, 0x2069);
}

}  // namespace

bool utf8_valid(std::string_view text) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  const std::size_t size = text.size();
  for (std::size_t at = 0; at < size;) {
    // Insurance files are ASCII almost everywhere: eight bytes at a time.
    while (size - at >= 8) {
      std::uint64_t word;
      std::memcpy(&word, bytes + at, sizeof word);
      if ((word & 0x8080808080808080ULL) != 0) break;
      at += 8;
    }
    if (at == size) break;
    const std::size_t length = sequence_length(bytes + at, size - at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::optional<std::uint32_t> take_utf8(std::string_view& rest) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(rest.data());
  const std::size_t length = rest.empty() ? 0 : sequence_length(bytes, rest.size());
  if (length == 0) return std::nullopt;
  constexpr unsigned char kLeadBits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  std::uint32_t scalar = bytes[0] & kLeadBits[length];
  for (std::size_t i = 1; i < length; ++i) scalar = (scalar << 6) | (bytes[i] & 0x3FU);
  rest.remove_prefix(length);
  return scalar;
}

void append_utf8(std::string& out, std::uint32_t scalar) {
  const auto byte = [&out](std::uint32_t value) {
    out.push_back(static_cast<char>(static_cast<unsigned char>(value)));
  };
  if (scalar < 0x80) {
    byte(scalar);
  } else if (scalar < 0x800) {
    byte(0xC0 | (scalar >> 6));
    byte(0x80 | (scalar & 0x3F));
  } else if (scalar < 0x10000) {
    byte(0xE0 | (scalar >> 12));
    byte(0x80 | ((scalar >> 6) & 0x3F));
    byte(0x80 | (scalar & 0x3F));
  } else {
    byte(0xF0 | (scalar >> 18));
    byte(0x80 | ((scalar >> 12) & 0x3F));
    byte(0x80 | ((scalar >> 6) & 0x3F));
    byte(0x80 | (scalar & 0x3F));
  }
}

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const std::string_view before = text;
    const auto scalar = take_utf8(text);
    if (!scalar) text.remove_prefix(1);
    if (scalar && !rules_a_terminal(*scalar))
      shown += before.substr(0, before.size() - text.size());
    else
      shown += '?';
  }
  return shown;
}

}  // namespace ishi

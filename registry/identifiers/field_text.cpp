#include "registry/identifiers/field_text.h"

namespace ishi {
namespace {

constexpr char kDropped = '\0';
constexpr char kForbidden = '\x01';

// What each ASCII character becomes. NFKC leaves ASCII alone.
constexpr std::array<char, 128> make_ascii_table() {
  std::array<char, 128> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const char c = static_cast<char>(i);
    if (c == ' ' || (c >= '\t' && c <= '\r'))
      table[i] = kDropped;
    else if (c < ' ' || c == '\x7f' || c == '|' || c == ':')
      table[i] = kForbidden;
    else
      table[i] = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return table;
}

constexpr auto kAscii = make_ascii_table();

}  // namespace

void FieldText::fold(std::string_view raw) {
  if (raw.size() > kRawBytesMax) return stop(FieldFault::kTooLong);
  for (const char c : raw) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) {
      return fold_unicode(raw);
    }
    const char folded = kAscii[byte];
    if (folded == kDropped) continue;
    if (folded == kForbidden) {
      fault_ = FieldFault::kForbiddenCharacter;
      continue;
    }
    if (size_ == kBytesMax) return stop(FieldFault::kTooLong);
    bytes_[size_++] = folded;
  }
}

}  // namespace ishi

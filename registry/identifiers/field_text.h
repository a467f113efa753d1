// FieldText: one field of an insurance card, from any of its disguises, in the one form N(x) of LAW.md 5.8:
//   NFKC; blanks (Unicode White_Space, so U+3000, tab and line ends too) removed; U+2010..2015, U+2212, U+FE63 and
//   U+00AD become '-'; U+30FC becomes '-' between two letters or digits neither of which is kana; ASCII upper case.
//   Kana are never folded. NFKC runs again after the removals, so that folding a folded text changes nothing.
// Internal to this room. Pure; any thread. Pure ASCII never meets ICU and nothing here allocates.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ishi {

constexpr std::int32_t kLongVowelMark = 0x30FC;  // U+30FC, a code point

enum class FieldFault : std::uint8_t {
  kNone,
  kForbiddenCharacter,  // '|', ':', a control, format, invisible or unassigned character
  kNotUtf8,
  kTooLong,
};

class FieldText {
 public:
  static constexpr std::size_t kRawBytesMax = 256;  // as it arrives: full width and padded with blanks
  static constexpr std::size_t kBytesMax = 64;      // after folding

  explicit FieldText(std::string_view raw) { fold(raw); }
  FieldFault fault() const { return fault_; }
  // Empty after kNotUtf8 and kTooLong. After kForbiddenCharacter it is the folded text without those characters,
  // so that a My Number cannot hide behind them.
  std::string_view view() const { return {bytes_.data(), size_}; }
  // Some run of exactly 12 digits in it, hyphens aside, is a My Number.
  bool holds_my_number() const;

 private:
  void fold(std::string_view raw);
  void fold_unicode(std::string_view raw);
  void stop(FieldFault fault) {
    fault_ = fault;
    size_ = 0;
  }

  std::array<char, kBytesMax> bytes_;
  std::size_t size_ = 0;
  FieldFault fault_ = FieldFault::kNone;
};

}  // namespace ishi

// The half of FieldText that needs ICU: text with anything beyond ASCII.
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include <cstring>
#include <span>

#include "registry/assert.h"
#include "registry/identifiers/field_text.h"

namespace ishi {
namespace {

constexpr UChar32 kSoftHyphen = 0x00AD;

// NFKC makes at most 18 UTF-16 units of one character of 3 bytes (U+FDFA).
constexpr std::size_t kFoldedUnitsMax = FieldText::kRawBytesMax * 6;

struct Units {
  std::array<UChar, kFoldedUnitsMax> units;
  std::int32_t size = 0;
};

void nfkc(std::span<const UChar> from, Units& to) {
  UErrorCode error = U_ZERO_ERROR;
  const UNormalizer2* const normalizer = unorm2_getNFKCInstance(&error);
  to.size = unorm2_normalize(normalizer, from.data(), static_cast<std::int32_t>(from.size()), to.units.data(),
                             static_cast<std::int32_t>(to.units.size()), &error);
  ISHI_ASSERT(U_SUCCESS(error));
}

bool is_hyphen(UChar32 c) {
  return (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFE63 || c == kSoftHyphen;
}

// Two fields that look the same must be the same: what cannot be seen may not stand in one. An unassigned
// character may fold differently with the next edition of Unicode, and would then change the token.
bool is_forbidden(UChar32 c) {
  if (c == '|' || c == ':') return true;
  const auto category = u_charType(c);
  return category == U_CONTROL_CHAR || category == U_FORMAT_CHAR || category == U_UNASSIGNED ||
         u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

bool is_kana(UChar32 c) {
  UErrorCode error = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(c, &error);
  return script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA;
}

// サーバー keeps its long vowels; 1ー2 and 千ー12 are hyphens that someone typed on a Japanese keyboard.
bool makes_hyphens_of_long_vowels(UChar32 c) {
  return c != kLongVowelMark && u_isalnum(c) && !is_kana(c);
}

UChar32 folded(UChar32 c) {
  if (is_hyphen(c)) return '-';
  return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
}

// Drops and replaces in place: nothing grows, for every character stays within its plane.
FieldFault drop_and_map(Units& text) {
  FieldFault fault = FieldFault::kNone;
  std::int32_t kept = 0;
  for (std::int32_t next = 0; next < text.size;) {
    UChar32 c;
    U16_NEXT(text.units.data(), next, text.size, c);
    if (u_isUWhiteSpace(c)) continue;
    if (!is_hyphen(c) && is_forbidden(c)) {
      fault = FieldFault::kForbiddenCharacter;
      continue;
    }
    U16_APPEND_UNSAFE(text.units.data(), kept, folded(c));
  }
  text.size = kept;
  return fault;
}

void fold_long_vowels(Units& text) {
  const UChar* const units = text.units.data();
  for (std::int32_t at = 1; at + 1 < text.size; ++at) {
    if (units[at] != kLongVowelMark) continue;
    UChar32 before, after;
    std::int32_t before_at = at, after_at = at + 1;
    U16_PREV(units, 0, before_at, before);
    U16_NEXT(units, after_at, text.size, after);
    if (makes_hyphens_of_long_vowels(before) && makes_hyphens_of_long_vowels(after))
      text.units[static_cast<std::size_t>(at)] = '-';
  }
}

}  // namespace

void FieldText::fold_unicode(std::string_view raw) {
  std::array<UChar, kRawBytesMax> wide;
  std::int32_t wide_size = 0;
  UErrorCode error = U_ZERO_ERROR;
  u_strFromUTF8(wide.data(), static_cast<std::int32_t>(wide.size()), &wide_size, raw.data(),
                static_cast<std::int32_t>(raw.size()), &error);
  if (U_FAILURE(error)) return stop(FieldFault::kNotUtf8);

  Units once, twice;
  nfkc({wide.data(), static_cast<std::size_t>(wide_size)}, once);
  fault_ = drop_and_map(once);
  nfkc({once.units.data(), static_cast<std::size_t>(once.size)}, twice);
  fold_long_vowels(twice);

  std::int32_t size = 0;
  error = U_ZERO_ERROR;
  u_strToUTF8(bytes_.data(), static_cast<std::int32_t>(bytes_.size()), &size, twice.units.data(), twice.size, &error);
  if (error == U_BUFFER_OVERFLOW_ERROR) return stop(FieldFault::kTooLong);
  ISHI_ASSERT(U_SUCCESS(error));
  size_ = static_cast<std::size_t>(size);
}

}  // namespace ishi

// A My Number within words that people wrote.
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <string>
#include <vector>

#include "registry/identifiers/check_digit.h"
#include "registry/identifiers/field_text.h"

namespace ishi {
namespace {

bool may_stand_between_digits(UChar32 c) {
  return u_isUWhiteSpace(c) || u_hasBinaryProperty(c, UCHAR_DASH) || c == kLongVowelMark || c == '|' || c == ':' ||
         u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

// 1234 5678 9018 is one My Number; in "2026 1234 5678 9018" it is still one. A run of more than twelve digits with
// nothing between is another number.
bool neighbours_make_my_number(const std::vector<std::string>& groups) {
  for (std::size_t first = 0; first < groups.size(); ++first) {
    std::string digits;
    for (std::size_t next = first; next < groups.size() && digits.size() < kMyNumberDigits; ++next)
      digits += groups[next];
    if (is_my_number(digits)) return true;
  }
  return false;
}

}  // namespace

bool text_holds_my_number(std::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* const nfkc = icu::Normalizer2::getNFKCInstance(error);
  const icu::UnicodeString raw =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  const icu::UnicodeString folded = U_SUCCESS(error) ? nfkc->normalize(raw, error) : raw;
  if (U_FAILURE(error)) return true;  // out of memory: nothing unread is let in

  std::vector<std::string> groups;
  bool in_group = false;
  for (std::int32_t at = 0; at < folded.length(); at = folded.moveIndex32(at, 1)) {
    const UChar32 c = folded.char32At(at);
    const std::int32_t digit = u_charDigitValue(c);
    if (digit >= 0) {
      if (!in_group) groups.emplace_back();
      groups.back() += static_cast<char>('0' + digit);
    } else if (!may_stand_between_digits(c)) {
      if (neighbours_make_my_number(groups)) return true;
      groups.clear();
    }
    in_group = digit >= 0;
  }
  return neighbours_make_my_number(groups);
}

}  // namespace ishi

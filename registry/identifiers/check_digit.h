// Check digits (LAW.md 5.1, 5.3, 5.4, 5.5). ASCII digits only; anything else is not valid. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace ishi {

constexpr std::size_t kMyNumberDigits = 12;

constexpr bool all_digits(std::string_view text) {  // true of the empty text
  for (const char c : text)
    if (c < '0' || c > '9') return false;
  return true;
}

// Known hole: 09 written for 90, or the reverse, goes unseen. nullopt for an empty payload.
// Weights 2,1,2,… from the right, digits of products added: insurers, public payers, recipients, institutions.
std::optional<char> luhn_check_digit(std::string_view payload);
bool luhn_valid(std::string_view digits);
// 12 digits with the right My Number (個人番号) check digit. Such a value is refused everywhere and never logged.
bool is_my_number(std::string_view digits);
// True if the text, after width folding and dropping blanks, hyphens, long vowel marks (U+30FC) and characters that
// no field may hold ('|', ':', invisible ones), is a My Number. False for text of more than 256 bytes or bad UTF-8.
bool looks_like_my_number(std::string_view text);
// True if a My Number stands anywhere in free text, in any of those disguises: groups of digits with blanks, hyphens or
// unseen characters between them that are twelve digits together. For text that will be kept; one chance in eleven that
// another number of twelve digits is refused. Time grows with the text: bound it first.
bool text_holds_my_number(std::string_view text);
// 10 digits: prefecture 01..47, kind 1, 3, 4 or 6, check digit right.
bool institution_code_valid(std::string_view code);

}  // namespace ishi

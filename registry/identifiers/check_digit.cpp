#include "registry/identifiers/check_digit.h"

namespace ishi {
std::optional<char> luhn_check_digit(std::string_view payload) {
  if (payload.empty() || !all_digits(payload)) return std::nullopt;
  unsigned sum = 0;
  bool doubled = true;
  for (auto digit = payload.rbegin(); digit != payload.rend(); ++digit, doubled = !doubled) {
    const unsigned product = static_cast<unsigned>(*digit - '0') * (doubled ? 2 : 1);
    sum += product > 9 ? product - 9 : product;
  }
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

bool luhn_valid(std::string_view digits) {
  if (digits.size() < 2) return false;
  const auto check = luhn_check_digit(digits.substr(0, digits.size() - 1));
  return check && *check == digits.back();
}

bool is_my_number(std::string_view digits) {
  if (digits.size() != 12 || !all_digits(digits)) return false;
  unsigned sum = 0;
  for (unsigned n = 1; n <= 11; ++n) sum += static_cast<unsigned>(digits[11 - n] - '0') * (n <= 6 ? n + 1 : n - 5);
  const unsigned remainder = sum % 11;
  const unsigned check = remainder <= 1 ? 0 : 11 - remainder;
  return digits[11] == static_cast<char>('0' + check);
}

bool institution_code_valid(std::string_view code) {
  if (code.size() != 10 || !luhn_valid(code)) return false;
  const int prefecture = (code[0] - '0') * 10 + (code[1] - '0');
  const char kind = code[2];
  return prefecture >= 1 && prefecture <= 47 && (kind == '1' || kind == '3' || kind == '4' || kind == '6');
}

}  // namespace ishi

// The My Number guard (LAW.md 5.5): what may not come in, in whatever dress.
#include "registry/identifiers/check_digit.h"
#include "registry/identifiers/field_text.h"

namespace ishi {
namespace {

constexpr std::string_view kLongVowelMarkUtf8 = "\xE3\x83\xBC";  // U+30FC, typed for a hyphen between groups of digits

// Drops a hyphen, in either guise, from the front.
bool take_hyphen(std::string_view& text) {
  const std::size_t size = text.starts_with('-')                  ? 1
                           : text.starts_with(kLongVowelMarkUtf8) ? kLongVowelMarkUtf8.size()
                                                                  : 0;
  text.remove_prefix(size);
  return size != 0;
}

}  // namespace

bool FieldText::holds_my_number() const {
  if (size_ < kMyNumberDigits) return false;
  std::array<char, kMyNumberDigits> run{};
  std::size_t run_size = 0;
  const auto run_is_my_number = [&] { return run_size == run.size() && is_my_number({run.data(), run.size()}); };
  for (std::string_view rest = view(); !rest.empty();) {
    if (take_hyphen(rest)) continue;
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c >= '0' && c <= '9') {
      if (run_size < run.size()) run[run_size] = c;
      ++run_size;
      continue;
    }
    if (run_is_my_number()) return true;
    run_size = 0;
  }
  return run_is_my_number();
}

bool looks_like_my_number(std::string_view text) {
  const FieldText field(text);
  std::array<char, kMyNumberDigits> digits{};
  std::size_t count = 0;
  for (std::string_view rest = field.view(); !rest.empty();) {
    if (take_hyphen(rest)) continue;
    if (count == digits.size()) return false;
    digits[count++] = rest.front();
    rest.remove_prefix(1);
  }
  return count == digits.size() && is_my_number({digits.data(), digits.size()});
}

}  // namespace ishi

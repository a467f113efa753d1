// The canonical forms of LAW.md 5.8, written once for every kind of text: a std::string, or a CanonicalText on the
// stack where a token must not cost an allocation. Internal to this room.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "registry/identifiers/field_text.h"
#include "registry/identifiers/insurance_id.h"

namespace ishi {

// Holds the longest form that a parsed identifier has. Anything longer overflows, and then the view is empty.
class CanonicalText {
 public:
  void append(std::string_view text) {
    if (text.size() > bytes_.size() - size_) overflowed_ = true;
    if (overflowed_) return;
    if (!text.empty()) std::memcpy(bytes_.data() + size_, text.data(), text.size());
    size_ += text.size();
  }
  void push_back(char c) { append({&c, 1}); }
  bool overflowed() const { return overflowed_; }
  std::string_view view() const { return {bytes_.data(), overflowed_ ? 0 : size_}; }

 private:
  static constexpr std::size_t kSizeMax = std::string_view("v1L|12345678|||00").size() + 2 * FieldText::kBytesMax;
  std::array<char, kSizeMax> bytes_;
  std::size_t size_ = 0;
  bool overflowed_ = false;
};

// v1|INS8|symbol|number|branch
template <typename Text>
void write_exact(const InsuranceId& id, std::string_view branch, Text& out) {
  out.append(std::string_view("v1|"));
  out.append(id.insurer);
  out.push_back('|');
  out.append(id.symbol);
  out.push_back('|');
  out.append(id.number);
  out.push_back('|');
  out.append(branch);
}

// L(x): without - ・ . / ; and without zeros at the start of a run of digits. A run of nothing but zeros keeps one,
// so that number 0 does not become a missing number.
template <typename Text>
void write_loose_field(std::string_view field, Text& out) {
  constexpr std::string_view kMiddleDot = "\xE3\x83\xBB";
  bool in_run = false;
  bool zero_pending = false;
  for (std::size_t at = 0; at < field.size(); ++at) {
    const char c = field[at];
    if (c == '-' || c == '.' || c == '/' || c == ';') continue;
    if (field.substr(at).starts_with(kMiddleDot)) {
      at += kMiddleDot.size() - 1;
      continue;
    }
    const bool digit = c >= '0' && c <= '9';
    if (digit && c == '0' && !in_run) {
      zero_pending = true;
      continue;
    }
    if (zero_pending && !digit) out.push_back('0');
    zero_pending = false;
    in_run = digit;
    out.push_back(c);
  }
  if (zero_pending) out.push_back('0');
}

// v1L|INS8|L(symbol)|L(number)|branch
template <typename Text>
void write_loose(const InsuranceId& id, Text& out) {
  out.append(std::string_view("v1L|"));
  out.append(id.insurer);
  out.push_back('|');
  write_loose_field(id.symbol, out);
  out.push_back('|');
  write_loose_field(id.number, out);
  out.push_back('|');
  out.append(id.branch);
}

}  // namespace ishi

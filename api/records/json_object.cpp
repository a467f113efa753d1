#include "api/records/json_object.h"

#include "registry/assert.h"
#include "registry/text.h"

namespace ishi::api {
namespace {

bool is_digit(char character) {
  return character >= '0' && character <= '9';
}

}  // namespace

JsonObjectScanner::JsonObjectScanner() {
  // An unescaped text is never longer than its written form; a nested name has at most kNameBytesMax.
  unescaped_.reserve(kRowBytesMax);
  names_.reserve(kRowFieldsMax * kNameBytesMax);
}

RowFault JsonObjectScanner::scan(std::string_view text, Row& row) {
  ISHI_ASSERT(text.size() <= kRowBytesMax);
  text_ = text;
  at_ = 0;
  unescaped_.clear();
  names_.clear();
  row.fields.clear();
  row.items.clear();
  skip_blanks();
  RowFault fault = object(row, {});
  skip_blanks();
  if (fault == RowFault::kNone && !at_end()) fault = RowFault::kMalformed;
  return fault;
}

bool JsonObjectScanner::take(char expected) {
  if (at_end() || text_[at_] != expected) return false;
  ++at_;
  return true;
}

void JsonObjectScanner::skip_blanks() {
  while (!at_end() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) ++at_;
}

RowFault JsonObjectScanner::object(Row& row, std::string_view prefix) {
  if (!take('{')) return RowFault::kMalformed;
  skip_blanks();
  if (take('}')) return RowFault::kNone;
  for (;;) {
    if (const RowFault fault = member(row, prefix); fault != RowFault::kNone) return fault;
    skip_blanks();
    if (take('}')) return RowFault::kNone;
    if (!take(',')) return RowFault::kMalformed;
    skip_blanks();
  }
}

RowFault JsonObjectScanner::member(Row& row, std::string_view prefix) {
  Field field;
  if (!string(field.name)) return RowFault::kMalformed;
  skip_blanks();
  if (!take(':')) return RowFault::kMalformed;
  skip_blanks();
  if (prefix.size() + 1 + field.name.size() > kNameBytesMax) return RowFault::kMalformed;
  const bool nested = !prefix.empty();
  if (nested) field.name = join(prefix, field.name);
  if (row.find(field.name) != nullptr) return RowFault::kDuplicateName;
  if (row.fields.size() == kRowFieldsMax) return RowFault::kTooManyFields;
  return value(row, field, nested);
}

RowFault JsonObjectScanner::value(Row& row, Field field, bool nested) {
  bool good = false;
  switch (peek()) {
    case '{':
      // An unnamed outer object would make its inner names look like top-level ones.
      return nested || field.name.empty() ? RowFault::kTooDeep : object(row, field.name);
    case '[': return list(row, field);
    case '"':
      field.kind = ValueKind::kText;
      good = string(field.text);
      break;
    case 't':
    case 'f':
      field.kind = ValueKind::kBoolean;
      field.text = peek() == 't' ? "true" : "false";
      good = word(field.text);
      break;
    case 'n':
      field.kind = ValueKind::kNull;
      good = word("null");
      break;
    default: field.kind = ValueKind::kNumber; good = number(field.text);
  }
  if (!good) return RowFault::kMalformed;
  row.fields.push_back(field);
  return RowFault::kNone;
}

RowFault JsonObjectScanner::list(Row& row, Field field) {
  field.kind = ValueKind::kList;
  field.first_item = static_cast<std::uint32_t>(row.items.size());
  take('[');
  skip_blanks();
  if (!take(']')) {
    for (;;) {
      std::string_view item;
      if (peek() == '{' || peek() == '[') return RowFault::kTooDeep;
      if (peek() != '"') {
        const bool scalar = number(item) || word("true") || word("false") || word("null");
        return scalar ? RowFault::kTooDeep : RowFault::kMalformed;
      }
      if (!string(item)) return RowFault::kMalformed;
      if (row.items.size() == kRowItemsMax) return RowFault::kTooManyFields;
      row.items.push_back(item);
      skip_blanks();
      if (take(']')) break;
      if (!take(',')) return RowFault::kMalformed;
      skip_blanks();
    }
  }
  field.item_count = static_cast<std::uint32_t>(row.items.size()) - field.first_item;
  row.fields.push_back(field);
  return RowFault::kNone;
}

bool JsonObjectScanner::string(std::string_view& out) {
  if (!take('"')) return false;
  const std::size_t start = at_;
  while (!at_end() && text_[at_] != '"' && text_[at_] != '\\' && static_cast<unsigned char>(text_[at_]) >= 0x20) ++at_;
  if (peek() == '"') {
    out = text_.substr(start, at_ - start);
    ++at_;
    return true;
  }
  const std::size_t begin = unescaped_.size();
  unescaped_.append(text_.substr(start, at_ - start));
  while (!at_end()) {
    const char character = text_[at_];
    if (static_cast<unsigned char>(character) < 0x20) return false;
    ++at_;
    if (character == '"') {
      out = std::string_view(unescaped_).substr(begin);
      return true;
    }
    if (character != '\\') {
      unescaped_.push_back(character);
    } else if (!escape()) {
      return false;
    }
  }
  return false;
}

bool JsonObjectScanner::escape() {
  if (at_end()) return false;
  switch (text_[at_++]) {
    case '"': unescaped_.push_back('"'); return true;
    case '\\': unescaped_.push_back('\\'); return true;
    case '/': unescaped_.push_back('/'); return true;
    case 'b': unescaped_.push_back('\b'); return true;
    case 'f': unescaped_.push_back('\f'); return true;
    case 'n': unescaped_.push_back('\n'); return true;
    case 'r': unescaped_.push_back('\r'); return true;
    case 't': unescaped_.push_back('\t'); return true;
    case 'u': break;
    default: return false;
  }
  std::uint32_t scalar = 0;
  if (!hex4(scalar)) return false;
  if (scalar >= 0xDC00 && scalar <= 0xDFFF) return false;
  if (scalar >= 0xD800 && scalar <= 0xDBFF) {
    std::uint32_t low = 0;
    if (!take('\\') || !take('u') || !hex4(low) || low < 0xDC00 || low > 0xDFFF) return false;
    scalar = 0x10000 + ((scalar - 0xD800) << 10) + (low - 0xDC00);
  }
  append_utf8(unescaped_, scalar);
  return true;
}

bool JsonObjectScanner::hex4(std::uint32_t& out) {
  if (text_.size() - at_ < 4) return false;
  out = 0;
  for (int i = 0; i < 4; ++i) {
    const char character = text_[at_++];
    std::uint32_t digit = 0;
    if (is_digit(character)) {
      digit = static_cast<std::uint32_t>(character - '0');
    } else if (character >= 'a' && character <= 'f') {
      digit = static_cast<std::uint32_t>(character - 'a') + 10;
    } else if (character >= 'A' && character <= 'F') {
      digit = static_cast<std::uint32_t>(character - 'A') + 10;
    } else {
      return false;
    }
    out = out * 16 + digit;
  }
  return true;
}

bool JsonObjectScanner::digits() {
  const std::size_t start = at_;
  while (!at_end() && is_digit(text_[at_])) ++at_;
  return at_ > start;
}

bool JsonObjectScanner::number(std::string_view& out) {
  const std::size_t start = at_;
  take('-');
  if (!take('0') && !digits()) return false;
  if (take('.') && !digits()) return false;
  if (peek() == 'e' || peek() == 'E') {
    ++at_;
    if (!take('+')) take('-');
    if (!digits()) return false;
  }
  out = text_.substr(start, at_ - start);
  return true;
}

bool JsonObjectScanner::word(std::string_view expected) {
  if (text_.substr(at_, expected.size()) != expected) return false;
  at_ += expected.size();
  return true;
}

std::string_view JsonObjectScanner::join(std::string_view prefix, std::string_view name) {
  const std::size_t begin = names_.size();
  names_.append(prefix).append(1, '.').append(name);
  return std::string_view(names_).substr(begin);
}

}  // namespace ishi::api

// A strict scanner for flat JSON objects (RFC 8259): what a row of a feed looks like. Scalars, lists of texts, and
// objects one level down, whose names become "outer.inner". Writes fields that point into the text; only texts
// with escapes and nested names are copied, into buffers that this object owns and reuses. No exceptions,
// no recursion, no allocation once warm. One thread at a time.
#pragma once

#include <string>
#include <string_view>

#include "api/records/row.h"

namespace ishi::api {

class JsonObjectScanner {
 public:
  JsonObjectScanner();
  // Fills row.fields and row.items from one whole object. REQUIRES: text.size() <= kRowBytesMax. Views into this
  // scanner stay valid until the next call.
  RowFault scan(std::string_view text, Row& row);

 private:
  bool at_end() const { return at_ == text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  bool take(char expected);
  void skip_blanks();
  RowFault object(Row& row, std::string_view prefix);
  RowFault member(Row& row, std::string_view prefix);
  RowFault value(Row& row, Field field, bool nested);
  RowFault list(Row& row, Field field);
  bool string(std::string_view& out);
  bool escape();
  bool hex4(std::uint32_t& out);
  bool number(std::string_view& out);
  bool digits();
  bool word(std::string_view expected);
  std::string_view join(std::string_view prefix, std::string_view name);

  std::string_view text_;
  std::size_t at_ = 0;
  std::string unescaped_;  // never grows beyond its reserve, so views into it hold
  std::string names_;
};

}  // namespace ishi::api

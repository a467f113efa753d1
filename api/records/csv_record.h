// One CSV record (RFC 4180): comma, double quotes, CRLF or LF; line ends are allowed inside quotes. Strict: a quote
// in the middle of a bare field, or text after a closing quote, is malformed. One thread at a time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/records/row.h"

namespace ishi::api {

class CsvRecordScanner {
 public:
  CsvRecordScanner();
  struct Extent {
    std::size_t size_bytes = 0;  // of the record with its line end; on a fault, of what to skip
    RowFault fault = RowFault::kNone;
  };
  // Splits the record at the start of `text`. Fields point into `text` or into this scanner until the next call.
  // After a fault the rest of its physical line is skipped, so one stray quote cannot swallow its neighbours.
  Extent scan(std::string_view text, std::vector<std::string_view>& fields);

 private:
  Extent scan_quoted(std::string_view text, std::vector<std::string_view>& fields);

  std::string unquoted_;  // never grows beyond its reserve
};

}  // namespace ishi::api

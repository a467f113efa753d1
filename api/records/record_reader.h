// RecordReader: the rows of a body, one after the other, without copying it. The write endpoints and the filter use it.
// A bad row is a row with a fault: nothing here throws, and the rows behind it are read.
// Blank lines are skipped. One thread at a time; the body must outlive the reader.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/records/csv_record.h"
#include "api/records/json_object.h"
#include "api/records/row.h"

namespace ishi::api {

enum class RecordFormat : std::uint8_t {
  kNdjson,  // one object per line
  kJson,    // one object in all, over as many lines as it likes
  kCsv,     // RFC 4180, first row = names; UTF-8, byte order mark or not
};
// By media type, parameters ignored: application/x-ndjson, application/ndjson, application/jsonl, application/json,
// text/csv. A charset other than UTF-8 or US-ASCII is not ours: nullopt.
std::optional<RecordFormat> record_format_of(std::string_view content_type);
// False if a media type names a charset other than UTF-8 or US-ASCII.
bool charset_is_ours(std::string_view content_type);

class RecordReader {
 public:
  RecordReader(RecordFormat format, std::string_view body);
  RecordReader(const RecordReader&) = delete;  // its rows point into it
  RecordReader& operator=(const RecordReader&) = delete;

  // CSV: what is wrong with the header row, if anything; then there are no rows. kMalformed for an empty name.
  RowFault header_fault() const { return header_fault_; }
  // CSV: everything before the first data row as it stands in the body (mark, names, line end); else empty.
  std::string_view header_bytes() const { return header_bytes_; }
  // CSV: names in order, outer blanks dropped. Field i of every good row has name i.
  const std::vector<std::string_view>& columns() const { return columns_; }

  // The next row, valid until the next call; nullptr at the end.
  const Row* next();

 private:
  void read_header();
  void read_json_row(std::string_view line);
  void read_csv_row();
  void mark_trailer();
  std::string_view take(std::size_t size_bytes);

  RecordFormat format_;
  std::string_view rest_;
  std::uint64_t line_ = 1;  // of the first byte of rest_
  RowFault header_fault_ = RowFault::kNone;
  std::string_view header_bytes_;
  std::string header_text_;  // unquoted names outlive the scanner's buffer here
  std::vector<std::string_view> columns_;
  std::vector<std::string_view> cells_;
  JsonObjectScanner json_;
  CsvRecordScanner csv_;
  Row row_;
};

}  // namespace ishi::api

#include "api/records/csv_record.h"

#include <algorithm>

#include "registry/text.h"

namespace ishi::api {
namespace {

// Bytes up to and with the first line end at or after `from`.
std::size_t line_size(std::string_view text, std::size_t from) {
  const std::size_t end = text.find('\n', from);
  return end == std::string_view::npos ? text.size() : end + 1;
}

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// A bare carriage return or a zero byte has no meaning that everyone agrees on.
bool has_stray_control(std::string_view text) {
  return text.find('\r') != std::string_view::npos || text.find('\0') != std::string_view::npos;
}

RowFault split(std::string_view content, std::vector<std::string_view>& fields) {
  for (;;) {
    if (fields.size() == kRowFieldsMax) return RowFault::kTooManyFields;
    const std::size_t comma = content.find(',');
    fields.push_back(content.substr(0, comma));
    if (comma == std::string_view::npos) return RowFault::kNone;
    content.remove_prefix(comma + 1);
  }
}

}  // namespace

CsvRecordScanner::CsvRecordScanner() {
  unquoted_.reserve(kRowBytesMax);
}

CsvRecordScanner::Extent CsvRecordScanner::scan(std::string_view text, std::vector<std::string_view>& fields) {
  fields.clear();
  const std::size_t size = line_size(text, 0);
  if (size > kRowBytesMax) return {size, RowFault::kTooLong};
  const std::string_view line = text.substr(0, size);
  if (line.find('"') != std::string_view::npos) return scan_quoted(text, fields);
  const std::string_view content = without_line_end(line);
  if (!utf8_valid(content)) return {size, RowFault::kInvalidUtf8};
  if (has_stray_control(content)) return {size, RowFault::kMalformed};
  return {size, split(content, fields)};
}

CsvRecordScanner::Extent CsvRecordScanner::scan_quoted(std::string_view text, std::vector<std::string_view>& fields) {
  unquoted_.clear();
  const std::string_view window = text.substr(0, kRowBytesMax);
  const std::size_t first_line = line_size(text, 0);
  std::size_t at = 0;
  for (;;) {
    if (fields.size() == kRowFieldsMax) return {line_size(text, at), RowFault::kTooManyFields};
    if (at < window.size() && window[at] == '"') {
      const std::size_t begin = unquoted_.size();
      std::size_t from = at + 1;
      bool copied = false;
      std::string_view value;
      for (;;) {
        const std::size_t quote = window.find('"', from);
        if (quote == std::string_view::npos) return {first_line, RowFault::kMalformed};
        const bool doubled = quote + 1 < window.size() && window[quote + 1] == '"';
        if (!doubled && !copied) {
          value = window.substr(from, quote - from);
        } else {
          unquoted_.append(window.substr(from, quote - from + (doubled ? 1 : 0)));
          copied = true;
        }
        from = quote + (doubled ? 2 : 1);
        if (!doubled) break;
      }
      fields.push_back(copied ? std::string_view(unquoted_).substr(begin) : value);
      at = from;
    } else {
      const std::size_t end = std::min(window.find_first_of(",\"\n", at), window.size());
      std::string_view value = window.substr(at, end - at);
      const bool last = end == window.size() || window[end] == '\n';
      if (last && value.ends_with('\r')) value.remove_suffix(1);
      if ((end < window.size() && window[end] == '"') || has_stray_control(value)) {
        return {line_size(text, at), RowFault::kMalformed};
      }
      fields.push_back(value);
      at = end;
    }
    if (at < window.size() && window[at] == ',') {
      ++at;
      continue;
    }
    if (at + 1 < window.size() && window[at] == '\r' && window[at + 1] == '\n') ++at;
    if (at == text.size() || (at < window.size() && window[at] == '\n')) break;
    if (at == window.size()) return {first_line, RowFault::kTooLong};
    return {line_size(text, at), RowFault::kMalformed};
  }
  const std::size_t size = std::min(at + 1, text.size());
  const std::string_view record = text.substr(0, size);
  if (!utf8_valid(record)) return {size, RowFault::kInvalidUtf8};
  if (record.find('\0') != std::string_view::npos) return {size, RowFault::kMalformed};
  return {size, RowFault::kNone};
}

}  // namespace ishi::api

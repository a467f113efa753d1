#include "api/records/record_reader.h"

#include <algorithm>
#include <charconv>

#include "registry/text.h"

namespace ishi::api {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kCsvTrailer = "#TRAILER";

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& character : result) {
    if (character >= 'A' && character <= 'Z') character = static_cast<char>(character - 'A' + 'a');
  }
  return result;
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

}  // namespace

bool charset_is_ours(std::string_view content_type) {
  const std::string text = lower(content_type);
  const std::size_t semicolon = text.find(';');
  const std::size_t at = semicolon == std::string::npos ? semicolon : text.find("charset=", semicolon);
  if (at == std::string::npos) return true;
  std::string_view value = trimmed(std::string_view(text).substr(at + 8), kBlanksAndLineEnds);
  value = trimmed(value.substr(0, value.find(';')), kBlanksAndLineEnds);
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
  return value == "utf-8" || value == "utf8" || value == "us-ascii";
}

std::optional<RecordFormat> record_format_of(std::string_view content_type) {
  const std::size_t semicolon = content_type.find(';');
  const std::string type = lower(trimmed(content_type.substr(0, semicolon), kBlanksAndLineEnds));
  if (!charset_is_ours(content_type)) return std::nullopt;
  if (type == "application/x-ndjson" || type == "application/ndjson" || type == "application/jsonl") {
    return RecordFormat::kNdjson;
  }
  if (type == "application/json") return RecordFormat::kJson;
  if (type == "text/csv") return RecordFormat::kCsv;
  return std::nullopt;
}

RecordReader::RecordReader(RecordFormat format, std::string_view body) : format_(format), rest_(body) {
  if (format_ == RecordFormat::kCsv) {
    read_header();
  } else if (rest_.starts_with(kByteOrderMark)) {
    rest_.remove_prefix(kByteOrderMark.size());
  }
}

std::string_view RecordReader::take(std::size_t size_bytes) {
  const std::string_view bytes = rest_.substr(0, size_bytes);
  rest_.remove_prefix(size_bytes);
  line_ += static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
  return bytes;
}

void RecordReader::read_header() {
  const std::string_view body = rest_;
  if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
  if (rest_.empty()) return;
  const CsvRecordScanner::Extent extent = csv_.scan(rest_, cells_);
  header_fault_ = extent.fault;
  take(extent.size_bytes);
  header_bytes_ = body.substr(0, body.size() - rest_.size());
  std::size_t size = 0;
  for (const std::string_view cell : cells_) size += cell.size();
  header_text_.reserve(size);
  for (const std::string_view cell : cells_) {
    const std::string_view name = trimmed(cell, kBlanksAndLineEnds);
    if (header_fault_ == RowFault::kNone && (name.empty() || name.size() > kNameBytesMax)) {
      header_fault_ = RowFault::kMalformed;
    }
    if (header_fault_ == RowFault::kNone && std::find(columns_.begin(), columns_.end(), name) != columns_.end()) {
      header_fault_ = RowFault::kDuplicateName;
    }
    const std::size_t begin = header_text_.size();
    header_text_.append(name);
    columns_.push_back(std::string_view(header_text_).substr(begin));
  }
  if (header_fault_ != RowFault::kNone) rest_ = {};
}

const Row* RecordReader::next() {
  while (!rest_.empty()) {
    row_.line = line_;
    row_.fault = RowFault::kNone;
    row_.fields.clear();
    row_.items.clear();
    row_.trailer.reset();
    if (format_ == RecordFormat::kJson) {
      row_.bytes = take(rest_.size());
    } else {
      const std::size_t end = rest_.find('\n');
      const std::size_t size = end == std::string_view::npos ? rest_.size() : end + 1;
      const std::string_view line = rest_.substr(0, size);
      if (line == "\n" || line == "\r\n" || line == "\r") {
        take(size);
        continue;
      }
      if (format_ == RecordFormat::kCsv) {
        read_csv_row();
        if (row_.fault != RowFault::kNone) row_.fields.clear();
        return &row_;
      }
      row_.bytes = rest_.substr(0, size);
      rest_.remove_prefix(size);
      ++line_;
    }
    if (trimmed(row_.bytes.substr(0, kRowBytesMax), kBlanksAndLineEnds).empty() && row_.bytes.size() <= kRowBytesMax)
      continue;
    read_json_row(row_.bytes);
    if (row_.fault != RowFault::kNone) row_.fields.clear();
    return &row_;
  }
  return nullptr;
}

void RecordReader::read_json_row(std::string_view line) {
  if (line.size() > kRowBytesMax) {
    row_.fault = RowFault::kTooLong;
  } else if (!utf8_valid(line)) {
    row_.fault = RowFault::kInvalidUtf8;
  } else {
    row_.fault = json_.scan(line, row_);
  }
  if (row_.fault == RowFault::kNone) mark_trailer();
}

void RecordReader::mark_trailer() {
  if (row_.fields.size() != 1 || row_.fields.front().name != "trailer.count") return;
  if (row_.fields.front().kind == ValueKind::kNumber) row_.trailer = parse_count(row_.fields.front().text);
}

void RecordReader::read_csv_row() {
  const CsvRecordScanner::Extent extent = csv_.scan(rest_, cells_);
  row_.bytes = take(extent.size_bytes);
  row_.fault = extent.fault;
  if (row_.fault != RowFault::kNone) return;
  if (cells_.front() == kCsvTrailer) {
    // A file edited in a spreadsheet pads its last row with commas.
    const bool padded = std::all_of(cells_.begin() + std::min<std::ptrdiff_t>(2, std::ssize(cells_)), cells_.end(),
                                    [](std::string_view cell) { return cell.empty(); });
    if (cells_.size() >= 2 && padded) row_.trailer = parse_count(trimmed(cells_[1], kBlanksAndLineEnds));
    if (!row_.trailer) row_.fault = RowFault::kMalformed;
    return;
  }
  if (cells_.size() != columns_.size()) {
    row_.fault = RowFault::kFieldCount;
    return;
  }
  for (std::size_t i = 0; i < cells_.size(); ++i) row_.fields.push_back(Field{columns_[i], cells_[i]});
}

}  // namespace ishi::api

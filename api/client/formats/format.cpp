#include "api/client/formats/format.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "api/client/formats/csv_format.h"
#include "api/client/formats/fhir_format.h"
#include "api/client/formats/lines_format.h"
#include "api/client/formats/uke_format.h"
#include "api/client/formats/uke_record.h"
#include "api/client/text/line_reader.h"

namespace ishi::client {
namespace {

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

bool is_text(std::string_view bytes) {
  return std::none_of(bytes.begin(), bytes.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\x1A';
  });
}

std::string_view first_line(std::string_view bytes) {
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  while (!bytes.empty() && (bytes.front() == '\n' || bytes.front() == '\r')) bytes.remove_prefix(1);
  return trimmed(bytes.substr(0, bytes.find('\n')));
}

std::optional<FileFormat> by_name(std::string_view file_name) {
  const std::string name = lower_case(file_name);
  if (name.ends_with(".uke")) return FileFormat::kUke;
  if (name.ends_with(".ndjson") || name.ends_with(".jsonl")) return FileFormat::kFhir;
  if (name.ends_with(".csv")) return FileFormat::kCsv;
  if (name.ends_with(".ids")) return FileFormat::kIds;
  if (name.ends_with(".tokens") || name.ends_with(".tokens.bin")) return FileFormat::kTokens;
  return std::nullopt;
}

std::optional<FileFormat> by_content(std::string_view line) {
  const std::string_view record = record_name(line);
  if (record == "UK" || record == "IR" || record == "YK") return FileFormat::kUke;
  if (line.starts_with('{')) return FileFormat::kFhir;
  if (Token::parse_hex(line)) return FileFormat::kTokens;
  if (std::count(line.begin(), line.end(), ':') >= 2) return FileFormat::kIds;
  if (line.find(',') != std::string_view::npos) return FileFormat::kCsv;
  return std::nullopt;
}

}  // namespace

std::string_view name_of(FileFormat format) {
  switch (format) {
    case FileFormat::kUke: return "uke";
    case FileFormat::kFhir: return "fhir";
    case FileFormat::kCsv: return "csv";
    case FileFormat::kIds: return "ids";
    case FileFormat::kTokens:
    case FileFormat::kTokensBinary: return "tokens";
  }
  return "";
}

std::optional<FileFormat> parse_format(std::string_view name) {
  for (const FileFormat format :
       {FileFormat::kUke, FileFormat::kFhir, FileFormat::kCsv, FileFormat::kIds, FileFormat::kTokens}) {
    if (name == name_of(format)) return format;
  }
  return std::nullopt;
}

std::string_view categories_of(FileFormat format) {
  return format == FileFormat::kUke ? "RECEIPT" : "";
}

Result<FileFormat> detect_format(std::string_view file_name, std::string_view first_bytes,
                                 std::optional<FileFormat> wanted) {
  const bool utf16 = first_bytes.starts_with("\xFF\xFE") || first_bytes.starts_with("\xFE\xFF");
  auto format = wanted ? wanted : by_name(file_name);
  if (!format && is_text(first_bytes)) format = by_content(first_line(first_bytes));
  if (format == FileFormat::kTokens) {
    const std::string_view line = first_line(first_bytes);
    const bool hex = is_text(first_bytes) && line.size() == 2 * Token::kSizeBytes &&
                     std::all_of(line.begin(), line.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
    const bool binary_by_name = lower_case(file_name).ends_with(".bin");
    if (!hex && (!is_text(first_bytes) || binary_by_name)) format = FileFormat::kTokensBinary;
  }
  if (utf16 && format != FileFormat::kTokensBinary) {
    return fail(ErrorKind::kUnsupported, "charset_utf16", "the file is UTF-16; save it as UTF-8 or Shift_JIS");
  }
  if (!format) {
    return fail(ErrorKind::kUnsupported, "format_unknown",
                "cannot tell the format; say it with --format uke|fhir|csv|ids|tokens");
  }
  return *format;
}

std::unique_ptr<PieceReader> make_reader(BytesSource& source, const ReadingOptions& options) {
  switch (options.format) {
    case FileFormat::kUke: return make_uke_reader(source, options.charset);
    case FileFormat::kFhir: return make_fhir_reader(source);
    case FileFormat::kCsv: return make_csv_reader(source, options.charset, options.columns);
    case FileFormat::kIds: return make_ids_reader(source, options.charset);
    case FileFormat::kTokens: return make_tokens_reader(source);
    case FileFormat::kTokensBinary: return make_binary_tokens_reader(source);
  }
  return nullptr;
}

std::unique_ptr<PieceWriter> make_writer(FileFormat format, PieceSink sink) {
  return format == FileFormat::kUke ? make_uke_writer(std::move(sink)) : make_copying_writer(std::move(sink));
}

}  // namespace ishi::client

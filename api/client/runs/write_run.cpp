#include "api/client/runs/write_run.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "api/client/evidence/receipt_files.h"
#include "api/client/files/digest.h"
#include "api/client/text/bytes_source.h"
#include "api/client/text/line_reader.h"
#include "registry/notes/note_text.h"

namespace ishi::client {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kCsvTrailer = "#TRAILER,";

// The count of a closing record; nothing for an ordinary one.
std::optional<std::uint64_t> trailer_count(std::string_view line, bool json) {
  line = trimmed(line);
  std::uint64_t count = 0;
  if (!json) {
    if (!line.starts_with(kCsvTrailer)) return std::nullopt;
    line.remove_prefix(kCsvTrailer.size());
    return std::from_chars(line.data(), line.data() + line.size(), count).ec == std::errc() ? std::optional(count)
                                                                                            : std::nullopt;
  }
  if (line.find("\"trailer\"") == std::string_view::npos) return std::nullopt;
  const nlohmann::json object = nlohmann::json::parse(line, nullptr, false);
  if (!object.is_object() || !object.contains("trailer") || !object["trailer"].is_object()) return std::nullopt;
  const auto& trailer = object["trailer"];
  return trailer.contains("count") && trailer["count"].is_number_unsigned()
             ? std::optional(trailer["count"].get<std::uint64_t>())
             : std::nullopt;
}

// Whole records of a file: a line of NDJSON; of CSV a row, which may go over several lines inside quotes.
class Records {
 public:
  explicit Records(BytesSource& source) : lines_(source, kLineBytesMax) {}
  // False at the end. `line` is where the record begins.
  Result<bool> next(std::string& record, std::uint64_t& line) {
    record.clear();
    bool quoted = false;
    for (;;) {
      auto read = lines_.next();
      if (!read) return fail(read.error());
      if (!*read) return !record.empty();
      std::string_view text = **read;
      if (lines_.line() == 1) {
        if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
        json_ = trimmed(text).starts_with('{');
      }
      if (record.empty()) line = lines_.line();
      record.append(text);
      if (record.size() > kLineBytesMax) {
        return fail(ErrorKind::kTooLarge, "record_too_large",
                    "the record of line " + std::to_string(line) + " is too large");
      }
      if (!json_ && std::count(text.begin(), text.end(), '"') % 2 == 1) quoted = !quoted;
      if (!quoted) return true;
    }
  }
  bool json() const { return json_; }

 private:
  LineReader lines_;
  bool json_ = false;
};

std::string text_of(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

// Body lines of a batch: where each record began in the body and in the file.
struct BatchLines {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> starts;  // (line of the body, line of the file), ascending
  std::uint64_t file_line(std::uint64_t body_line) const {
    auto after = std::upper_bound(starts.begin(), starts.end(), std::pair(body_line, ~std::uint64_t{0}));
    if (after == starts.begin()) return body_line;
    --after;
    return after->second + (body_line - after->first);
  }
};

Result<void> read_reply(const HttpReply& reply, const BatchLines* lines, WriteReport& report) {
  const nlohmann::json json = nlohmann::json::parse(reply.body, nullptr, false);
  if (!json.is_object() || !json.contains("results") || !json["results"].is_array()) {
    if (reply.status < 200 || reply.status > 299) return fail(error_of(reply));
    return fail(ErrorKind::kCorrupt, "answer_broken", "the server's answer has no results");
  }
  for (const nlohmann::json& result : json["results"]) {
    if (!result.is_object()) return fail(ErrorKind::kCorrupt, "answer_broken", "a result is not an object");
    WriteLine line;
    const auto number = result.find("line");
    if (number != result.end() && number->is_number_unsigned()) line.line = number->get<std::uint64_t>();
    if (lines != nullptr) line.line = lines->file_line(line.line);
    line.status = text_of(result, "status");
    line.code = text_of(result, "code");
    line.field = text_of(result, "field");
    line.detail = text_of(result, "detail");
    line.receipt = text_of(result, "receipt");
    if (const auto flags = result.find("flags"); flags != result.end() && flags->is_array()) {
      for (const nlohmann::json& flag : *flags)
        if (flag.is_string()) line.flags.push_back(flag.get<std::string>());
    }
    const bool accepted = line.status == "accepted";
    ++(accepted ? report.accepted : report.rejected);
    if (accepted && lines == nullptr) report.single_receipt = line.receipt;
    const auto receipt = parse_decimal(line.receipt);
    if (receipt && report.receipts.size() <= kReceiptsMax) report.receipts.emplace_back(*receipt);
    const bool remarked = accepted && !(line.code.empty() && line.flags.empty());
    report.remarked += remarked ? 1 : 0;
    auto& kept = accepted ? report.remarked_lines : report.rejected_lines;
    if ((!accepted || remarked) && kept.size() < WriteReport::kLinesMax) kept.push_back(std::move(line));
  }
  report.position = text_of(json, "position");
  ++report.batches;
  return {};
}

HttpRequest request_for(const WriteOptions& options, const std::string& key, std::uint64_t batch, bool json,
                        std::string_view body, std::uint64_t records) {
  HttpRequest request;
  request.target = "/v1/" + options.kind + (options.atomic ? "?atomic=true" : "");
  request.content_type = json ? "application/x-ndjson" : "text/csv; charset=utf-8";
  request.headers = {{"Idempotency-Key", key}};
  if (!options.source.empty()) {
    request.headers.emplace_back("Ishi-Source", options.source);
    request.headers.emplace_back("Ishi-Source-Seq", std::to_string(options.source_sequence + batch));
    request.headers.emplace_back("Ishi-Source-Count", std::to_string(records));
  }
  request.body = body;
  return request;
}

struct Surveyed {
  std::string sha256;
  bool json = false;
};

// Reads it all once: its digest, and whether the count at its end is right.
Result<Surveyed> survey(const std::string& path) {
  Sha256 digest;
  auto source = open_file(path, [&](std::string_view block) { digest.update(block); });
  if (!source) return fail(source.error());
  Records records(**source);
  std::string record;
  std::uint64_t line = 0, count = 0;
  bool header = true;
  for (;;) {
    const auto more = records.next(record, line);
    if (!more) return fail(more.error());
    if (!*more) break;
    if (trimmed(record).empty()) continue;
    if (const auto stated = trailer_count(record, records.json())) {
      if (*stated == count) continue;
      return fail(ErrorKind::kInvalidArgument, "trailer_mismatch",
                  "line " + std::to_string(line) + " says " + std::to_string(*stated) + " records, but there are " +
                      std::to_string(count) + "; nothing was sent");
    }
    if (!records.json() && header) {
      header = false;
      continue;
    }
    ++count;
  }
  return Surveyed{digest.finish_hex(), records.json()};
}

}  // namespace

Result<void> write_file(const std::string& path, const WriteOptions& options, HttpClient& client,
                        const Patience& patience, WriteReport& report) {
  const auto surveyed = survey(path);
  if (!surveyed) return fail(surveyed.error());
  auto source = open_file(path);
  if (!source) return fail(source.error());
  std::string key = options.key.empty() ? "ishi-" + options.kind + "-" + surveyed->sha256.substr(0, 40) : options.key;
  // Two days may bring the same file, an empty one most of all: of a numbered feed they are two batches.
  if (options.key.empty() && !options.source.empty()) key += "-" + std::to_string(options.source_sequence);

  // All or none is another request than line by line, and has another answer.
  if (options.key.empty() && options.atomic) key += "-atomic";

  Records records(**source);
  std::string header, body, record;
  std::uint64_t line = 0, body_lines = 0, batched = 0;
  BatchLines lines;
  const auto start_batch = [&] {
    body = header;
    body_lines = static_cast<std::uint64_t>(std::count(header.begin(), header.end(), '\n'));
    lines.starts.clear();
    batched = 0;
  };
  const auto send_batch = [&]() -> Result<void> {
    const std::string batch_key = key + "-" + std::to_string(report.batches + 1);
    const bool json = surveyed->json || body.empty();  // nothing at all is an empty list, and no table without a header
    const auto reply =
        send_patiently(client, request_for(options, batch_key, report.batches, json, body, batched), patience);
    if (!reply) return fail(reply.error());
    if (const auto read = read_reply(*reply, &lines, report); !read) return read;
    start_batch();
    return {};
  };
  start_batch();
  for (;;) {
    const auto more = records.next(record, line);
    if (!more) return fail(more.error());
    if (!*more) break;
    if (trimmed(record).empty() || trailer_count(record, surveyed->json)) continue;
    if (!record.ends_with('\n')) record += '\n';
    if (!surveyed->json && header.empty()) {
      header = record;
      start_batch();
      continue;
    }
    if (batched == WriteOptions::kLinesPerBatch ||
        (batched > 0 && body.size() + record.size() > WriteOptions::kBytesPerBatch)) {
      if (const auto sent = send_batch(); !sent) return sent;
    }
    lines.starts.emplace_back(body_lines + 1, line);
    body += record;
    body_lines += static_cast<std::uint64_t>(std::count(record.begin(), record.end(), '\n'));
    ++batched;
  }
  const bool nothing_today = report.batches == 0 && !options.source.empty();  // a feed says so, lest it be missed
  return batched > 0 || nothing_today ? send_batch() : Result<void>();
}

Result<WriteReport> write_single(std::string_view json_object, const WriteOptions& options, HttpClient& client,
                                 const Patience& patience) {
  const std::string key = options.key.empty() ? "ishi-" + options.kind + "-" + random_hex(16) : options.key;
  const std::string body = std::string(json_object) + "\n";
  const auto reply = send_patiently(client, request_for(options, key, 0, true, body, 1), patience);
  if (!reply) return fail(reply.error());
  WriteReport report;
  if (const auto read = read_reply(*reply, nullptr, report); !read) return fail(read.error());
  return report;
}

}  // namespace ishi::client

// PeopleList: the body of a filter request as tokens to ask about, without losing where each stood. A row that names
// nobody (malformed, a My Number, a wrong length) stays in its place as invalid; it never fails its neighbours.
//   application/octet-stream  16-byte tokens back to back: not copied, not parsed
//   text/plain                one per line (LF or CRLF): 32 hex digits, or 保険者番号:記号:番号:枝番; a blank line is
//                             invalid
//   text/csv, application/x-ndjson   token, or insurer, symbol, number, branch; optional holder (api/records)
// Values of JSON must be texts: a number has lost its leading zeros.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "registry/identifiers/tokenizer.h"
#include "registry/result.h"

namespace ishi::api {

enum class BodyForm : std::uint8_t { kTokens, kText, kCsv, kNdjson };

struct RowPlace {
  std::uint32_t offset, length;  // in the body, with its line end
  std::uint32_t line;            // 1-based
};

// Rows that are asked about in one go: same holder, and either plain tokens or identifiers with weak forms.
struct PeopleGroup {
  std::string holder;  // of the rows; empty = that of the question
  std::uint32_t first_line = 0;
  std::vector<Token> tokens;
  std::vector<TokenForms> forms;    // empty, or as long as tokens
  std::vector<std::uint32_t> rows;  // ascending
};

struct PeopleList {
  BodyForm form = BodyForm::kTokens;
  std::string_view body;         // must outlive the list
  std::string_view header;       // CSV: everything before the first row
  std::size_t column_count = 0;  // CSV
  std::size_t row_count = 0;
  std::span<const Token> all;       // kTokens: every row; then `groups` and `places` are empty
  std::vector<PeopleGroup> groups;  // rows in no group are invalid
  std::vector<RowPlace> places;     // by row
};

// Calls work(0) … work(chunks - 1), each once, on any threads; returns when all are done.
using ParallelFor = std::function<void(std::size_t chunks, const std::function<void(std::size_t)>& work)>;
void run_serially(std::size_t chunks, const std::function<void(std::size_t)>& work);  // one after the other, right here
// For a `share` whose threads cannot bear exceptions: the first that was thrown comes out where the work was asked for.
ParallelFor carrying_exceptions(ParallelFor share);

constexpr std::size_t kPeopleBodyBytesMax = std::size_t{4} * 1024 * 1024 * 1024 - 1;

// Which form a body has, by its media type and the charset of its Content-Type (UTF-8 or US-ASCII, where it is text).
// kUnsupported unsupported_media_type.
Result<BodyForm> body_form_of(std::string_view media_type, std::string_view content_type);
std::string_view media_type_of(BodyForm form);

// Errors: kInvalidArgument (length_invalid, csv_header_invalid, too_many_holders, trailer_mismatch).
// REQUIRES: body.size() <= kPeopleBodyBytesMax.
Result<PeopleList> read_people(BodyForm form, std::string_view body, const Tokenizer& tokenizer,
                               std::size_t holders_max, const ParallelFor& share = run_serially);

}  // namespace ishi::api

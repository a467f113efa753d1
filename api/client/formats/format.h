// One small pair for every file format: a reader that yields pieces, and a writer that puts the kept ones out again,
// byte for byte. A run reads the same file three times (survey, ask, write); see README.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/client/formats/item.h"
#include "api/client/text/bytes_source.h"
#include "api/client/text/charset.h"
#include "registry/result.h"

namespace ishi::client {

enum class FileFormat : std::uint8_t { kUke, kFhir, kCsv, kIds, kTokens, kTokensBinary };

// "uke", "fhir", "csv", "ids", "tokens"; both forms of tokens have one name.
std::string_view name_of(FileFormat format);
std::optional<FileFormat> parse_format(std::string_view name);
// The kinds of data that a file of this form holds, as the policy book calls them; empty where the form does not say.
std::string_view categories_of(FileFormat format);
// By the file's name (RECEIPTC.UKE, *.ndjson, *.csv, *.ids, *.tokens) or else its first bytes (a few kilobytes are
// enough). Binary tokens are told from hex ones by the bytes, but only where the name or the caller says tokens: an
// unknown binary file is never taken for them. Errors: kUnsupported (UTF-16, or nothing we know).
Result<FileFormat> detect_format(std::string_view file_name, std::string_view first_bytes,
                                 std::optional<FileFormat> wanted);

// Which CSV columns name the person; an empty one is looked for under its usual names (保険者番号, insurer, …).
struct CsvColumns {
  std::string insurer, symbol, number, branch;  // number is needed; symbol and branch may be missing in the file
  std::string token;                            // instead: a token, 32 hex digits
  std::string id;                               // instead: 保険者番号:記号:番号:枝番
};
// "insurer=保険者番号,symbol=記号,number=番号,branch=枝番", "token=トークン", "id=資格". Errors: kInvalidArgument.
Result<CsvColumns> parse_columns(std::string_view text);

class PieceReader {
 public:
  virtual ~PieceReader() = default;
  // False at the end. The piece's bytes are valid until the next call. Errors: kTooLarge (a line, claim or resource
  // beyond its bound), kInvalidArgument (the file as a whole is not of this form), and the source's. One bad item is
  // never an error: it is a piece with a problem.
  virtual Result<bool> next(Piece& piece) = 0;
};

using PieceSink = std::function<Result<void>(std::string_view bytes)>;

struct TotalsLine {  // GO of one unit (institution) of a claims file
  std::uint64_t line = 0;
  std::string before, after;  // "13,5656"
  bool matched = true;        // the input's totals were those of its claims
  bool written_anew = false;  // an item before it was withheld
};

class PieceWriter {
 public:
  virtual ~PieceWriter() = default;
  // In the reader's order. `keep` is looked at for items only.
  virtual Result<void> write(const Piece& piece, bool keep) = 0;
  virtual Result<void> finish() = 0;
  virtual const std::vector<TotalsLine>& totals() const = 0;  // at most 1000; empty but for uke
};

struct ReadingOptions {
  FileFormat format = FileFormat::kIds;
  Charset charset = Charset::kUtf8;
  CsvColumns columns;
};

// REQUIRES: source outlives the reader.
std::unique_ptr<PieceReader> make_reader(BytesSource& source, const ReadingOptions& options);
std::unique_ptr<PieceWriter> make_writer(FileFormat format, PieceSink sink);

}  // namespace ishi::client

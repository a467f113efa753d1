#include "api/client/formats/csv_format.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <vector>

#include "api/client/text/charset.h"
#include "api/client/text/line_reader.h"

namespace ishi::client {
namespace {

constexpr std::size_t kMissing = static_cast<std::size_t>(-1);

// Splits one record byte by byte. Safe in CP932: its second bytes are never a quote, comma or line end.
class RecordSplitter {
 public:
  void start() {
    fields_.clear();
    field_.clear();
    state_ = State::kFieldStart;
  }
  // True when the record ends with this line.
  bool feed(std::string_view line) {
    const std::string_view text = without_ending(line);
    for (const char c : text) take(c);
    if (state_ == State::kQuoted) {
      field_.append(line.substr(text.size()));
      return false;
    }
    fields_.push_back(field_);
    return true;
  }
  const std::vector<std::string>& fields() const { return fields_; }

 private:
  enum class State { kFieldStart, kPlain, kQuoted, kQuoteInQuoted };
  void take(char c) {
    switch (state_) {
      case State::kFieldStart:
        if (c == '"') {
          state_ = State::kQuoted;
          return;
        }
        state_ = State::kPlain;
        [[fallthrough]];
      case State::kPlain: c == ',' ? end_field() : field_.push_back(c); return;
      case State::kQuoted: c == '"' ? void(state_ = State::kQuoteInQuoted) : field_.push_back(c); return;
      case State::kQuoteInQuoted:
        if (c == ',') return end_field();
        field_.push_back(c);
        state_ = c == '"' ? State::kQuoted : State::kPlain;
        return;
    }
  }
  void end_field() {
    fields_.push_back(field_);
    field_.clear();
    state_ = State::kFieldStart;
  }

  State state_ = State::kFieldStart;
  std::string field_;
  std::vector<std::string> fields_;
};

struct ColumnNames {
  const char* what;
  std::string CsvColumns::*wanted;
  std::array<std::string_view, 6> usual;
};
constexpr ColumnNames kColumnNames[] = {
    {"insurer",
     &CsvColumns::insurer,
     {"insurer", "保険者番号", "保険者等番号", "insurer_number", "hokensha_no", "負担者番号"}},
    {"symbol", &CsvColumns::symbol, {"symbol", "記号", "被保険者証記号", "被保険者証等記号", "kigo", "保険証記号"}},
    {"number", &CsvColumns::number, {"number", "番号", "被保険者証番号", "被保険者証等番号", "bango", "保険証番号"}},
    {"branch", &CsvColumns::branch, {"branch", "枝番", "被保険者証枝番", "被保険者証等枝番", "edaban", "保険証枝番"}},
    {"token", &CsvColumns::token, {"token", "トークン", "", "", "", ""}},
    {"id", &CsvColumns::id, {"insurance_id", "被保険者識別子", "被保険者個人識別子", "", "", ""}},
};
enum Column : std::size_t { kInsurer, kSymbol, kNumber, kBranch, kToken, kId };

class CsvReader final : public PieceReader {
 public:
  CsvReader(BytesSource& source, Charset charset, CsvColumns columns)
      : lines_(source, kLineBytesMax), charset_(charset), columns_(std::move(columns)) {}

  Result<bool> next(Piece& piece) override {
    piece = Piece();
    const auto read = read_record(piece.line);
    if (!read) return fail(read.error());
    if (!*read) {
      if (header_read_) return false;
      return fail(ErrorKind::kInvalidArgument, "csv_header_missing", "the file has no header row");
    }
    piece.bytes = record_;
    if (!header_read_) {
      piece.kind = PieceKind::kHeader;
      if (trimmed(record_).empty()) return true;
      header_read_ = true;
      if (const auto found = find_columns(); !found) return fail(found.error());
      return true;
    }
    if (trimmed(record_).empty()) return true;
    piece.kind = PieceKind::kItem;
    read_item(piece);
    return true;
  }

 private:
  // False at the end of the file.
  Result<bool> read_record(std::uint64_t& first_line) {
    record_.clear();
    splitter_.start();
    closed_ = true;
    for (;;) {
      auto line = lines_.next();
      if (!line) return fail(line.error());
      if (!*line) {
        closed_ = record_.empty();
        return !record_.empty();
      }
      if (record_.empty()) first_line = lines_.line();
      std::string_view text = **line;
      if (record_.size() + text.size() > kLineBytesMax) {
        return fail(ErrorKind::kTooLarge, "record_too_large",
                    "the record of line " + std::to_string(first_line) + " is larger than " +
                        std::to_string(kLineBytesMax) + " bytes; is a quote not closed?");
      }
      record_.append(text);
      if (lines_.line() == 1 && text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
      if (splitter_.feed(text)) return true;
    }
  }

  Result<void> find_columns() {
    const auto& header = splitter_.fields();
    width_ = header.size();
    for (std::size_t column = 0; column < std::size(kColumnNames); ++column) {
      const ColumnNames& names = kColumnNames[column];
      const std::string& wanted = columns_.*names.wanted;
      const std::span<const std::string_view> tried =
          wanted.empty() ? std::span<const std::string_view>(names.usual) : std::span<const std::string_view>();
      auto at = wanted.empty() ? Result<std::size_t>(kMissing) : find(wanted);
      for (std::size_t i = 0; at && *at == kMissing && i < tried.size() && !tried[i].empty(); ++i) at = find(tried[i]);
      if (!at) return fail(at.error());
      if (!wanted.empty() && *at == kMissing) {
        return fail(ErrorKind::kInvalidArgument, "csv_column_missing",
                    "no column is called \"" + wanted + "\" (wanted as " + names.what + ")");
      }
      index_[column] = *at;
    }
    return choose_identifier();
  }

  // What the caller named decides; else a full set of insurance columns, an identifier, a token.
  Result<void> choose_identifier() {
    const bool fields_named = !columns_.insurer.empty() || !columns_.number.empty();
    const bool fields_found = index_[kInsurer] != kMissing && index_[kNumber] != kMissing;
    if (!columns_.token.empty()) {
      kind_ = Identifier::Kind::kToken;
    } else if (!columns_.id.empty()) {
      kind_ = Identifier::Kind::kLine;
    } else if (fields_found) {
      kind_ = Identifier::Kind::kFields;
    } else if (fields_named) {
      return fail(ErrorKind::kInvalidArgument, "csv_column_missing",
                  "columns for insurer and number are needed; name them with --columns");
    } else if (index_[kToken] != kMissing) {
      kind_ = Identifier::Kind::kToken;
    } else if (index_[kId] != kMissing) {
      kind_ = Identifier::Kind::kLine;
    } else {
      return fail(ErrorKind::kInvalidArgument, "csv_column_missing",
                  "no column names the person; say which with --columns insurer=…,symbol=…,number=…,branch=…");
    }
    return {};
  }

  // kInvalidArgument if two columns have that name.
  Result<std::size_t> find(std::string_view name) const {
    const auto cp932 = to_cp932(name);
    std::size_t found = kMissing;
    const auto& header = splitter_.fields();
    for (std::size_t i = 0; i < header.size(); ++i) {
      const std::string_view title = trimmed(header[i]);
      if (title != name && (!cp932 || title != *cp932)) continue;
      if (found != kMissing) {
        return fail(ErrorKind::kInvalidArgument, "csv_column_twice",
                    "two columns are called \"" + std::string(name) + "\"");
      }
      found = i;
    }
    return found;
  }

  void read_item(Piece& piece) {
    if (!closed_) {
      piece.problem = "quote_not_closed";
      return;
    }
    if (splitter_.fields().size() != width_) {
      piece.problem = "column_count";
      return;
    }
    Identifier identifier;
    identifier.kind = kind_;
    bool readable = true;
    const auto value = [&](Column column) {
      if (index_[column] == kMissing) return std::string();
      auto text = decode_field(trimmed(splitter_.fields()[index_[column]]), charset_);
      readable = readable && text.has_value();
      return text.value_or(std::string());
    };
    if (kind_ == Identifier::Kind::kFields) {
      identifier.insurer = value(kInsurer);
      identifier.symbol = value(kSymbol);
      identifier.number = value(kNumber);
      identifier.branch = value(kBranch);
    } else if (kind_ == Identifier::Kind::kToken) {
      const auto token = Token::parse_hex(value(kToken));
      if (!token) {
        piece.problem = "token_format";
        return;
      }
      identifier.token = *token;
    } else {
      identifier.text = value(kId);
      if (identifier.text.starts_with('"')) identifier.kind = Identifier::Kind::kCsv;
    }
    if (!readable) {
      piece.problem = "characters_unreadable";
      return;
    }
    piece.identifiers.push_back(std::move(identifier));
  }

  LineReader lines_;
  Charset charset_;
  CsvColumns columns_;
  RecordSplitter splitter_;
  std::string record_;
  bool header_read_ = false, closed_ = true;
  std::size_t width_ = 0;
  std::array<std::size_t, std::size(kColumnNames)> index_{};
  Identifier::Kind kind_ = Identifier::Kind::kFields;
};

}  // namespace

std::unique_ptr<PieceReader> make_csv_reader(BytesSource& source, Charset charset, CsvColumns columns) {
  return std::make_unique<CsvReader>(source, charset, std::move(columns));
}

Result<CsvColumns> parse_columns(std::string_view text) {
  CsvColumns columns;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view pair = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    const std::size_t equals = pair.find('=');
    const auto known = std::find_if(std::begin(kColumnNames), std::end(kColumnNames),
                                    [&](const ColumnNames& names) { return pair.substr(0, equals) == names.what; });
    if (equals == std::string_view::npos || equals + 1 == pair.size() || known == std::end(kColumnNames)) {
      return fail(
          ErrorKind::kInvalidArgument, "columns",
          "\"" + std::string(pair) + "\": write insurer=, symbol=, number=, branch=, token= or id= and a column name");
    }
    columns.*(known->wanted) = std::string(pair.substr(equals + 1));
  }
  return columns;
}

}  // namespace ishi::client

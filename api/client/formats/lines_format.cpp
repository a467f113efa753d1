#include "api/client/formats/lines_format.h"

#include <algorithm>
#include <cstring>

#include "api/client/text/charset.h"
#include "api/client/text/line_reader.h"

namespace ishi::client {
namespace {

class LineItems : public PieceReader {
 public:
  explicit LineItems(BytesSource& source) : lines_(source, kLineBytesMax) {}

  Result<bool> next(Piece& piece) final {
    piece = Piece();
    if (!rest_.empty()) {
      piece.bytes = rest_;
      rest_ = {};
    } else {
      auto line = lines_.next();
      if (!line) return fail(line.error());
      if (!*line) return false;
      piece.bytes = **line;
      if (lines_.line() == 1 && piece.bytes.starts_with(kByteOrderMark)) {
        rest_ = piece.bytes.substr(kByteOrderMark.size());
        piece.bytes = piece.bytes.substr(0, kByteOrderMark.size());
        piece.line = 1;
        piece.kind = PieceKind::kHeader;
        return true;
      }
    }
    piece.line = lines_.line();
    const std::string_view text = trimmed(piece.bytes);
    if (text.empty()) return true;
    piece.kind = PieceKind::kItem;
    read_item(text, piece);
    return true;
  }

 private:
  virtual void read_item(std::string_view text, Piece& piece) = 0;
  LineReader lines_;
  std::string_view rest_;  // the first line behind its byte order mark
};

class IdLines final : public LineItems {
 public:
  IdLines(BytesSource& source, Charset charset) : LineItems(source), charset_(charset) {}

 private:
  void read_item(std::string_view text, Piece& piece) override {
    auto decoded = decode_field(text, charset_);
    if (!decoded) {
      piece.problem = "characters_unreadable";
      return;
    }
    Identifier identifier;
    identifier.kind = decoded->starts_with('"') ? Identifier::Kind::kCsv : Identifier::Kind::kLine;
    identifier.text = std::move(*decoded);
    piece.identifiers.push_back(std::move(identifier));
  }
  Charset charset_;
};

class TokenLines final : public LineItems {
 public:
  using LineItems::LineItems;

 private:
  void read_item(std::string_view text, Piece& piece) override {
    const auto token = Token::parse_hex(text);
    if (!token) {
      piece.problem = "token_format";
      return;
    }
    Identifier identifier;
    identifier.kind = Identifier::Kind::kToken;
    identifier.token = *token;
    piece.identifiers.push_back(std::move(identifier));
  }
};

class BinaryTokens final : public PieceReader {
 public:
  explicit BinaryTokens(BytesSource& source) : source_(source), buffer_(Token::kSizeBytes << 14, '\0') {}

  Result<bool> next(Piece& piece) override {
    piece = Piece();
    if (const auto filled = fill(); !filled) return fail(filled.error());
    const std::size_t size = std::min(Token::kSizeBytes, end_ - begin_);
    if (size == 0) return false;
    piece.kind = PieceKind::kItem;
    piece.line = ++count_;
    piece.bytes = std::string_view(buffer_.data() + begin_, size);
    begin_ += size;
    if (size < Token::kSizeBytes) {
      piece.problem = "token_truncated";
      return true;
    }
    Identifier identifier;
    identifier.kind = Identifier::Kind::kToken;
    identifier.token = Token(ishi::as_bytes(piece.bytes).first<Token::kSizeBytes>());
    piece.identifiers.push_back(std::move(identifier));
    return true;
  }

 private:
  Result<void> fill() {
    if (end_ - begin_ >= Token::kSizeBytes) return {};
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    while (end_ < Token::kSizeBytes) {
      const auto got = source_.read(std::span<char>(buffer_.data() + end_, buffer_.size() - end_));
      if (!got) return fail(got.error());
      if (*got == 0) break;
      end_ += *got;
    }
    return {};
  }

  BytesSource& source_;
  std::string buffer_;
  std::size_t begin_ = 0, end_ = 0;
  std::uint64_t count_ = 0;
};

class CopyingWriter final : public PieceWriter {
 public:
  explicit CopyingWriter(PieceSink sink) : sink_(std::move(sink)) {}
  Result<void> write(const Piece& piece, bool keep) override {
    if (piece.kind == PieceKind::kItem && !keep) return {};
    return sink_(piece.bytes);
  }
  Result<void> finish() override { return {}; }
  const std::vector<TotalsLine>& totals() const override { return totals_; }

 private:
  PieceSink sink_;
  std::vector<TotalsLine> totals_;
};

}  // namespace

std::unique_ptr<PieceReader> make_ids_reader(BytesSource& source, Charset charset) {
  return std::make_unique<IdLines>(source, charset);
}
std::unique_ptr<PieceReader> make_tokens_reader(BytesSource& source) {
  return std::make_unique<TokenLines>(source);
}
std::unique_ptr<PieceReader> make_binary_tokens_reader(BytesSource& source) {
  return std::make_unique<BinaryTokens>(source);
}
std::unique_ptr<PieceWriter> make_copying_writer(PieceSink sink) {
  return std::make_unique<CopyingWriter>(std::move(sink));
}

}  // namespace ishi::client

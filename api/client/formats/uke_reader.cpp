#include <optional>

#include "api/client/formats/uke_format.h"
#include "api/client/formats/uke_record.h"
#include "api/client/text/line_reader.h"

namespace ishi::client {
namespace {

bool starts_header(std::string_view name) {
  return name == "UK" || name == "IR" || name == "YK" || name == "HI" || name == "HM";
}

// MS-DOS's end mark, as some billing software still writes it, is a line of its own.
bool is_end_mark_or_blank(std::string_view line) {
  line = trimmed(line);
  if (line.ends_with('\x1A')) line.remove_suffix(1);
  return trimmed(line).empty();
}

class UkeReader final : public PieceReader {
 public:
  UkeReader(BytesSource& source, Charset charset) : lines_(source, kLineBytesMax), charset_(charset) {}

  Result<bool> next(Piece& piece) override {
    piece = Piece();
    if (!peeked_) {
      if (const auto read = advance(); !read) return fail(read.error());
    }
    if (!line_) return false;
    peeked_ = false;
    const std::string_view name = record_name(*line_);
    piece.line = lines_.line();
    piece.bytes = *line_;
    if (name == "RE") return read_claim(piece);
    if (name == "GO") {
      if (place_ == Place::kAfterTotals) return misplaced("a GO record follows another");
      place_ = Place::kAfterTotals;
      piece.kind = PieceKind::kTotals;
    } else if (starts_header(name)) {
      place_ = Place::kInHeader;
      piece.kind = PieceKind::kHeader;
      piece.record = {name[0], name[1]};
    } else if (!is_end_mark_or_blank(*line_)) {
      piece.kind = PieceKind::kItem;  // perhaps the rest of somebody's claim: never copied
      piece.problem = "record_outside_claim";
    }
    return true;
  }

 private:
  enum class Place { kInHeader, kAfterClaim, kAfterTotals };

  Result<void> advance() {
    auto read = lines_.next();
    if (!read) return fail(read.error());
    line_ = *read;
    return {};
  }

  // A GO that comes before its claims cannot be added up in one go, and no specification writes it so.
  Result<bool> misplaced(const char* what) {
    return fail(ErrorKind::kInvalidArgument, "uke_order", "line " + std::to_string(lines_.line()) + ": " + what);
  }

  Result<bool> read_claim(Piece& piece) {
    if (place_ == Place::kAfterTotals) return misplaced("a claim follows GO without a header");
    place_ = Place::kAfterClaim;
    piece.kind = PieceKind::kItem;
    claim_.assign(*line_);
    person_.clear();
    for (;;) {
      if (const auto read = advance(); !read) return fail(read.error());
      peeked_ = true;
      if (!line_) break;
      const std::string_view name = record_name(*line_);
      if (name == "RE" || name == "GO" || starts_header(name) || line_->starts_with('\x1A')) {
        break;
      }
      if (claim_.size() + line_->size() > kClaimBytesMax) {
        return fail(ErrorKind::kTooLarge, "claim_too_large",
                    "the claim of line " + std::to_string(piece.line) + " is larger than " +
                        std::to_string(kClaimBytesMax) + " bytes");
      }
      claim_.append(*line_);
      person_.see(*line_);
    }
    piece.bytes = claim_;
    person_.describe(charset_, piece);
    return true;
  }

  LineReader lines_;
  Charset charset_;
  std::optional<std::string_view> line_;
  bool peeked_ = false;  // line_ is read but not handed out yet
  Place place_ = Place::kInHeader;
  std::string claim_;
  ClaimPerson person_;
};

}  // namespace

std::unique_ptr<PieceReader> make_uke_reader(BytesSource& source, Charset charset) {
  return std::make_unique<UkeReader>(source, charset);
}

}  // namespace ishi::client

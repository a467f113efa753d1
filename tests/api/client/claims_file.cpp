#include "tests/api/client/claims_file.h"

#include "registry/assert.h"

namespace ishi::client {

std::string claims_file(const std::vector<std::string>& lines, std::string_view line_end) {
  std::string text;
  for (const std::string& line : lines) text += line + std::string(line_end);
  auto bytes = to_cp932(text);
  ISHI_ASSERT(bytes.has_value());
  return *bytes;
}

std::vector<ReadPiece> Reading::items() const {
  std::vector<ReadPiece> found;
  for (const ReadPiece& piece : pieces) {
    if (piece.piece.kind == PieceKind::kItem) found.push_back(piece);
  }
  return found;
}

Reading read_all(std::string_view bytes, const ReadingOptions& options) {
  const auto source = open_memory(bytes);
  const auto reader = make_reader(*source, options);
  Reading reading;
  Piece piece;
  for (;;) {
    const auto more = reader->next(piece);
    if (!more) {
      reading.error = more.error().code;
      return reading;
    }
    if (!*more) return reading;
    reading.pieces.push_back(ReadPiece{piece, std::string(piece.bytes)});
    reading.pieces.back().piece.bytes = {};
  }
}

Written write_all(const Reading& reading, FileFormat format, const std::function<bool(std::size_t)>& keep) {
  Written written;
  const auto writer = make_writer(format, [&](std::string_view bytes) -> Result<void> {
    written.bytes += bytes;
    return {};
  });
  std::size_t item = 0;
  for (const ReadPiece& read : reading.pieces) {
    Piece piece = read.piece;
    piece.bytes = read.bytes;
    const bool kept = piece.kind != PieceKind::kItem || keep(item++);
    ISHI_ASSERT(writer->write(piece, kept).has_value());
  }
  ISHI_ASSERT(writer->finish().has_value());
  written.totals = writer->totals();
  return written;
}

}  // namespace ishi::client

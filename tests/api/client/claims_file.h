// Claims files as tests need them: written in UTF-8 here, turned into CP932 with CRLF. And the readers' whole answer.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/client/formats/format.h"

namespace ishi::client {

// Lines joined with CRLF, in CP932.
std::string claims_file(const std::vector<std::string>& lines, std::string_view line_end = "\r\n");

struct ReadPiece {  // a Piece that owns its bytes
  Piece piece;
  std::string bytes;
};
struct Reading {
  std::vector<ReadPiece> pieces;
  std::string error;  // its code; empty when all was read
  std::vector<ReadPiece> items() const;
};
Reading read_all(std::string_view bytes, const ReadingOptions& options);

struct Written {
  std::string bytes;
  std::vector<TotalsLine> totals;
};
// The nth item is kept if keep(n).
Written write_all(const Reading& reading, FileFormat format, const std::function<bool(std::size_t)>& keep);

}  // namespace ishi::client

// LineReader: lines of a source with their endings, in bounded memory: one line plus one block. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/client/text/bytes_source.h"
#include "registry/result.h"
#include "registry/text.h"

namespace ishi::client {

constexpr std::size_t kLineBytesMax = 1 << 20;    // a line of text, a record of CSV
constexpr std::size_t kClaimBytesMax = 16 << 20;  // a claim, a FHIR resource

class LineReader {
 public:
  // REQUIRES: source outlives the reader.
  LineReader(BytesSource& source, std::size_t line_bytes_max);
  // The next line, with its ending (LF or CRLF; the last may have none); nothing at the end. Valid until the next
  // call. Errors: kTooLarge line_too_long (names the line), and the source's.
  Result<std::optional<std::string_view>> next();
  std::uint64_t line() const { return line_; }  // 1-based, of the line last returned

 private:
  Result<void> fill();
  BytesSource& source_;
  std::size_t line_bytes_max_;
  std::string buffer_;
  std::size_t begin_ = 0, end_ = 0;  // what of the buffer is not handed out yet
  std::uint64_t line_ = 0;
  bool at_end_ = false;
};

// The line without its ending.
std::string_view without_ending(std::string_view line);
// Without the ASCII white space around it.
inline std::string_view trimmed(std::string_view text) {
  return ishi::trimmed(text, kBlanksAndLineEnds);
}

}  // namespace ishi::client

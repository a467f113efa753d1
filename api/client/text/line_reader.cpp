#include "api/client/text/line_reader.h"

#include <algorithm>
#include <cstring>

namespace ishi::client {
namespace {
constexpr std::size_t kBlockBytes = 256 << 10;
}

LineReader::LineReader(BytesSource& source, std::size_t line_bytes_max)
    : source_(source), line_bytes_max_(line_bytes_max), buffer_(kBlockBytes, '\0') {}

Result<void> LineReader::fill() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) buffer_.resize(std::min(buffer_.size() * 2, line_bytes_max_ + kBlockBytes));
  const auto got = source_.read(std::span<char>(buffer_.data() + end_, buffer_.size() - end_));
  if (!got) return fail(got.error());
  at_end_ = *got == 0;
  end_ += *got;
  return {};
}

Result<std::optional<std::string_view>> LineReader::next() {
  std::size_t searched = 0;
  for (;;) {
    const char* const start = buffer_.data() + begin_;
    const std::size_t held = end_ - begin_;
    const void* const newline = held > searched ? std::memchr(start + searched, '\n', held - searched) : nullptr;
    const bool whole = newline != nullptr || at_end_;
    const std::size_t size =
        newline != nullptr ? static_cast<std::size_t>(static_cast<const char*>(newline) - start) + 1 : held;
    if (size > line_bytes_max_) {
      return fail(
          ErrorKind::kTooLarge, "line_too_long",
          "line " + std::to_string(line_ + 1) + " is longer than " + std::to_string(line_bytes_max_) + " bytes");
    }
    if (whole) {
      if (size == 0) return std::optional<std::string_view>();
      begin_ += size;
      ++line_;
      return std::optional<std::string_view>(std::string_view(start, size));
    }
    searched = held;
    if (const auto filled = fill(); !filled) return fail(filled.error());
  }
}

std::string_view without_ending(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace ishi::client

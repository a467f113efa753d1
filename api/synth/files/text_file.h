// TextFile: one output file, written from front to back through a buffer. Errors are remembered and told by close().
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "registry/result.h"

namespace ishi::synth {

class TextFile {
 public:
  static Result<TextFile> create(const std::string& path);

  void write(std::string_view text);
  // Comma-separated, ended by `line_end`. REQUIRES: no field holds a comma, a quote or a line end.
  template <typename... Fields>
  void row(const Fields&... fields) {
    bool first = true;
    ((buffer_.append(first ? "" : ","), buffer_.append(fields), first = false), ...);
    buffer_ += '\n';
    ++rows_;
    flush_if_full();
  }
  std::uint64_t rows() const { return rows_; }
  Result<void> close();  // kUnavailable: the disk is full, …

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  static constexpr std::size_t kBufferBytes = 1 << 16;
  TextFile(std::string path, std::FILE* file) : path_(std::move(path)), file_(file) {
    buffer_.reserve(2 * kBufferBytes);
  }
  void flush_if_full() {
    if (buffer_.size() >= kBufferBytes) flush();
  }
  void flush();

  std::string path_;
  std::unique_ptr<std::FILE, Closer> file_;
  std::string buffer_;
  std::uint64_t rows_ = 0;
  bool failed_ = false;
};

}  // namespace ishi::synth

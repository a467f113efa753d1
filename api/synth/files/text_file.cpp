#include "api/synth/files/text_file.h"

#include <cerrno>
#include <cstring>

namespace ishi::synth {

Result<TextFile> TextFile::create(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) {
    return fail(ErrorKind::kUnavailable, "file", "cannot write " + path + ": " + std::strerror(errno));
  }
  return TextFile(path, file);
}

void TextFile::write(std::string_view text) {
  buffer_ += text;
  flush_if_full();
}

void TextFile::flush() {
  if (!failed_ && std::fwrite(buffer_.data(), 1, buffer_.size(), file_.get()) != buffer_.size()) failed_ = true;
  buffer_.clear();
}

Result<void> TextFile::close() {
  flush();
  std::FILE* file = file_.release();
  const bool closed = std::fclose(file) == 0;
  if (failed_ || !closed)
    return fail(ErrorKind::kUnavailable, "file", "could not write all of " + path_ + "; is the disk full?");
  return {};
}

}  // namespace ishi::synth

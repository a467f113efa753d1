#include "api/client/text/bytes_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace ishi::client {
namespace {

class FileBytes final : public BytesSource {
 public:
  FileBytes(int descriptor, BlockObserver observer) : descriptor_(descriptor), observer_(std::move(observer)) {}
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;
  ~FileBytes() override { ::close(descriptor_); }

  Result<std::size_t> read(std::span<char> out) override {
    for (;;) {
      const ssize_t got = ::read(descriptor_, out.data(), out.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0)
        return fail(ErrorKind::kUnavailable, "input_unreadable", std::string("reading: ") + std::strerror(errno));
      const auto size = static_cast<std::size_t>(got);
      if (observer_ && size > 0) observer_(std::string_view(out.data(), size));
      return size;
    }
  }

 private:
  int descriptor_;
  BlockObserver observer_;
};

class MemoryBytes final : public BytesSource {
 public:
  MemoryBytes(std::string_view text, BlockObserver observer) : rest_(text), observer_(std::move(observer)) {}
  Result<std::size_t> read(std::span<char> out) override {
    const std::size_t size = std::min(out.size(), rest_.size());
    std::copy_n(rest_.data(), size, out.data());
    if (observer_ && size > 0) observer_(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return size;
  }

 private:
  std::string_view rest_;
  BlockObserver observer_;
};

}  // namespace

Result<std::unique_ptr<BytesSource>> open_file(const std::string& path, BlockObserver observer) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return fail(ErrorKind::kNotFound, "input_missing", path + ": " + std::strerror(errno));
  auto source = std::make_unique<FileBytes>(descriptor, std::move(observer));
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    return fail(ErrorKind::kInvalidArgument, "input_not_a_file",
                path + ": not a regular file; it is read more than once");
  }
  return source;
}

std::unique_ptr<BytesSource> open_memory(std::string_view text, BlockObserver observer) {
  return std::make_unique<MemoryBytes>(text, std::move(observer));
}

Result<std::uint64_t> file_size(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return fail(ErrorKind::kNotFound, "input_missing", path + ": " + std::strerror(errno));
  }
  return static_cast<std::uint64_t>(status.st_size);
}

Result<std::string> read_small_file(const std::string& path, std::size_t bytes_max) {
  auto source = open_file(path);
  if (!source) return fail(source.error());
  std::string text;
  std::vector<char> block(std::size_t{64} << 10);
  for (;;) {
    const auto got = (*source)->read(block);
    if (!got) return fail(got.error());
    if (*got == 0) return text;
    text.append(block.data(), *got);
    if (text.size() > bytes_max) {
      return fail(ErrorKind::kTooLarge, "file_too_large",
                  path + ": larger than " + std::to_string(bytes_max) + " bytes");
    }
  }
}

}  // namespace ishi::client

#include "api/host/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace ishi::api {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

tl::unexpected<Error> failed(const std::string& path) {
  return fail(ErrorKind::kUnavailable, "file_failed", path + ": " + std::strerror(errno));
}

bool write_all(int number, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(number, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Result<void> write_beside(const std::string& temporary, std::string_view bytes) {
  ::unlink(temporary.c_str());
  const Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.number() < 0 || !write_all(file.number(), bytes) || ::fsync(file.number()) != 0) return failed(temporary);
  return {};
}

Result<void> sync_folder_of(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  const std::string folder = parent.empty() ? "." : parent.string();
  const Descriptor file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file.number() < 0 || ::fsync(file.number()) != 0) return failed(folder);
  return {};
}

std::string beside(const std::string& path) {
  return path + ".new";
}

}  // namespace

Result<void> write_durably(const std::string& path, std::string_view bytes) {
  if (auto written = write_beside(beside(path), bytes); !written) return written;
  if (::rename(beside(path).c_str(), path.c_str()) != 0) return failed(path);
  return sync_folder_of(path);
}

Result<void> create_durably(const std::string& path, std::string_view bytes) {
  if (auto written = write_beside(beside(path), bytes); !written) return written;
  const bool linked = ::link(beside(path).c_str(), path.c_str()) == 0;  // unlike rename, it never replaces
  const int reason = errno;
  ::unlink(beside(path).c_str());
  if (linked) return sync_folder_of(path);
  if (reason == EEXIST) return fail(ErrorKind::kConflict, "file_exists", path + ": exists already and was left alone");
  errno = reason;
  return failed(path);
}

Result<std::optional<std::string>> read_if_there(const std::string& path, std::size_t bytes_max) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0 && errno == ENOENT) return std::nullopt;
  if (file.number() < 0) return failed(path);
  std::string bytes;
  char piece[16'384];
  while (true) {
    const ssize_t got = ::read(file.number(), piece, sizeof piece);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(path);
    if (got == 0) return bytes;
    bytes.append(piece, static_cast<std::size_t>(got));
    if (bytes.size() > bytes_max) return fail(ErrorKind::kTooLarge, "file_too_large", path + ": is too large");
  }
}

bool open_to_others(const std::string& path) {
  struct stat about {};
  return ::stat(path.c_str(), &about) == 0 && (about.st_mode & 077) != 0;
}

}  // namespace ishi::api

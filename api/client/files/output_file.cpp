#include "api/client/files/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "api/client/files/digest.h"
#include "registry/assert.h"

namespace ishi::client {
namespace {

constexpr std::size_t kBufferBytes = 1 << 20;
constexpr mode_t kMode = 0600;  // medical data: for the owner alone

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

tl::unexpected<Error> failed(const std::string& path) {
  return fail(ErrorKind::kUnavailable, "output_unwritable", path + ": " + std::strerror(errno));
}

// The same file, or two names for the one that will be made.
bool same_place(const std::string& a, const std::string& b) {
  std::error_code error;
  if (std::filesystem::equivalent(a, b, error) && !error) return true;
  const auto first = std::filesystem::weakly_canonical(std::filesystem::absolute(a, error), error);
  if (error) return a == b;
  const auto second = std::filesystem::weakly_canonical(std::filesystem::absolute(b, error), error);
  return error ? a == b : first == second;
}

Result<void> check_apart(const NamedFile& output, std::span<const NamedFile> others, const char* code) {
  for (const NamedFile& other : others) {
    if (other.path.empty() || !same_place(output.path, other.path)) continue;
    return fail(ErrorKind::kInvalidArgument, code, output.option + " must not be the file of " + other.option);
  }
  return {};
}

}  // namespace

OutputFile::OutputFile(std::string path, std::string temporary, int descriptor)
    : path_(std::move(path)), temporary_(std::move(temporary)), descriptor_(descriptor) {
  buffer_.reserve(kBufferBytes);
}

Result<std::unique_ptr<OutputFile>> OutputFile::create(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    return fail(ErrorKind::kInvalidArgument, "output_not_a_file", path + ": not a regular file");
  }
  const std::size_t slash = path.rfind('/');
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  const std::string temporary = folder_of(path) + "/." + name + "." + random_hex(4) + ".part";
  const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kMode);
  if (descriptor < 0) return failed(path);
  return std::unique_ptr<OutputFile>(new OutputFile(path, temporary, descriptor));
}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!published_) ::unlink(temporary_.c_str());
}

Result<void> OutputFile::write(std::string_view bytes) {
  if (buffer_.size() + bytes.size() > kBufferBytes) {
    if (const auto flushed = flush(); !flushed) return flushed;
  }
  buffer_.append(bytes);
  return {};
}

Result<void> OutputFile::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed(path_);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  buffer_.clear();
  return {};
}

Result<void> OutputFile::seal() {
  if (const auto flushed = flush(); !flushed) return flushed;
  if (::fsync(descriptor_) != 0) return failed(path_);
  const int closed = ::close(descriptor_);
  descriptor_ = -1;
  if (closed != 0) return failed(path_);
  sealed_ = true;
  return {};
}

Result<void> OutputFile::publish() {
  ISHI_ASSERT(sealed_);
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) return failed(path_);
  published_ = true;
  const int folder = ::open(folder_of(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    ::fsync(folder);  // best effort: some file systems refuse it, and the name is taken already
    ::close(folder);
  }
  return {};
}

Result<void> check_outputs(std::span<const NamedFile> inputs, std::span<const NamedFile> outputs) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].path.empty()) continue;
    if (const auto apart = check_apart(outputs[i], inputs, "output_is_input"); !apart) return apart;
    if (const auto apart = check_apart(outputs[i], outputs.first(i), "outputs_equal"); !apart) return apart;
    if (const auto made = OutputFile::create(outputs[i].path); !made) return fail(made.error());
  }
  return {};
}

}  // namespace ishi::client

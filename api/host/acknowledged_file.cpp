#include "api/host/acknowledged_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "api/host/durable_file.h"

namespace ishi::api {
namespace {

constexpr std::size_t kPlaceBytes = 4'096;  // a block of any disk: one write never touches the other place
constexpr std::size_t kContentBytes = 8 + 8 + 32;
constexpr char kMagic[] = "ishi-ack";
using Place = std::array<std::uint8_t, kPlaceBytes>;

tl::unexpected<Error> place_failed(const std::string& path) {
  return fail(ErrorKind::kUnavailable, "file_failed", path + ": " + std::strerror(errno));
}

ByteView content_of(const Place& place) {
  return ByteView(place).first(kContentBytes);
}

Place place_of(const Acknowledged& acknowledged) {
  Place place{};
  std::memcpy(place.data(), kMagic, 8);
  for (unsigned i = 0; i < 8; ++i) place[8 + i] = static_cast<std::uint8_t>(acknowledged.position.events() >> (8U * i));
  std::copy(acknowledged.commitment.begin(), acknowledged.commitment.end(), place.begin() + 16);
  const Digest digest = sha256(content_of(place));
  std::copy(digest.begin(), digest.end(), place.begin() + kContentBytes);
  return place;
}

std::optional<Acknowledged> acknowledged_in(const Place& place) {
  const Digest digest = sha256(content_of(place));
  if (std::memcmp(place.data(), kMagic, 8) != 0 ||
      !std::equal(digest.begin(), digest.end(), place.begin() + kContentBytes))
    return std::nullopt;
  std::uint64_t position = 0;
  for (unsigned i = 0; i < 8; ++i) position |= std::uint64_t{place[8 + i]} << (8U * i);
  Acknowledged found{Position(position), {}};
  std::copy_n(place.begin() + 16, found.commitment.size(), found.commitment.begin());
  return found;
}

bool write_place(int file, unsigned number, const Place& place) {
  std::size_t done = 0;
  while (done < place.size()) {
    const ssize_t written =
        ::pwrite(file, place.data() + done, place.size() - done, static_cast<off_t>(number * kPlaceBytes + done));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    done += static_cast<std::size_t>(written);
  }
  return ::fdatasync(file) == 0;
}

}  // namespace

AcknowledgedFile::AcknowledgedFile(std::string path, int file, bool existed)
    : path_(std::move(path)), file_(file), existed_(existed) {}

AcknowledgedFile::~AcknowledgedFile() {
  ::close(file_);
}

Result<std::unique_ptr<AcknowledgedFile>> AcknowledgedFile::open(const std::string& path) {
  // The name appears with both places in it, so that a power cut leaves a whole file or none.
  const Place empty = place_of({});
  std::string both(empty.begin(), empty.end());
  both += both;
  const auto created = create_durably(path, both);
  const bool existed = !created && created.error().code == "file_exists";
  if (!created && !existed) return fail(created.error());
  const int number = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (number < 0) return place_failed(path);
  std::unique_ptr<AcknowledgedFile> file(new AcknowledgedFile(path, number, existed));
  if (::flock(number, LOCK_EX | LOCK_NB) != 0)
    return fail(ErrorKind::kConflict, "memory_in_use", path + ": another server has it; give each its own");
  if (auto read = file->read(); !read) return fail(read.error());
  return file;
}

Result<void> AcknowledgedFile::read() {
  const MutexLock lock(mutex_);
  bool found = false;
  for (unsigned number = 0; number < 2; ++number) {
    Place place{};
    if (::pread(file_, place.data(), place.size(), static_cast<off_t>(number * kPlaceBytes)) < 0)
      return place_failed(path_);
    const auto held = acknowledged_in(place);
    if (!held || (found && held->position < last_.position)) continue;
    found = true;
    last_ = *held;
    next_place_ = 1 - number;
  }
  if (!found) return fail(ErrorKind::kCorrupt, "memory_damaged", path_ + ": holds nothing that was written there");
  return {};
}

Acknowledged AcknowledgedFile::last() const {
  const MutexLock lock(mutex_);
  return last_;
}

Result<void> AcknowledgedFile::remember(const Acknowledged& acknowledged) {
  const MutexLock lock(mutex_);
  if (acknowledged.position <= last_.position) return {};
  if (!write_place(file_, next_place_, place_of(acknowledged))) return place_failed(path_);
  last_ = acknowledged;
  next_place_ = 1 - next_place_;
  return {};
}

}  // namespace ishi::api

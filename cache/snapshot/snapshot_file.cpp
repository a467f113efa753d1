#include "cache/snapshot/snapshot_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace ishi::cache {
namespace {

constexpr std::string_view kMagic = "ISHINEAR";
constexpr std::size_t kHeadBytes = kMagic.size() + 4;

Bytes head_bytes() {
  Bytes head(kMagic.begin(), kMagic.end());
  put_number(head, kSnapshotVersion);
  return head;
}

Bytes chunk_head(SnapshotChunk kind, std::size_t bytes) {
  Bytes head;
  put_number(head, static_cast<std::uint32_t>(kind));
  put_number(head, static_cast<std::uint32_t>(bytes));
  return head;
}

Digest chained(const Digest& before, ByteView head, ByteView payload) {
  Sha256 hash;
  hash.update(before);
  hash.update(head);
  hash.update(payload);
  return hash.finish();
}

}  // namespace

SnapshotFileWriter::SnapshotFileWriter(std::string path) : path_(std::move(path)), beside_(path_ + ".new") {}

SnapshotFileWriter::~SnapshotFileWriter() {
  if (file_ < 0) return;
  close(file_);
  unlink(beside_.c_str());
}

Result<void> SnapshotFileWriter::trouble(std::string_view what) const {
  return fail(ErrorKind::kUnavailable, "snapshot_unwritable",
              beside_ + ": " + std::string(what) + ": " + std::strerror(errno));
}

Result<void> SnapshotFileWriter::open() {
  unlink(beside_.c_str());  // of somebody who was killed while writing
  file_ = ::open(beside_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file_ < 0) return trouble("cannot be created");
  const Bytes head = head_bytes();
  chain_ = sha256(head);
  return write(head);
}

Result<void> SnapshotFileWriter::write(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return trouble("cannot be written");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> SnapshotFileWriter::add(SnapshotChunk kind, ByteView payload) {
  const Bytes head = chunk_head(kind, payload.size());
  chain_ = chained(chain_, head, payload);
  for (const ByteView part : {ByteView(head), payload, ByteView(chain_)})
    if (auto written = write(part); !written) return written;
  return {};
}

Result<void> SnapshotFileWriter::finish() {
  if (auto ended = add(SnapshotChunk::kEnd, {}); !ended) return ended;
  if (fsync(file_) != 0) return trouble("cannot be made durable");
  if (rename(beside_.c_str(), path_.c_str()) != 0) return trouble("cannot be renamed");
  close(file_);
  file_ = -1;
  const std::string folder = std::filesystem::path(path_).parent_path().string();
  const int opened = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) return trouble("its folder cannot be opened");
  const int synced = fsync(opened);
  close(opened);
  if (synced != 0) return trouble("its folder cannot be made durable");
  return {};
}

SnapshotFileReader::~SnapshotFileReader() {
  if (mapped_) munmap(const_cast<std::uint8_t*>(mapped_), bytes_);
}

Result<void> SnapshotFileReader::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return fail(ErrorKind::kNotFound, "snapshot_missing", path + ": " + std::strerror(errno));
  struct stat state {};
  const bool known = fstat(file, &state) == 0 && S_ISREG(state.st_mode);
  bytes_ = known ? static_cast<std::size_t>(state.st_size) : 0;
  void* mapped = bytes_ < kHeadBytes ? MAP_FAILED : mmap(nullptr, bytes_, PROT_READ, MAP_PRIVATE, file, 0);
  close(file);
  if (mapped == MAP_FAILED) return fail(snapshot_damaged("too short"));
  mapped_ = static_cast<const std::uint8_t*>(mapped);
  madvise(mapped, bytes_, MADV_SEQUENTIAL);
  const ByteView head(mapped_, kHeadBytes);
  if (!std::equal(kMagic.begin(), kMagic.end(), head.begin())) return fail(snapshot_damaged("this is no snapshot"));
  if (SnapshotBytes version(head.subspan(kMagic.size())); version.number<std::uint32_t>() != kSnapshotVersion)
    return fail(ErrorKind::kUnsupported, "snapshot_of_another_make", "the snapshot was written by another version");
  at_ = kHeadBytes;
  chain_ = sha256(head);
  return {};
}

Result<SnapshotFileReader::Chunk> SnapshotFileReader::next() {
  constexpr std::size_t kChunkHead = 8;
  const ByteView rest(mapped_ + at_, bytes_ - at_);
  if (rest.size() < kChunkHead + chain_.size()) return fail(snapshot_damaged("it ends too early"));
  SnapshotBytes head(rest.first(kChunkHead));
  const auto kind = static_cast<SnapshotChunk>(head.number<std::uint32_t>());
  const std::size_t size = head.number<std::uint32_t>();
  if (size > kSnapshotChunkBytesMax || rest.size() - kChunkHead - chain_.size() < size)
    return fail(snapshot_damaged("it ends too early"));
  const ByteView payload = rest.subspan(kChunkHead, size);
  chain_ = chained(chain_, rest.first(kChunkHead), payload);
  const ByteView digest = rest.subspan(kChunkHead + size, chain_.size());
  if (!std::equal(digest.begin(), digest.end(), chain_.begin())) return fail(snapshot_damaged("a checksum is wrong"));
  at_ += kChunkHead + size + chain_.size();
  if (kind == SnapshotChunk::kEnd && (size != 0 || at_ != bytes_))
    return fail(snapshot_damaged("something follows its end"));
  return Chunk{kind, payload};
}

}  // namespace ishi::cache

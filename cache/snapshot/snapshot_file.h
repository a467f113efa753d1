// The file under a snapshot: a magic word, then chunks (kind, bytes, payload, digest over itself and all before it),
// the last of kind kEnd. Written beside its final name and renamed when it is durable.
#pragma once

#include <cstdint>
#include <string>

#include "registry/bytes.h"
#include "registry/merkle/sha256.h"
#include "registry/result.h"

namespace ishi::cache {

constexpr std::uint32_t kSnapshotVersion = 2;
constexpr std::size_t kSnapshotChunkBytesMax = 1U << 26;

enum class SnapshotChunk : std::uint32_t {
  kEnd = 0,
  kHeader = 1,
  kBuckets = 2,
  kOverflow = 3,
  kOverflowMap = 4,
  kWeak = 5,
  kTerms = 6,
  kErasures = 7,
  kKnown = 8
};

// Little-endian numbers and texts, onto and out of bytes.
template <typename Number>
void put_number(Bytes& bytes, Number number) {
  for (std::size_t i = 0; i < sizeof(Number); ++i)
    bytes.push_back(static_cast<std::uint8_t>(std::uint64_t{number} >> (8 * i)));
}
void put_text(Bytes& bytes, std::string_view text);

class SnapshotBytes {  // reads; after the first thing that is not there, ok() is false and all is zero
 public:
  explicit SnapshotBytes(ByteView bytes) : rest_(bytes) {}
  template <typename Number>
  Number number() {
    std::uint64_t value = 0;
    const ByteView taken = take(sizeof(Number));
    for (std::size_t i = 0; i < taken.size(); ++i) value |= std::uint64_t{taken[i]} << (8 * i);
    return static_cast<Number>(value);
  }
  std::string text();
  ByteView take(std::size_t count);
  bool ok() const { return ok_; }
  bool done() const { return rest_.empty(); }

 private:
  ByteView rest_;
  bool ok_ = true;
};

class SnapshotFileWriter {
 public:
  explicit SnapshotFileWriter(std::string path);
  ~SnapshotFileWriter();  // removes what was not finished
  SnapshotFileWriter(const SnapshotFileWriter&) = delete;
  SnapshotFileWriter& operator=(const SnapshotFileWriter&) = delete;
  Result<void> open();
  Result<void> add(SnapshotChunk kind, ByteView payload);
  Result<void> finish();  // kEnd, durable, renamed, the folder durable

 private:
  Result<void> write(ByteView bytes);
  Result<void> trouble(std::string_view what) const;

  const std::string path_, beside_;
  int file_ = -1;
  Digest chain_{};
};

class SnapshotFileReader {
 public:
  SnapshotFileReader() = default;
  ~SnapshotFileReader();
  SnapshotFileReader(const SnapshotFileReader&) = delete;
  SnapshotFileReader& operator=(const SnapshotFileReader&) = delete;
  Result<void> open(const std::string& path);
  struct Chunk {
    SnapshotChunk kind = SnapshotChunk::kEnd;
    ByteView payload;  // until the next call
  };
  // Checked against its digest. After kEnd nothing may follow.
  Result<Chunk> next();

 private:
  std::string path_;
  const std::uint8_t* mapped_ = nullptr;
  std::size_t bytes_ = 0, at_ = 0;
  Digest chain_{};
};

Error snapshot_damaged(const std::string& why);

}  // namespace ishi::cache

// The file under a snapshot: a magic word, then chunks (kind, bytes, payload, digest over itself and all before it),
// the last of kind kEnd. Written beside its final name and renamed when it is durable.
#pragma once

#include <cstdint>
#include <string>

#include "cache/feed/snapshot_section.h"
#include "registry/bytes.h"
#include "registry/merkle/sha256.h"
#include "registry/result.h"

namespace ishi::cache {

constexpr std::uint32_t kSnapshotVersion = 2;
constexpr std::size_t kSnapshotChunkBytesMax = 1U << 26;

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

}  // namespace ishi::cache

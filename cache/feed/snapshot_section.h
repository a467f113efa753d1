// Sections of a snapshot: what one projection writes and takes back (cache/feed/feed_projection.h). The file around
// them is cache/snapshot/snapshot_file.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "registry/bytes.h"
#include "registry/ports/event_log.h"
#include "registry/result.h"

namespace ishi::cache {

// The kind of a chunk in the file. A section is any number of chunks of one kind. The file itself writes kEnd, kHeader
// and kKnown; kOwedReceipts is of cache/tasks, and the projection of statuses writes the others.
enum class SnapshotChunk : std::uint32_t {
  kEnd = 0,
  kHeader = 1,
  kBuckets = 2,
  kOverflow = 3,
  kOverflowMap = 4,
  kWeak = 5,
  kTerms = 6,
  kErasures = 7,
  kKnown = 8,
  kOwedReceipts = 9
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

// Where chunks go.
class SnapshotSink {
 public:
  virtual ~SnapshotSink() = default;
  // Errors: snapshot_given_up, snapshot_unwritable; the writing ends with either.
  virtual Result<void> add(SnapshotChunk kind, ByteView payload) = 0;
  virtual std::size_t chunk_bytes() const = 0;  // about how large a chunk should be
};

// One section under construction: a chunk is written whenever it is full.
class SectionWriter {
 public:
  SectionWriter(SnapshotSink& sink, SnapshotChunk kind) : sink_(sink), kind_(kind) {}
  Bytes bytes;
  Result<void> flush_if_full() { return bytes.size() < sink_.chunk_bytes() ? Result<void>{} : flush(); }
  Result<void> flush();

 private:
  SnapshotSink& sink_;
  const SnapshotChunk kind_;
};

// Takes a projection's sections back, in the order of the file.
class SnapshotRestorer {
 public:
  virtual ~SnapshotRestorer() = default;
  // False: the kind is not one of this projection. Errors: snapshot_damaged.
  virtual Result<bool> take(SnapshotChunk kind, SnapshotBytes& bytes) = 0;
  // All chunks were taken. The snapshot is from `head`; what is in it is below `known`. Errors: snapshot_damaged.
  virtual Result<void> finish(const Head& head, Position known) = 0;
};

Error snapshot_damaged(const std::string& why);

}  // namespace ishi::cache

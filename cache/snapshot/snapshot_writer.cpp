#include "cache/snapshot/snapshot.h"

#include <unistd.h>

#include <algorithm>

#include "cache/snapshot/snapshot_file.h"
#include "cache/snapshot/snapshot_log.h"

namespace ishi::cache {
namespace {

class FileSink final : public SnapshotSink {
 public:
  FileSink(SnapshotFileWriter& file, const std::function<bool()>& pause, std::size_t chunk_bytes)
      : file_(file), pause_(pause), chunk_bytes_(chunk_bytes) {}
  Result<void> add(SnapshotChunk kind, ByteView payload) override {
    auto added = file_.add(kind, payload);
    if (added && !pause_()) return fail(ErrorKind::kUnavailable, "snapshot_given_up", "the snapshot was given up");
    return added;
  }
  std::size_t chunk_bytes() const override { return chunk_bytes_; }

 private:
  SnapshotFileWriter& file_;
  const std::function<bool()>& pause_;
  const std::size_t chunk_bytes_;
};

void put_digest(Bytes& bytes, const Digest& digest) {
  bytes.insert(bytes.end(), digest.begin(), digest.end());
}

Result<void> write_header(SnapshotFileWriter& file, const EventLog& log, const SnapshotProjections& projections,
                          const PolicyHistory& policies, const Head& head) {
  const auto first = snapshot_digest_at(log, EventIndex(0));
  if (!first) return fail(first.error());
  const auto last = snapshot_digest_at(log, EventIndex(head.position.events() - 1));
  if (!last) return fail(last.error());
  Bytes bytes;
  put_number(bytes, head.position.events());
  put_number(bytes, static_cast<std::uint64_t>(head.last_registered_at.microseconds()));
  put_digest(bytes, *first);
  put_digest(bytes, *last);
  for (const FeedProjection* projection : projections)
    for (const std::uint64_t size : projection->snapshot_sizes()) put_number(bytes, size);
  std::vector<EventIndex> published = policies.events();
  std::erase_if(published, [&](EventIndex index) { return !head.position.covers(index); });
  put_number(bytes, static_cast<std::uint32_t>(published.size()));
  for (const EventIndex index : published) put_number(bytes, index.value());
  return file.add(SnapshotChunk::kHeader, bytes);
}

// After everything else: what can have been copied.
Result<void> write_known(SnapshotFileWriter& file, const EventLog& log, const SnapshotProjections& projections) {
  Position known;
  for (const FeedProjection* projection : projections) known = std::max(known, projection->begun());
  const auto last = snapshot_digest_at(log, EventIndex(known.events() - 1));
  if (!last) return fail(last.error());
  Bytes bytes;
  put_number(bytes, known.events());
  put_digest(bytes, *last);
  return file.add(SnapshotChunk::kKnown, bytes);
}

Result<void> check_whole(const SnapshotProjections& projections) {
  if (std::all_of(projections.begin(), projections.end(), [](const auto* projection) { return projection->whole(); }))
    return {};
  return fail(ErrorKind::kConflict, "snapshot_not_whole", "this node does not hold everybody");
}

}  // namespace

Result<void> write_snapshot(const std::string& path, const EventLog& log, const SnapshotProjections& projections,
                            const PolicyHistory& policies, const Head& head, const std::function<bool()>& pause,
                            std::size_t chunk_bytes) {
  if (head.position == Position()) return {};
  if (auto whole = check_whole(projections); !whole) return whole;
  if (std::any_of(projections.begin(), projections.end(),
                  [](const auto* projection) { return projection->holds_what_was_erased(); })) {
    unlink(path.c_str());
    return fail(ErrorKind::kConflict, "snapshot_not_whole",
                "something was erased from the log that this node still holds; restart it, and it will have forgotten");
  }
  SnapshotFileWriter file(path);
  if (auto opened = file.open(); !opened) return opened;
  if (auto written = write_header(file, log, projections, policies, head); !written) return written;
  FileSink sink(file, pause, chunk_bytes);
  for (const FeedProjection* projection : projections)
    if (auto written = projection->snapshot(sink); !written) return written;
  if (auto written = write_known(file, log, projections); !written) return written;
  if (auto whole = check_whole(projections); !whole) return whole;
  return file.finish();
}

}  // namespace ishi::cache

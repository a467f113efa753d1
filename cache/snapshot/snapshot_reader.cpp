#include "cache/snapshot/snapshot.h"

#include <algorithm>
#include <variant>

#include "cache/snapshot/snapshot_file.h"
#include "cache/snapshot/snapshot_log.h"

namespace ishi::cache {
namespace {

constexpr std::size_t kTailChunk = 5'000;  // events read at a time

tl::unexpected<Error> another_make(const std::string& why) {
  return fail(ErrorKind::kUnsupported, "snapshot_of_another_make", "the snapshot does not fit: " + why);
}
tl::unexpected<Error> another_log(const std::string& why) {
  return fail(ErrorKind::kConflict, "snapshot_of_another_log", "the snapshot is not of this log: " + why);
}

}  // namespace

class SnapshotReader {
 public:
  SnapshotReader(const EventLog& log, const std::vector<FeedProjection*>& projections, PolicyHistory& policies)
      : log_(log), projections_(projections), policies_(policies) {
    for (FeedProjection* projection : projections)
      if (auto restorer = projection->restore()) restorers_.push_back(std::move(restorer));
  }

  Result<Head> load(const std::string& path) {
    SnapshotFileReader file;
    if (auto opened = file.open(path); !opened) return fail(opened.error());
    for (const FeedProjection* projection : projections_)
      if (!projection->whole()) return another_make("this node keeps recent people only");
    for (;;) {
      const auto chunk = file.next();
      if (!chunk) return fail(chunk.error());
      if (chunk->kind == SnapshotChunk::kEnd) break;
      if ((chunk->kind == SnapshotChunk::kHeader) == head_.has_value())
        return fail(snapshot_damaged("chunks out of order"));
      SnapshotBytes bytes(chunk->payload);
      auto taken = take(chunk->kind, bytes);
      if (!taken) return fail(taken.error());
      if (!bytes.ok() || !bytes.done()) return fail(snapshot_damaged("a chunk says too little or too much"));
    }
    return finish();
  }

 private:
  Result<void> take(SnapshotChunk kind, SnapshotBytes& bytes) {
    if (kind == SnapshotChunk::kHeader) return header(bytes);
    if (kind == SnapshotChunk::kKnown) return known(bytes);
    for (const auto& restorer : restorers_) {
      const auto taken = restorer->take(kind, bytes);
      if (!taken) return fail(taken.error());
      if (*taken) return {};
    }
    return fail(snapshot_damaged("a chunk of unknown kind"));
  }

  Result<void> header(SnapshotBytes& bytes) {
    Head head;
    head.position = Position(bytes.number<std::uint64_t>());
    head.last_registered_at = Timestamp(static_cast<std::int64_t>(bytes.number<std::uint64_t>()));
    const ByteView first = bytes.take(32), last = bytes.take(32);
    bool same_sizes = true;
    for (const FeedProjection* projection : projections_)
      for (const std::uint64_t size : projection->snapshot_sizes())
        same_sizes = bytes.number<std::uint64_t>() == size && same_sizes;
    std::vector<EventIndex> published;
    for (auto count = bytes.number<std::uint32_t>(); count > 0 && bytes.ok(); --count)
      published.push_back(EventIndex(bytes.number<std::uint64_t>()));
    if (!bytes.ok() || head.position == Position()) return fail(snapshot_damaged("its header is too short"));
    if (!same_sizes) return another_make("near.people_max is another one now");
    const auto now = log_.head();
    if (!now) return fail(now.error());
    if (now->position < head.position) return another_log("it is newer than the log");
    for (const auto& [index, digest] :
         {std::pair(EventIndex(0), first), std::pair(EventIndex(head.position.events() - 1), last)})
      if (auto same = reads_as(index, digest); !same) return same;
    if (auto read = read_policies(published); !read) return read;
    head_ = head;
    return {};
  }

  Result<void> read_policies(const std::vector<EventIndex>& published) {
    for (const EventIndex index : published) {
      const auto events = log_.read(index, 1);
      if (!events) return fail(events.error());
      const auto* policy = events->empty() ? nullptr : std::get_if<PolicyPublished>(&events->front().event.body);
      if (!policy) return another_log("a policy is missing");
      if (auto added = policies_.add(index, *policy); !added) return added;
    }
    return {};
  }

  Result<void> reads_as(EventIndex index, ByteView wanted) const {
    const auto digest = snapshot_digest_at(log_, index);
    if (!digest) return fail(digest.error());
    if (!std::equal(wanted.begin(), wanted.end(), digest->begin())) return another_log("an event reads otherwise");
    return {};
  }

  Result<void> known(SnapshotBytes& bytes) {
    const Position known(bytes.number<std::uint64_t>());
    const ByteView last = bytes.take(32);
    if (!bytes.ok() || known < head_->position || known_ != Position())
      return fail(snapshot_damaged("it does not say what it knows"));
    known_ = known;
    return reads_as(EventIndex(known.events() - 1), last);
  }

  Result<Head> finish() {
    if (!head_ || known_ == Position()) return fail(snapshot_damaged("parts are missing"));
    for (const auto& restorer : restorers_)
      if (auto finished = restorer->finish(*head_, known_); !finished) return fail(finished.error());
    if (auto clean = nothing_erased_since(); !clean) return fail(clean.error());
    return *head_;
  }

  // What was erased after the snapshot's Position may be in it, and no event could take it out.
  Result<void> nothing_erased_since() const {
    for (EventIndex at = head_->position.next_index();;) {
      const auto events = log_.read(at, kTailChunk);
      if (!events) return fail(events.error());
      for (const StoredEvent& stored : *events)
        if (const auto* erased = std::get_if<RecordErased>(&stored.event.body); erased && known_.covers(erased->target))
          return another_log("something in it was erased since");
      if (events->size() < kTailChunk) return {};
      at = Position::after(events->back().index).next_index();
    }
  }

  const EventLog& log_;
  const std::vector<FeedProjection*>& projections_;
  PolicyHistory& policies_;
  std::vector<std::unique_ptr<SnapshotRestorer>> restorers_;
  std::optional<Head> head_;
  Position known_;  // everything in the file is below it
};

Result<Head> load_snapshot(const std::string& path, const EventLog& log,
                           const std::vector<FeedProjection*>& projections, PolicyHistory& policies) {
  auto head = SnapshotReader(log, projections, policies).load(path);
  if (!head) {
    for (FeedProjection* projection : projections) projection->clear();
    policies.clear();
  }
  return head;
}

}  // namespace ishi::cache

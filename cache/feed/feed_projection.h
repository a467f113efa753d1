// FeedProjection: something this node folds from the log's events and can rebuild from them, such as the statuses of
// persons (cache/near/projection.h) or the copies in Redis (cache/shared/redis_follower.h). The follower
// (cache/follow/feed_follower.h) feeds a list of them; snapshots (cache/snapshot/snapshot.h) keep a list of them.
//
// Order. The follower reads a batch, feeds it to every projection in the order of its list, and announces the batch's
// Position only when all of them have applied it: applied before announced. So a strict answer at an announced Position
// finds all of it in every projection. A projection may rely on those before it in the list. If one fails, those behind
// it are not fed, nothing is announced, and the batch is read and fed again after a pause.
//
// Position. A projection is fed exactly the events beyond its own position(), so what one has applied is not fed to it
// again because another one failed. After a retry the batch may be longer than before.
//
// Threads. begin_at() and apply() run on the follower's thread, one call at a time. position(), and all that a snapshot
// asks, may be called on any thread while apply() runs. restore() and clear() run before the follower starts.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "cache/feed/snapshot_section.h"
#include "registry/ports/event_log.h"

namespace ishi::cache {

class FeedProjection {
 public:
  virtual ~FeedProjection() = default;

  // Once, before the first batch: this node starts at `head`; everything below it is applied already.
  virtual void begin_at(const Head& head) { static_cast<void>(head); }
  // `events` are the next ones, gapless, from position() on; `log` has at least as much. On success position() is the
  // one after the last of them. On an error position() stands still, and the same events come again, perhaps with more
  // behind them: what the failed attempt has done already must be harmless when it is done once more.
  virtual Result<void> apply(const EventLog& log, std::span<const StoredEvent> events) = 0;
  // Everything below it is applied.
  virtual Position position() const = 0;
  // The follower has nothing to read just now: time for what may wait. Errors as of apply(); it is called again.
  virtual Result<void> settle(const EventLog& log) {
    static_cast<void>(log);
    return {};
  }

  // Snapshots. The defaults are those of a projection that has nothing to keep in one.

  // False: it does not hold everything, and no snapshot is written or loaded.
  virtual bool whole() const { return true; }
  // True: it holds content that was erased from the log since. Then the snapshot on disk must go, too.
  virtual bool holds_what_was_erased() const { return false; }
  // Sizes that must be the same where the snapshot is loaded. They stand in the file's header.
  virtual std::vector<std::uint64_t> snapshot_sizes() const { return {}; }
  // Writes its sections, of kinds that no other projection writes. apply() may go on meanwhile: the sections hold
  // everything below the position() at the beginning, and may hold more.
  virtual Result<void> snapshot(SnapshotSink& sink) const {
    static_cast<void>(sink);
    return {};
  }
  // Everything in the sections written so far is below it: also what is being applied just now.
  virtual Position begun() const { return position(); }
  // What takes the sections back. Null: it wrote none. REQUIRES: it is empty and nobody reads.
  virtual std::unique_ptr<SnapshotRestorer> restore() { return nullptr; }
  // Back to Position 0. REQUIRES: nobody reads or writes.
  virtual void clear() = 0;
};

}  // namespace ishi::cache

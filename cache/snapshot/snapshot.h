// Snapshots of this node's projections in a file of this machine, so that a restart need not fold the log again. A
// snapshot may be thrown away at any time: one that cannot be verified is refused with a reason, and the node reads the
// log instead. Each projection writes its own sections and takes them back (cache/feed/feed_projection.h); the file
// adds what ties all of them to one log and one Position. They are restored together or not at all.
//
// A snapshot is *from* a Position, and may know more: buckets and overflow maps are copied one by one while the
// follower goes on writing, and nobody waits. A node that loads it applies the events from that Position on once more,
// which is harmless (cache/near/projection.h), and answers nobody before it has reached the log's head. What could
// still contradict itself, linked persons of whom only some were copied in time, is left out on loading and asked of
// the log (tests/cache/snapshot_test.cpp). A projection for which a second application is not harmless must write
// sections that are exactly from position().
//
// It belongs to one log: the digests of the first event, of the last one before its Position and of the last one it may
// know of are in it and are compared with the log; it is refused, too, when anything that it may know of was erased
// after its Position. What was erased before, it names. tests/cache/model tries all interleavings. Every chunk carries
// a SHA-256 over itself and all before it. Written beside, made durable, then renamed. It holds tokens: mode 0600. Only
// whole tables have snapshots.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "cache/feed/feed_projection.h"
#include "cache/follow/freshness_barrier.h"
#include "cache/follow/policy_history.h"
#include "registry/threads/mutex.h"

namespace ishi::cache {

using SnapshotProjections = std::vector<const FeedProjection*>;

// `pause` is called between chunks of about `chunk_bytes`; false gives up. Errors: "snapshot_given_up",
// "snapshot_not_whole" (the table evicts or was too small, or holds what was erased), "snapshot_unwritable", and those
// of the log. `head` is what every projection has applied at least. Any thread, one at a time.
Result<void> write_snapshot(const std::string& path, const EventLog& log, const SnapshotProjections& projections,
                            const PolicyHistory& policies, const Head& head, const std::function<bool()>& pause,
                            std::size_t chunk_bytes = std::size_t{1} << 20);

// Puts everything back; from the returned Head on the follower must apply. REQUIRES: projections and policies are empty
// and nobody asks yet. Errors leave all empty: kNotFound "snapshot_missing", kCorrupt "snapshot_damaged", kUnsupported
// "snapshot_of_another_make" (version, or another size of table), kConflict "snapshot_of_another_log" (also: newer than
// the log, or something was erased since), and those of the log.
Result<Head> load_snapshot(const std::string& path, const EventLog& log,
                           const std::vector<FeedProjection*>& projections, PolicyHistory& policies);

// Writes one now and then, and one at the end, on a thread of its own.
class SnapshotKeeper {
 public:
  struct Written {
    Head head;
    std::chrono::milliseconds took{};
  };
  using Report = std::function<void(const Result<Written>&)>;  // on the keeper's thread, or that of stop()
  SnapshotKeeper(std::string path, std::chrono::seconds interval, const EventLog& log, SnapshotProjections projections,
                 const PolicyHistory& policies, const FreshnessBarrier& barrier, Report report);
  ~SnapshotKeeper();
  void start(Position kept);  // what the file on disk is from, if there is one
  void stop();                // writes the last one; call after the follower has stopped

 private:
  void run(const std::stop_token& stop);
  void write_if_grown(const std::function<bool()>& pause);

  const std::string path_;
  const std::chrono::seconds interval_;
  const EventLog& log_;
  const SnapshotProjections projections_;
  const PolicyHistory& policies_;
  const FreshnessBarrier& barrier_;
  const Report report_;
  Position kept_;
  Mutex mutex_;  // guards nothing: the wait wants one
  std::condition_variable_any wake_;
  std::jthread thread_;
};

}  // namespace ishi::cache

// OwedReceipts: the objections whose document nobody has given yet (LAW.md 3.9), folded from the log. An objection
// opens the task, the first ReceiptIssued of it closes it; a withdrawal does not, since the document was owed for the
// request. About 100 bytes each, and only while it is open. Applying an event twice changes nothing.
#pragma once

#include <map>
#include <memory>
#include <set>

#include "cache/feed/feed_projection.h"
#include "registry/ports/open_tasks.h"
#include "registry/threads/mutex.h"

namespace ishi::cache {

class OwedReceipts final : public FeedProjection, public OpenTasks {
 public:
  void begin_at(const Head& head) override;
  Result<void> apply(const EventLog& log, std::span<const StoredEvent> events) override;
  Position position() const override;
  bool whole() const override;
  std::vector<std::uint64_t> snapshot_sizes() const override;
  Result<void> snapshot(SnapshotSink& sink) const override;
  std::unique_ptr<SnapshotRestorer> restore() override;
  void clear() override;

  Result<std::vector<OwedReceipt>> owed_receipts(
      EventIndex from, std::size_t limit, const std::function<bool(const std::string& caller)>& wanted) const override;
  std::size_t count() const;

 private:
  class Restorer;
  struct Open {
    Token token;
    Timestamp accepted_at;
    const std::string* caller;  // in callers_
    bool electronic_agreed;
  };
  void open(OwedReceipt owed) ISHI_REQUIRES(mutex_);

  mutable Mutex mutex_;
  Position position_ ISHI_GUARDED_BY(mutex_);
  bool whole_ ISHI_GUARDED_BY(mutex_) = true;
  std::set<std::string> callers_ ISHI_GUARDED_BY(mutex_);
  std::map<EventIndex, Open> open_ ISHI_GUARDED_BY(mutex_);
};

}  // namespace ishi::cache

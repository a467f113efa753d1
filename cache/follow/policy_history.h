// PolicyHistory: every version of the policy book this node has seen, by the event that published it.
// The follower adds, any thread reads. A version that does not validate here (published by newer software)
// stops the follower rather than being skipped: answering under the wrong law is worse than not answering.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "registry/events/event.h"
#include "registry/policy/policy_book.h"
#include "registry/position.h"
#include "registry/result.h"
#include "registry/threads/mutex.h"

namespace ishi::cache {

class PolicyHistory {
 public:
  using Version = std::pair<EventIndex, std::shared_ptr<const PolicyBook>>;
  Result<void> add(EventIndex index, const PolicyPublished& published);
  void add(EventIndex index, std::shared_ptr<const PolicyBook> book);  // one already read
  std::vector<EventIndex> events() const;                              // where versions were published, in order
  void clear();
  // The version in force after `position` events; nullopt before the first.
  std::optional<Version> at(Position position) const;

 private:
  mutable SharedMutex mutex_;
  std::map<EventIndex, std::shared_ptr<const PolicyBook>> versions_ ISHI_GUARDED_BY(mutex_);
};

}  // namespace ishi::cache

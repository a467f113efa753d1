// OpenTasks: what is owed to people and not done yet, as the log says. cache/tasks/owed_receipts.h is the
// implementation.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "registry/events/event.h"
#include "registry/position.h"
#include "registry/result.h"

namespace ishi {

// An objection whose document (Art. 53) nobody has given yet: LAW.md 3.9.
struct OwedReceipt {
  EventIndex objection;
  Token token;            // on which it was recorded
  Timestamp accepted_at;  // from then on it is owed
  std::string caller;     // who recorded it
  // The person agreed to a document in electronic form; else it is paper.
  bool electronic_agreed = false;
  friend bool operator==(const OwedReceipt&, const OwedReceipt&) = default;
};

class OpenTasks {
 public:
  virtual ~OpenTasks() = default;
  // From the objection `from` on, in order, at most `limit`, of those whose caller is `wanted`. At the Position that
  // this node has applied, which is never before one that StatusSource::view has given. Errors: kUnavailable
  // tasks_not_kept (this node does not hold everything). Any thread.
  virtual Result<std::vector<OwedReceipt>> owed_receipts(
      EventIndex from, std::size_t limit, const std::function<bool(const std::string& caller)>& wanted) const = 0;
};

}  // namespace ishi

// ReadConfirmer: will what was just read outlive the server that it was read from? A database that restarts after a
// crash shows commits that no standby has yet; a failover may still take them back. What must be remembered only if it
// stays (a signed checkpoint) is read between begin() and confirm(). Any thread.
#pragma once

#include <string>

#include "registry/result.h"

namespace ishi {

class ReadConfirmer {
 public:
  virtual ~ReadConfirmer() = default;
  // Before the first read. What comes back is for confirm() alone.
  virtual std::string begin() const = 0;
  // All that was read from the log since begin() is where every acknowledged commit is. Waits for that, some hundred
  // milliseconds. kUnavailable: it is not known; nothing that was read may be kept.
  virtual Result<void> confirm(const std::string& begun) const = 0;
};

}  // namespace ishi

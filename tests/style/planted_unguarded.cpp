// Planted: -Wthread-safety must complain twice here, and not about read() (ops/lib/style_checks.sh). Belongs to no
// program.
#include "registry/threads/mutex.h"

namespace ishi {

class Planted {
 public:
  int read() {
    const MutexLock lock(mutex_);
    return next();
  }
  int read_without_the_lock() { return value_; }
  int call_without_the_lock() { return next(); }

 private:
  int next() ISHI_REQUIRES(mutex_) { return ++value_; }
  Mutex mutex_;
  int value_ ISHI_GUARDED_BY(mutex_) = 0;
};

}  // namespace ishi

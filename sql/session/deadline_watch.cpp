#include "sql/session/deadline_watch.h"

#include <sys/socket.h>

#include "registry/threads/mutex.h"

namespace ishi::sql {

using std::chrono::steady_clock;

std::shared_ptr<DeadlineWatch> DeadlineWatch::shared() {
  static Mutex mutex;
  static std::weak_ptr<DeadlineWatch> one;
  const MutexLock lock(mutex);
  auto watch = one.lock();
  if (!watch) one = watch = std::make_shared<DeadlineWatch>();
  return watch;
}

DeadlineWatch::DeadlineWatch() : thread_([this] { run(); }) {}

DeadlineWatch::~DeadlineWatch() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

DeadlineWatch::Guard::Guard(DeadlineWatch& watch, int socket, std::chrono::milliseconds limit, TimelineEpoch epoch)
    : watch_(watch), socket_(socket), epoch_(epoch) {
  if (limit.count() == 0) return;
  const auto deadline = steady_clock::now() + limit;
  const MutexLock lock(watch_.mutex_);
  place_ = watch_.guards_.emplace(deadline, this);
  watched_ = true;
  if (deadline < watch_.wakes_at_) watch_.changed_.notify_all();
}

bool DeadlineWatch::Guard::finish() {
  const MutexLock lock(watch_.mutex_);
  if (watched_) watch_.guards_.erase(place_);
  watched_ = false;
  return cut_;
}

void DeadlineWatch::cut(Guard& guard) {
  guard.watched_ = false;
  guard.cut_ = true;
  shutdown(guard.socket_, SHUT_RDWR);
}

void DeadlineWatch::cut_outdated() {
  const MutexLock lock(mutex_);
  for (auto at = guards_.begin(); at != guards_.end();) {
    Guard& guard = *at->second;
    const TimelineEpoch& epoch = guard.epoch_;
    const bool outdated =
        epoch.in_force != nullptr && epoch.opened_under != 0 && epoch.in_force->load() != epoch.opened_under;
    at = outdated ? guards_.erase(at) : std::next(at);
    if (outdated) cut(guard);
  }
}

void DeadlineWatch::run() {
  MutexLock lock(mutex_);
  while (!stopping_) {
    const auto now = steady_clock::now();
    while (!guards_.empty() && guards_.begin()->first <= now) {
      Guard& late = *guards_.begin()->second;
      guards_.erase(guards_.begin());
      cut(late);
    }
    // Most guards end long before their deadline; the sleeper is woken only for an earlier one than it sleeps for.
    if (guards_.empty()) {
      wakes_at_ = steady_clock::time_point::max();
      changed_.wait(lock.native());
    } else {
      wakes_at_ = guards_.begin()->first;
      changed_.wait_until(lock.native(), wakes_at_);
    }
  }
}

}  // namespace ishi::sql

#include "api/operations/fsck_watch.h"

#include <algorithm>

namespace ishi::api {
namespace {

constexpr std::chrono::seconds kFirstWaitMax{600};

}  // namespace

void FsckWatch::start() {
  if (interval_.count() > 0 && !thread_.joinable()) thread_ = std::thread([this] { run(); });
}

void FsckWatch::stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  woken_.notify_all();
  if (thread_.joinable()) thread_.join();
}

FsckWatch::Stats FsckWatch::stats() const {
  const MutexLock lock(mutex_);
  Stats stats = stats_;
  stats.events = events_;
  return stats;
}

void FsckWatch::run() {
  const Controls controls{[this] {
                            const MutexLock lock(mutex_);
                            return stopping_;
                          },
                          [this](std::uint64_t events) { events_ = events; }};
  MutexLock lock(mutex_);
  auto wait = std::min(interval_, kFirstWaitMax);
  while (!woken_.wait_for(lock.native(), wait, [this]() ISHI_REQUIRES(mutex_) { return stopping_; })) {
    wait = interval_;
    stats_.running = true;
    lock.unlock();
    events_ = 0;
    const auto outcome = look_(controls);
    lock.lock();
    stats_.running = false;
    if (stopping_) return;
    if (outcome) {
      const auto now = std::chrono::system_clock::now().time_since_epoch();
      stats_.last_success_seconds = static_cast<double>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
      stats_.differences = outcome->differences;
      events_ = outcome->events;
    }
    lock.unlock();
    report_(outcome);
    lock.lock();
  }
}

}  // namespace ishi::api

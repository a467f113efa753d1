#include "api/operations/fsck_watch.h"

#include <algorithm>
#include <utility>

namespace ishi::api {
namespace {

constexpr std::chrono::seconds kFirstWaitMax{600};

}  // namespace

FsckWatch::FsckWatch(std::chrono::seconds interval, Check check, Report report)
    : interval_(interval),
      check_(std::move(check)),
      report_(std::move(report)),
      task_(
          std::min(interval, kFirstWaitMax), interval,
          [this](const std::stop_token& stop) {
            run_check(stop);
            return interval_;
          },
          [this](const std::exception_ptr&) {
            {
              const MutexLock lock(mutex_);
              stats_.running = false;
            }
            report_(fail(ErrorKind::kUnavailable, "task_threw", ""));
          }) {}

void FsckWatch::start() {
  if (interval_.count() > 0) task_.start();
}

FsckWatch::Stats FsckWatch::stats() const {
  const MutexLock lock(mutex_);
  Stats stats = stats_;
  stats.events = events_;
  return stats;
}

void FsckWatch::run_check(const std::stop_token& stop) {
  events_ = 0;
  {
    const MutexLock lock(mutex_);
    stats_.running = true;
  }
  const auto outcome =
      check_({[&stop] { return stop.stop_requested(); }, [this](std::uint64_t events) { events_ = events; }});
  {
    const MutexLock lock(mutex_);
    stats_.running = false;
    if (stop.stop_requested()) return;
    if (outcome) {
      const auto now = std::chrono::system_clock::now().time_since_epoch();
      stats_.last_success_seconds = static_cast<double>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
      stats_.differences = outcome->differences;
      events_ = outcome->events;
    }
  }
  report_(outcome);
}

}  // namespace ishi::api

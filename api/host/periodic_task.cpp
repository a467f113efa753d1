#include "api/host/periodic_task.h"

#include <utility>

namespace ishi::api {

PeriodicTask::PeriodicTask(Duration first_wait, Duration wait_after_throw, Round round, ThrowReport report)
    : first_wait_(first_wait),
      wait_after_throw_(wait_after_throw),
      round_(std::move(round)),
      report_(std::move(report)) {}

PeriodicTask::~PeriodicTask() {
  stop();
}

void PeriodicTask::start() {
  if (!thread_.joinable()) thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void PeriodicTask::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void PeriodicTask::run(const std::stop_token& stop) {
  for (Duration wait = first_wait_;; wait = run_round(stop)) {
    MutexLock lock(mutex_);
    woken_.wait_for(lock.native(), stop, wait, [] { return false; });
    if (stop.stop_requested()) return;
  }
}

PeriodicTask::Duration PeriodicTask::run_round(const std::stop_token& stop) try { return round_(stop); } catch (...) {
  if (report_) report_(std::current_exception());
  return wait_after_throw_;
}

}  // namespace ishi::api

#include "cache/snapshot/snapshot.h"

namespace ishi::cache {

SnapshotKeeper::SnapshotKeeper(std::string path, std::chrono::seconds interval, const EventLog& log,
                               SnapshotProjections projections, const PolicyHistory& policies,
                               const FreshnessBarrier& barrier, Report report)
    : path_(std::move(path)),
      interval_(interval),
      log_(log),
      projections_(std::move(projections)),
      policies_(policies),
      barrier_(barrier),
      report_(std::move(report)) {}

SnapshotKeeper::~SnapshotKeeper() {
  thread_.request_stop();
}

void SnapshotKeeper::start(Position kept) {
  kept_ = kept;
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void SnapshotKeeper::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
  write_if_grown([] { return true; });
}

void SnapshotKeeper::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      MutexLock lock(mutex_);
      wake_.wait_for(lock.native(), stop, interval_, [] { return false; });
    }
    if (!stop.stop_requested()) write_if_grown([&] { return !stop.stop_requested(); });
  }
}

void SnapshotKeeper::write_if_grown(const std::function<bool()>& pause) {
  const Head head = barrier_.applied();
  if (head.position <= kept_) return;
  const auto began = std::chrono::steady_clock::now();
  const auto written = write_snapshot(path_, log_, projections_, policies_, head, pause);
  if (written) kept_ = head.position;
  if (!written && written.error().code == "snapshot_given_up") return;  // the last one is about to be written
  if (!written) return report_(fail(written.error()));
  report_(
      Written{head, std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began)});
}

}  // namespace ishi::cache

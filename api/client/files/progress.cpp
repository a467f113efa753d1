#include "api/client/files/progress.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace ishi::client {
namespace {
constexpr std::chrono::milliseconds kBetweenDrawings{200};
constexpr double kMegabyte = 1e6;
}  // namespace

void Progress::begin(std::string what, std::uint64_t total_bytes) {
  clear();
  what_ = std::move(what);
  total_ = total_bytes;
  done_ = 0;
  started_ = last_drawn_ = SteadyClock::now();
}

void Progress::advance(std::uint64_t bytes) {
  done_ += bytes;
  if (!shown_) return;
  const auto now = SteadyClock::now();
  if (now - last_drawn_ < kBetweenDrawings) return;
  last_drawn_ = now;
  draw(now);
}

void Progress::draw(SteadyClock::time_point now) {
  const double seconds = std::max(std::chrono::duration<double>(now - started_).count(), 0.001);
  const double rate = static_cast<double>(done_) / seconds;
  const double share = total_ == 0 ? 1.0 : static_cast<double>(done_) / static_cast<double>(total_);
  const double left = total_ > done_ && rate > 0 ? static_cast<double>(total_ - done_) / rate : 0;
  const std::string line = fmt::format("\r\033[K{} {:3.0f} %  {:.1f} MB/s  {:.0f} s", what_, std::min(share, 1.0) * 100,
                                       rate / kMegabyte, left);
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fflush(stderr);
  drawn_ = true;
}

void Progress::clear() {
  if (!drawn_) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
  drawn_ = false;
}

bool progress_wanted(bool asked_for) {
  return asked_for || ::isatty(STDERR_FILENO) == 1;
}

}  // namespace ishi::client

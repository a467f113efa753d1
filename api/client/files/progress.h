// Progress on a terminal: one line on stderr, rewritten at most five times a second. Silent elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace ishi::client {

class Progress {
 public:
  explicit Progress(bool shown) : shown_(shown) {}
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  // `what` is a few words in the reader's language; `total` in bytes.
  void begin(std::string what, std::uint64_t total_bytes);
  void advance(std::uint64_t bytes);
  void clear();

 private:
  using SteadyClock = std::chrono::steady_clock;
  void draw(SteadyClock::time_point now);
  bool shown_, drawn_ = false;
  std::string what_;
  std::uint64_t total_ = 0, done_ = 0;
  SteadyClock::time_point started_, last_drawn_;
};

// Shown if asked for, or if stderr is a terminal.
bool progress_wanted(bool asked_for);

}  // namespace ishi::client

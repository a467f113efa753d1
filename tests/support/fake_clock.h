// A clock that stands still until told otherwise. Any thread.
#pragma once

#include <atomic>

#include "registry/time.h"

namespace ishi::testing {

class FakeClock final : public Clock {
 public:
  explicit FakeClock(Timestamp start = Timestamp(1'795'132'800'000'000)) : now_(start.microseconds()) {}  // 2026-11-20Z
  Timestamp now() const override { return Timestamp(now_); }
  void set(Timestamp now) { now_ = now.microseconds(); }
  void advance_seconds(std::int64_t seconds) { now_ += seconds * 1'000'000; }

 private:
  std::atomic<std::int64_t> now_;
};

}  // namespace ishi::testing

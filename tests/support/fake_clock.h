// The clock of all tests: it stands where it was set, and moves when told (a negative number of seconds: back). With a
// step it also moves by that much each time somebody looks, so that no two instants are the same. Any thread.
#pragma once

#include <atomic>
#include <string_view>

#include "registry/time.h"

namespace ishi::testing {

class FakeClock final : public Clock {
 public:
  static constexpr Timestamp kStart{1'795'132'800'000'000};  // 2026-11-20T00:00:00Z
  explicit FakeClock(Timestamp start = kStart, std::int64_t step_microseconds = 0)
      : now_(start.microseconds()), step_microseconds_(step_microseconds) {}
  explicit FakeClock(std::string_view iso) : FakeClock(parse_timestamp(iso).value()) {}
  Timestamp now() const override { return Timestamp(now_.fetch_add(step_microseconds_)); }
  void set(Timestamp now) { now_ = now.microseconds(); }
  void set(std::string_view iso) { set(parse_timestamp(iso).value()); }
  void advance_seconds(std::int64_t seconds) { now_ += seconds * 1'000'000; }

 private:
  mutable std::atomic<std::int64_t> now_;
  const std::int64_t step_microseconds_;
};

}  // namespace ishi::testing

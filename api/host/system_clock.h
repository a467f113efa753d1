// The machine's clock, for programs: everything below them is handed a Clock. And the same held within bounds around
// another one's time. Any thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>

#include "registry/time.h"

namespace ishi::api {

class SystemClock final : public Clock {
 public:
  Timestamp now() const override {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return Timestamp(std::chrono::duration_cast<std::chrono::microseconds>(since).count());
  }
};

// `own`, but never further than `difference_max` from what `reference` says; `own` alone while that says nothing.
class BoundedClock final : public Clock {
 public:
  using Reference = std::function<std::optional<Timestamp>()>;
  BoundedClock(const Clock& own, std::chrono::microseconds difference_max)
      : own_(own), difference_max_(difference_max.count()) {}
  void follow(Reference reference) { reference_ = std::move(reference); }  // before anybody asks
  Timestamp now() const override {
    const Timestamp now = own_.now();
    const auto there = reference_ ? reference_() : std::nullopt;
    if (!there) return now;
    return std::clamp(now, Timestamp(there->microseconds() - difference_max_),
                      Timestamp(there->microseconds() + difference_max_));
  }

 private:
  const Clock& own_;
  const std::int64_t difference_max_;
  Reference reference_;
};

}  // namespace ishi::api

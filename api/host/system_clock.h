// The machine's clock, for programs: everything below them is handed a Clock. Any thread.
#pragma once

#include <chrono>

#include "registry/time.h"

namespace ishi::api {

class SystemClock final : public Clock {
 public:
  Timestamp now() const override {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return Timestamp(std::chrono::duration_cast<std::chrono::microseconds>(since).count());
  }
};

}  // namespace ishi::api

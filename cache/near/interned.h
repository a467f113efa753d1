// Interned: values as small numbers, dense from 0 and never reused. One writer adds; any thread may read a number
// that it was given, without a lock: values never move.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "registry/assert.h"

namespace ishi {

template <typename Value, typename Less, std::uint32_t kCountMax>
class Interned {
 public:
  Interned() = default;
  Interned(const Interned&) = delete;
  Interned& operator=(const Interned&) = delete;
  ~Interned() { clear(); }

  // Writer only. nullopt: kCountMax values are known and this is none of them.
  std::optional<std::uint32_t> intern(Value value) {
    if (const auto known = numbers_.find(&value); known != numbers_.end()) return known->second;
    const std::uint32_t next = count();
    if (next == kCountMax) return std::nullopt;
    auto& chunk = chunks_[next / kChunk];
    if (next % kChunk == 0) chunk.store(new Value[kChunk], std::memory_order_release);
    Value* const kept = &chunk.load(std::memory_order_relaxed)[next % kChunk];
    *kept = std::move(value);
    numbers_.emplace(kept, next);
    count_.store(next + 1, std::memory_order_release);
    return next;
  }
  const Value& at(std::uint32_t number) const {
    ISHI_ASSERT(number < count());
    return chunks_[number / kChunk].load(std::memory_order_acquire)[number % kChunk];
  }
  std::uint32_t count() const { return count_.load(std::memory_order_acquire); }

  // REQUIRES: nobody reads.
  void clear() {
    numbers_.clear();
    for (auto& chunk : chunks_) delete[] chunk.exchange(nullptr);
    count_.store(0);
  }

 private:
  static constexpr std::uint32_t kChunk = 1024;
  static_assert(kCountMax % kChunk == 0);
  struct ByValue {
    bool operator()(const Value* a, const Value* b) const { return Less()(*a, *b); }
  };
  std::map<const Value*, std::uint32_t, ByValue> numbers_;  // the writer's
  std::array<std::atomic<Value*>, kCountMax / kChunk> chunks_{};
  std::atomic<std::uint32_t> count_{0};
};

}  // namespace ishi

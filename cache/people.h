// People: the projection, shared between its one writer (the follower) and many readers.
// A reader asks for one Position at a time: what changed after it is reported as such and must be asked of the log.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>

#include "registry/ports.h"
#include "registry/status/population.h"

namespace ishi::cache {

class People {
 public:
  // The follower only. REQUIRES: consecutive indexes from position() on.
  void apply(std::span<const StoredEvent> events);
  Position position() const;

  // Visits each asked person under one lock. `changed` is true when any part of the match was touched after `as_of`:
  // the match then does not speak of that Position and must not be used.
  using Visitor = std::function<void(std::size_t asked, const Match& match, bool changed)>;
  void visit(Position as_of, std::span<const Token> tokens, std::span<const TokenForms> forms,
             const Visitor& visitor) const;
  Digest digest() const;
  std::size_t token_count() const;

 private:
  mutable std::shared_mutex mutex_;
  Population population_;
};

}  // namespace ishi::cache

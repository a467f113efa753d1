// SharedCache: a tier between this node's own table and the log, shared by nodes, that may be lost at any time. It
// knows some people and says so, or it says nothing; it never fails, it is only silent. Redis is the one there is
// (cache/shared/redis_cache.h); without one every question that goes beyond this node goes to the log.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "registry/identifiers/token.h"
#include "registry/ports/event_log.h"
#include "registry/status/person_status.h"

namespace ishi::cache {

class SharedCache {
 public:
  virtual ~SharedCache() = default;
  // Whether it is worth asking for people at all just now.
  virtual bool ready() const = 0;
  // Calls each(i, status) for those tokens whose person, by exact form, it knows exactly as of `as_of`; on the
  // caller's thread, in any order, before it returns. Tokens left out must be asked of the log. Any thread.
  virtual void get_many(Position as_of, std::span<const Token> tokens,
                        const std::function<void(std::size_t, const PersonStatus&)>& each) const = 0;

  struct Known {
    const Token* token;
    const PersonStatus* status;  // read from the log as of `snapshot`, by exact form
  };
  // Offers what the log said. Kept only if nothing has been applied to the tier since `snapshot`. Any thread.
  virtual void fill(Position snapshot, std::span<const Known> people) const = 0;
};

}  // namespace ishi::cache

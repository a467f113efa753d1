// Must not compile: a number taken for a Position.
// Message: could not convert|conversion from
#include "registry/position.h"

namespace ishi {

Position given(std::uint64_t events) {
#ifdef MUST_NOT_COMPILE
  return events;
#else
  return Position(events);
#endif
}

}  // namespace ishi

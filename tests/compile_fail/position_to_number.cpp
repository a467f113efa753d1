// Must not compile: a Position taken for a number.
// Message: cannot convert
#include "registry/position.h"

namespace ishi {

std::uint64_t stored(Position position) {
#ifdef MUST_NOT_COMPILE
  return position;
#else
  return position.events();
#endif
}

}  // namespace ishi

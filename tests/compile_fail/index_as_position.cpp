// Must not compile: an EventIndex taken for a Position.
// Message: could not convert
#include "registry/position.h"

namespace ishi {

bool is_applied(Position position);
bool applied(EventIndex index) {
#ifdef MUST_NOT_COMPILE
  return is_applied(index);
#else
  return is_applied(Position::after(index));
#endif
}

}  // namespace ishi

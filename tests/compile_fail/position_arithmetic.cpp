// Must not compile: arithmetic with a Position.
// Message: no match for .operator\+.
#include "registry/position.h"

namespace ishi {

Position later(Position position) {
#ifdef MUST_NOT_COMPILE
  return position + 1;
#else
  return Position(position.events() + 1);
#endif
}

}  // namespace ishi

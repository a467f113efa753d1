// Must not compile: a Position compared with an EventIndex.
// Message: no match for .operator<.
#include "registry/position.h"

namespace ishi {

bool seen(Position position, EventIndex index) {
#ifdef MUST_NOT_COMPILE
  return index < position;
#else
  return position.covers(index);
#endif
}

}  // namespace ishi

// Must not compile: an answer that nobody looks at.
// Message: ignoring return
#include "registry/result.h"

namespace ishi {

Result<int> count();
void finish() {
#ifdef MUST_NOT_COMPILE
  count();
#else
  [[maybe_unused]] const auto counted = count();
#endif
}

}  // namespace ishi

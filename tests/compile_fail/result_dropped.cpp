// Must not compile: a failure that nobody looks at.
// Message: ignoring return
#include "registry/result.h"

namespace ishi {

Result<void> save();
void finish() {
#ifdef MUST_NOT_COMPILE
  save();
#else
  if (!save()) return;
#endif
}

}  // namespace ishi

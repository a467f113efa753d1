// Must not compile: a reason taken for a truth value.
// Message: could not convert|cannot convert
#include "registry/reason_code.h"

namespace ishi {

bool kept(ReasonCode code) {
#ifdef MUST_NOT_COMPILE
  return code;
#else
  return may_use(code);
#endif
}

}  // namespace ishi

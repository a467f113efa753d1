// Must not compile: the id of notice terms taken for one of objection terms.
// Message: could not convert|cannot convert|conversion from
#include "cache/near/terms.h"

namespace ishi {

bool stops(ObjectionTermsId id);
bool stopped(TermsId id) {
#ifdef MUST_NOT_COMPILE
  return stops(id);
#else
  return id.value() == 0 || stops(ObjectionTermsId());
#endif
}

}  // namespace ishi

// Must not compile: an instant compared with a day.
// Message: no match for .operator<.
#include "registry/time.h"

namespace ishi {

bool is_past(Timestamp now, CivilDate day) {
#ifdef MUST_NOT_COMPILE
  return day < now;
#else
  return day < jst_date(now);
#endif
}

}  // namespace ishi

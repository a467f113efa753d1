// Must not compile: an insurance identifier in a stream.
// Message: no match for .operator<<.
#include <ostream>

#include "registry/identifiers/insurance_id.h"

namespace ishi {

void write(std::ostream& out, const InsuranceId& id) {
#ifdef MUST_NOT_COMPILE
  out << id;
#else
  out << id.insurer;
#endif
}

}  // namespace ishi

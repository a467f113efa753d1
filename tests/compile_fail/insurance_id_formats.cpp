// Must not compile: an insurance identifier in a log line.
// Message: type_is_unformattable|cannot format an argument|formatter
#include <fmt/format.h>

#include "registry/identifiers/insurance_id.h"

namespace ishi {

std::string line(const InsuranceId& id) {
#ifdef MUST_NOT_COMPILE
  return fmt::format("person {}", id);
#else
  return fmt::format("insurer {}", id.insurer);
#endif
}

}  // namespace ishi

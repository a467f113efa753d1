// Must not compile: a token in a log line.
// Message: type_is_unformattable|cannot format an argument|formatter
#include <fmt/format.h>

#include "registry/identifiers/token.h"

namespace ishi {

std::string line(const Token& token) {
#ifdef MUST_NOT_COMPILE
  return fmt::format("person {}", token);
#else
  return fmt::format("person {}", token.reveal_hex());
#endif
}

}  // namespace ishi

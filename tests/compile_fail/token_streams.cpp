// Must not compile: a token in a stream.
// Message: no match for .operator<<.
#include <ostream>

#include "registry/identifiers/token.h"

namespace ishi {

void write(std::ostream& out, const Token& token) {
#ifdef MUST_NOT_COMPILE
  out << token;
#else
  out << token.reveal_hex();
#endif
}

}  // namespace ishi

// Must not compile: a signing key in a stream.
// Message: no match for .operator<<.
#include <ostream>

#include "registry/notes/note_key.h"

namespace ishi {

void write(std::ostream& out, const SigningKey& key) {
#ifdef MUST_NOT_COMPILE
  out << key;
#else
  out << key.verifier().format();
#endif
}

}  // namespace ishi

// Must not compile: a text taken for a token without parsing.
// Message: invalid initialization of reference|no matching function
#include "registry/identifiers/token.h"

namespace ishi {

bool is_there(const Token& token);
bool asked(std::string_view text) {
#ifdef MUST_NOT_COMPILE
  return is_there(text);
#else
  const auto token = Token::parse_hex(text);
  return token && is_there(*token);
#endif
}

}  // namespace ishi

// Statuses: what is accepted is written again byte for byte. The first sixteen bytes are the token it is kept under.
#include "registry/status/status_codec.h"

#include "tests/fuzz/fuzz.h"

namespace ishi::fuzz {
namespace {

const Registration kTarget("status_codec", [](std::string_view input) {
  if (input.size() < Token::kSizeBytes) return;
  const Token own(as_bytes(input).first<Token::kSizeBytes>());
  input.remove_prefix(Token::kSizeBytes);
  const auto status = decode_status(as_bytes(input), own);
  if (!status) {
    FUZZ_MUST(status.error().kind == ErrorKind::kCorrupt || status.error().kind == ErrorKind::kUnsupported);
    return;
  }
  const auto again = encode_status(*status, own);
  FUZZ_MUST(again && as_text(*again) == input);
});

}  // namespace
}  // namespace ishi::fuzz

// Events: what is accepted is written again byte for byte, so one event has one encoding.
#include "registry/events/event_codec.h"

#include "tests/fuzz/fuzz.h"

namespace ishi::fuzz {
namespace {

const Registration kTarget("event_codec", [](std::string_view input) {
  const auto event = decode_event(as_bytes(input));
  if (!event) {
    FUZZ_MUST(event.error().kind == ErrorKind::kCorrupt);
    return;
  }
  const auto again = encode_event(*event);
  FUZZ_MUST(again && as_text(*again) == input);
});

}  // namespace
}  // namespace ishi::fuzz

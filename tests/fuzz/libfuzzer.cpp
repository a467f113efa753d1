// What libFuzzer calls: the one target that this program holds.
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto kTarget = ishi::fuzz::targets().begin()->second;
  kTarget({reinterpret_cast<const char*>(data), size});
  return 0;
}

// ISHI_ASSERT: what we believe about ourselves, checked in every build. Never used on input from outside.
// A broken belief stops the process: better no answer than a wrong ALLOW. The supervisor restarts it.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace ishi {

[[noreturn]] inline void assertion_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "ishi: assertion failed: %s (%s:%d)\n", condition, file, line);
  std::abort();
}

}  // namespace ishi

#define ISHI_ASSERT(condition) \
  (static_cast<bool>(condition) ? void(0) : ::ishi::assertion_failed(#condition, __FILE__, __LINE__))

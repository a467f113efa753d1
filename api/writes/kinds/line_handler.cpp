#include "api/writes/kinds/line_handler.h"

#include <array>

namespace ishi::api {

std::span<const WriteKind* const> write_kinds() {
  static constexpr std::array<const WriteKind*, 10> kKinds = {&kNotices, &kObjections, &kWithdrawals, &kConsents,
                                                              &kLinks,   &kUnlinks,    &kDeaths,      &kVisits,
                                                              &kPermits, &kReceipts};
  return kKinds;
}

}  // namespace ishi::api

// SHA-256 (FIPS 180-4), the only hash of the log. Any thread; each object belongs to one.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "registry/bytes.h"

namespace ishi {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(ByteView bytes);
Digest sha256(ByteView first, ByteView second);  // of both, one behind the other

// For bytes that arrive in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void update(ByteView bytes);
  Digest finish();  // and starts over

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ishi

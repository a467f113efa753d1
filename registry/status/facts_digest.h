// The digest of a projection: SHA-256 of each token with its facts, summed modulo 2^256, so that the order in which
// tokens were met does not count. Compares rebuilds of one log; it is no commitment against an adversary.
#pragma once

#include "registry/merkle/sha256.h"
#include "registry/status/facts_reading.h"

namespace ishi::facts {

class DigestSum {
 public:
  void add(const Digest& digest);
  const Digest& value() const { return sum_; }

 private:
  Digest sum_{};  // little end first
};

Digest digest_of(const Record& record, const View& view);

}  // namespace ishi::facts

// Offline verification of a receipt or a checkpoint: the part of `ishi verify` that knows no command line.
#pragma once

#include <string>
#include <string_view>

#include "api/client/evidence_words.h"

namespace ishi::client {

struct VerifyFlags {
  std::string file;
  std::string key;     // a vkey, or a file with one per line
  std::string policy;  // a trust policy file; wins over the key
};
struct Verdict {
  bool proved = false;
  std::string text;  // for people
};
// Errors: kInvalidArgument (no key and no policy, or they make no sense), kNotFound (a file).
Result<Verdict> verify_file(const VerifyFlags& flags, Words words);

}  // namespace ishi::client

// Offline verification of receipts in every form that is handed out, and of checkpoints: the part of `ishi verify` that
// knows no command line.
#pragma once

#include <string>
#include <string_view>

#include "api/client/evidence/evidence_words.h"

namespace ishi::client {

struct VerifyFlags {
  std::string file;
  std::string key;         // a vkey, or a file with one per line
  std::string policy;      // a trust policy file; wins over the key
  std::string token = {};  // 32 hex digits: the receipt must speak of this person; empty = of anybody
  std::string input = {};  // the file that must be what the run was asked about; empty = not at hand
};
struct Verdict {
  bool proved = false;
  std::string text;  // for people
};
// Errors: kInvalidArgument (no key and no policy, or they make no sense), kNotFound (a file).
Result<Verdict> verify_file(const VerifyFlags& flags, Words words);
// Whom `--key` (a vkey, or a file of them) or `--policy` trusts. Errors as verify_file.
Result<WitnessPolicy> trust_policy(const std::string& key, const std::string& policy_file);
// An error of open_evidence or open_receipt, told with what the file says of its log and what was trusted.
Error explained(Error error, std::string_view file, const WitnessPolicy& policy);

}  // namespace ishi::client

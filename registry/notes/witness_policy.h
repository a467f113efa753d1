// A trust policy (C2SP tlog-policy): which logs are believed, and which witnesses must have cosigned.
//   log <vkey> [<url>]
//   witness <name> <vkey> [<url>]
//   group <name> all|any|<k> <member>…
//   quorum <name>|none
// Pure; immutable; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "registry/notes/checkpoint.h"
#include "registry/result.h"

namespace ishi {

constexpr std::size_t kPolicyBytesMax = 256 * 1024;
constexpr std::size_t kPolicyNamesMax = 256;  // logs, witnesses and groups together

struct PolicyLog {
  VerifierKey key;  // its name is the log's origin
  std::string url;
};
struct PolicyWitness {
  std::string name;  // in this file; the key has one of its own
  VerifierKey key;
  std::string url;  // where checkpoints are submitted
};

struct Witnessed {
  std::string name;                      // in the policy
  std::uint64_t seconds_since_1970 = 0;  // when it says it saw the checkpoint
  friend bool operator==(const Witnessed&, const Witnessed&) = default;
};
struct TrustedCheckpoint {
  Checkpoint checkpoint;
  std::vector<VerifierKey> signed_by;   // of the log's keys, at least one
  std::vector<Witnessed> witnessed_by;  // in the order of the note
};

class WitnessPolicy {
 public:
  // Errors: kInvalidArgument "policy_format", naming the line; kTooLarge.
  static Result<WitnessPolicy> parse(std::string_view text);
  // Trusts exactly these logs, asks for no witness.
  static WitnessPolicy logs_only(std::vector<VerifierKey> keys);

  const std::vector<PolicyLog>& logs() const { return logs_; }
  const std::vector<PolicyWitness>& witnesses() const { return witnesses_; }

  // Errors: those of open_checkpoint; kUnprocessable "bad_signature" (a known witness's signature is false),
  // "no_quorum" (too few witnesses).
  Result<TrustedCheckpoint> check(const SignedNote& note) const;

 private:
  struct Name {  // of a witness or a group, in the order of the file
    std::string name;
    bool is_witness = false;
    std::size_t witness = 0;  // position in witnesses_
    std::size_t threshold = 0;
    std::vector<std::size_t> members;  // positions in names_, all smaller than its own
    bool is_member = false;            // a name belongs to one group at most
  };
  std::size_t find(std::string_view name) const;  // names_.size(): not there
  Result<void> add_line(const std::vector<std::string_view>& words);
  Result<void> add_log(const std::vector<std::string_view>& words);
  Result<void> add_witness(const std::vector<std::string_view>& words);
  Result<void> add_group(const std::vector<std::string_view>& words);
  Result<void> set_quorum(const std::vector<std::string_view>& words);
  Result<void> check_new_name(std::string_view name) const;
  bool reached(const std::vector<bool>& cosigned) const;

  std::vector<PolicyLog> logs_;
  std::vector<PolicyWitness> witnesses_;
  std::vector<Name> names_;
  enum class Quorum : std::uint8_t { kMissing, kNone, kNamed };
  Quorum quorum_ = Quorum::kMissing;
  std::size_t quorum_name_ = 0;
};

}  // namespace ishi

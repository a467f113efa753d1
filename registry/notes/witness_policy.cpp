#include "registry/notes/witness_policy.h"

#include <algorithm>

#include "registry/assert.h"
#include "registry/notes/note_text.h"

namespace ishi {
namespace {

tl::unexpected<Error> malformed_policy(std::string detail) {
  return fail(ErrorKind::kInvalidArgument, "policy_format", std::move(detail));
}

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < line.size();) {
    if (is_blank(line[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < line.size() && !is_blank(line[end])) ++end;
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

bool allowed(std::string_view line) {
  return std::all_of(line.begin(), line.end(), [](char c) {
    const auto octet = static_cast<std::uint8_t>(c);
    return octet == '\t' || (octet >= 0x20 && octet != 0x7f);
  });
}

Result<VerifierKey> key_of(std::string_view text, NoteKeyType type) {
  auto key = VerifierKey::parse(text);
  if (!key) return malformed_policy(key.error().detail);
  if (key->type() != type) {
    return malformed_policy("the key of " + key->name() +
                            " is of the wrong kind: a log's has type 1, a witness's type 4");
  }
  return key;
}

}  // namespace

WitnessPolicy WitnessPolicy::logs_only(std::vector<VerifierKey> keys) {
  WitnessPolicy policy;
  for (VerifierKey& key : keys) policy.logs_.push_back({std::move(key), ""});
  policy.quorum_ = Quorum::kNone;
  return policy;
}

Result<WitnessPolicy> WitnessPolicy::parse(std::string_view text) {
  if (text.size() > kPolicyBytesMax)
    return fail(ErrorKind::kTooLarge, "policy_too_large", "a policy has at most 256 KiB");
  if (!text.empty() && !text.ends_with('\n')) return malformed_policy("the last line has no newline");
  WitnessPolicy policy;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = *take_line(text);
    const std::string where = "line " + std::to_string(number) + ": ";
    if (!allowed(line)) return malformed_policy(where + "control characters are not allowed");
    const auto words = words_of(line);
    if (words.empty() || words[0].starts_with('#')) continue;
    if (policy.logs_.size() + policy.names_.size() == kPolicyNamesMax && words[0] != "quorum") {
      return fail(ErrorKind::kTooLarge, "policy_too_large", where + "more than 256 logs, witnesses and groups");
    }
    const auto added = policy.add_line(words);
    if (!added) return malformed_policy(where + added.error().detail);
  }
  if (policy.quorum_ == Quorum::kMissing) return malformed_policy("there is no quorum line");
  return policy;
}

Result<void> WitnessPolicy::add_line(const std::vector<std::string_view>& words) {
  if (words[0] == "log") return add_log(words);
  if (words[0] == "witness") return add_witness(words);
  if (words[0] == "group") return add_group(words);
  if (words[0] == "quorum") return set_quorum(words);
  return malformed_policy("a line begins with log, witness, group or quorum");
}

Result<void> WitnessPolicy::add_log(const std::vector<std::string_view>& words) {
  if (words.size() != 2 && words.size() != 3) return malformed_policy("log <vkey> [<url>]");
  auto key = key_of(words[1], NoteKeyType::kSignature);
  if (!key) return fail(key.error());
  for (const PolicyLog& log : logs_) {
    if (log.key.public_key() == key->public_key()) return malformed_policy("this log's key was named before");
  }
  logs_.push_back({*std::move(key), words.size() == 3 ? std::string(words[2]) : ""});
  return {};
}

Result<void> WitnessPolicy::add_witness(const std::vector<std::string_view>& words) {
  if (words.size() != 3 && words.size() != 4) return malformed_policy("witness <name> <vkey> [<url>]");
  if (auto fresh = check_new_name(words[1]); !fresh) return fresh;
  auto key = key_of(words[2], NoteKeyType::kCosignature);
  if (!key) return fail(key.error());
  for (const PolicyWitness& witness : witnesses_) {
    if (witness.key.public_key() == key->public_key()) return malformed_policy("this witness's key was named before");
  }
  Name name;
  name.name = words[1];
  name.is_witness = true;
  name.witness = witnesses_.size();
  names_.push_back(std::move(name));
  witnesses_.push_back({std::string(words[1]), *std::move(key), words.size() == 4 ? std::string(words[3]) : ""});
  return {};
}

Result<void> WitnessPolicy::add_group(const std::vector<std::string_view>& words) {
  if (words.size() < 4) return malformed_policy("group <name> all|any|<k> <member>…");
  if (auto fresh = check_new_name(words[1]); !fresh) return fresh;
  Name group;
  group.name = words[1];
  for (std::size_t i = 3; i < words.size(); ++i) {
    const std::size_t member = find(words[i]);
    if (member == names_.size())
      return malformed_policy("no witness or group '" + std::string(words[i]) + "' before this line");
    if (names_[member].is_member) return malformed_policy("'" + std::string(words[i]) + "' is a member already");
    names_[member].is_member = true;
    group.members.push_back(member);
  }
  if (words[2] == "all") {
    group.threshold = group.members.size();
  } else if (words[2] == "any") {
    group.threshold = 1;
  } else {
    const auto threshold = parse_decimal(words[2]);
    if (!threshold || *threshold == 0 || *threshold > group.members.size()) {
      return malformed_policy("the threshold is all, any, or a number from 1 to that of the members");
    }
    group.threshold = static_cast<std::size_t>(*threshold);
  }
  names_.push_back(std::move(group));
  return {};
}

Result<void> WitnessPolicy::set_quorum(const std::vector<std::string_view>& words) {
  if (words.size() != 2) return malformed_policy("quorum <name>|none");
  if (quorum_ != Quorum::kMissing) return malformed_policy("there is more than one quorum line");
  quorum_ = words[1] == "none" ? Quorum::kNone : Quorum::kNamed;
  if (quorum_ == Quorum::kNone) return {};
  quorum_name_ = find(words[1]);
  if (quorum_name_ == names_.size())
    return malformed_policy("no witness or group '" + std::string(words[1]) + "' before this line");
  return {};
}

Result<void> WitnessPolicy::check_new_name(std::string_view name) const {
  if (name == "none") return malformed_policy("the name 'none' is taken");
  if (find(name) != names_.size()) return malformed_policy("the name '" + std::string(name) + "' is given twice");
  return {};
}

std::size_t WitnessPolicy::find(std::string_view name) const {
  const auto found = std::find_if(names_.begin(), names_.end(), [&](const Name& known) { return known.name == name; });
  return static_cast<std::size_t>(found - names_.begin());
}

bool WitnessPolicy::reached(const std::vector<bool>& cosigned) const {
  if (quorum_ == Quorum::kNone) return true;
  std::vector<bool> holds;  // members come before their groups, so one pass is enough
  for (const Name& name : names_) {
    const auto count =
        std::count_if(name.members.begin(), name.members.end(), [&](std::size_t at) { return holds[at]; });
    holds.push_back(name.is_witness ? cosigned[name.witness] : static_cast<std::size_t>(count) >= name.threshold);
  }
  return holds[quorum_name_];
}

Result<TrustedCheckpoint> WitnessPolicy::check(const SignedNote& note) const {
  ISHI_ASSERT(quorum_ != Quorum::kMissing);
  std::vector<VerifierKey> keys;
  for (const PolicyLog& log : logs_) keys.push_back(log.key);
  auto checkpoint = open_checkpoint(note, keys);
  if (!checkpoint) return fail(checkpoint.error());
  TrustedCheckpoint trusted;
  trusted.checkpoint = *std::move(checkpoint);
  std::vector<bool> cosigned(witnesses_.size(), false);
  for (const NoteSignature& signature : note.signatures) {
    for (const VerifierKey& key : keys) {
      if (key.name() == trusted.checkpoint.origin && key.matches(signature)) trusted.signed_by.push_back(key);
    }
    for (std::size_t i = 0; i < witnesses_.size(); ++i) {
      if (!witnesses_[i].key.matches(signature)) continue;
      if (!witnesses_[i].key.verify(note.text, signature)) {
        return fail(ErrorKind::kUnprocessable, "bad_signature",
                    "the cosignature of " + witnesses_[i].name + " is false");
      }
      if (!cosigned[i]) trusted.witnessed_by.push_back({witnesses_[i].name, cosigned_at(signature)});
      cosigned[i] = true;
    }
  }
  if (!reached(cosigned)) {
    return fail(ErrorKind::kUnprocessable, "no_quorum",
                "too few of the witnesses that the policy asks for have cosigned");
  }
  return trusted;
}

}  // namespace ishi

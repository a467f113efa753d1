#include "api/client/verify_command.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "api/client/command_line.h"
#include "api/client/commands.h"
#include "registry/log/note_text.h"

namespace ishi::client {
namespace {

constexpr std::size_t kKeyFileBytesMax = 64 * 1024;
constexpr std::string_view kProofStart = "c2sp.org/tlog-proof@";

Result<std::vector<VerifierKey>> keys_of(const std::string& key_or_file) {
  const auto key = VerifierKey::parse(key_or_file);
  if (key) return std::vector<VerifierKey>{*key};
  const auto text = read_small_file(key_or_file, kKeyFileBytesMax);
  if (!text) return fail(text.error());
  std::vector<VerifierKey> keys;
  const std::string lines = *text + "\n";
  std::string_view rest = lines;
  while (const auto line = take_line(rest)) {
    if (line->empty() || line->starts_with('#')) continue;
    auto next = VerifierKey::parse(*line);
    if (!next) return fail(next.error());
    keys.push_back(*std::move(next));
  }
  return keys;
}

Result<WitnessPolicy> policy_of(const VerifyFlags& flags) {
  if (!flags.policy.empty()) {
    const auto text = read_small_file(flags.policy, kPolicyBytesMax);
    if (!text) return fail(text.error());
    return WitnessPolicy::parse(*text);
  }
  if (flags.key.empty()) {
    return fail(ErrorKind::kInvalidArgument, "usage", "say whom you trust: --key (from /log/vkey) or --policy");
  }
  auto keys = keys_of(flags.key);
  if (!keys) return fail(keys.error());
  return WitnessPolicy::logs_only(*std::move(keys));
}

int run(const VerifyFlags& flags) {
  const char* locale = "";
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* const value = std::getenv(name);
    if (value != nullptr && *value != '\0') {
      locale = value;
      break;
    }
  }
  const auto verdict = verify_file(flags, words_of_locale(locale));
  if (!verdict) {
    complain(verdict.error());
    return kUsage;
  }
  std::fputs(verdict->text.c_str(), verdict->proved ? stdout : stderr);
  return verdict->proved ? kDone : kNotProved;
}

}  // namespace

Result<Verdict> verify_file(const VerifyFlags& flags, Words words) {
  const auto policy = policy_of(flags);
  if (!policy) return fail(policy.error());
  const auto bytes = read_small_file(flags.file, kProofFileBytesMax);
  if (!bytes) return fail(bytes.error());
  if (bytes->starts_with(kProofStart)) {
    const auto receipt = open_receipt(*bytes, *policy);
    if (!receipt) return Verdict{false, describe(receipt.error(), words)};
    return Verdict{true, describe(*receipt, words)};
  }
  const auto note = parse_note(*bytes);
  if (!note) return Verdict{false, describe(note.error(), words)};
  const auto trusted = policy->check(*note);
  if (!trusted) return Verdict{false, describe(trusted.error(), words)};
  return Verdict{true, describe(*trusted, words)};
}

void add_verify(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand("verify", "check a receipt or a checkpoint offline");
  const auto flags = std::make_shared<VerifyFlags>();
  command->add_option("FILE", flags->file, "a receipt (.tlog-proof) or a checkpoint")->required();
  command->add_option("--key", flags->key, "the log's public key (a line of /log/vkey), or a file of such lines");
  command->add_option("--policy", flags->policy, "a trust policy: logs, witnesses, quorum (c2sp.org/tlog-policy)");
  command->footer("ishi verify 41827.tlog-proof --key registry.vkey\nEnds with 0 if proved, 1 if not.");
  command->callback([flags, &status] { status = run(*flags); });
}

}  // namespace ishi::client

#include "api/client/commands/verify_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "api/client/commands/command_line.h"
#include "api/client/commands/commands.h"
#include "api/client/evidence/receipt_files.h"
#include "api/client/runs/evidence_file.h"
#include "api/client/runs/replay_run.h"
#include "api/client/text/bytes_source.h"
#include "registry/notes/note_text.h"

namespace ishi::client {
namespace {

constexpr std::size_t kPublicKeyFileBytesMax = 64 * 1024;

Result<std::vector<VerifierKey>> keys_of(const std::string& key_or_file) {
  const auto key = VerifierKey::parse(key_or_file);
  if (key) return std::vector<VerifierKey>{*key};
  const auto text = read_small_file(key_or_file, kPublicKeyFileBytesMax);
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

// The log that signed, or is said to have signed, the first checkpoint in the text.
std::string origin_in(std::string_view text) {
  if (begins_as_receipt(text)) {
    const std::size_t blank = text.find("\n\n");
    if (blank == std::string_view::npos) return {};
    text.remove_prefix(blank + 2);
  }
  const std::size_t end = text.find('\n');
  return end == std::string_view::npos || !is_key_name(text.substr(0, end)) ? std::string()
                                                                            : std::string(text.substr(0, end));
}

// Of this person, if one was named.
Result<void> check_person(const OpenedReceipt& receipt, const std::string& wanted) {
  if (wanted.empty()) return {};
  const auto token = Token::parse_hex(wanted);
  if (!token) return fail(ErrorKind::kInvalidArgument, "usage", "--token: 32 hex digits");
  const auto subjects = subjects_of(receipt.event.body);
  if (std::find(subjects.begin(), subjects.end(), *token) != subjects.end()) return {};
  return fail(ErrorKind::kUnprocessable, "another_person",
              subjects.empty() ? "the receipt is genuine, but it speaks of no person"
                               : "the receipt is genuine, but it speaks of another person");
}

Result<std::string> summary_of(const ProvedRun& proved, const std::string& input, Words words) {
  if (input.empty()) return describe(proved, words);
  ReplayOptions options;
  options.in = input;
  if (const auto same = check_input(proved, options); !same) return fail(same.error());
  const bool english = words == Words::kEnglish;
  return describe(proved, words) +
         (english ? "The input file is what was asked about then.\n" : "入力ファイルは照合されたものと一致します。\n");
}

Result<std::string> prove_receipts(std::string_view text, const WitnessPolicy& policy, const VerifyFlags& flags,
                                   Words words) {
  std::vector<OpenedReceipt> receipts;
  std::size_t runs = 0;
  for (const std::string_view one : split_receipts(text)) {
    auto receipt = open_receipt(one, policy);
    if (!receipt) return fail(explained(receipt.error(), one, policy));
    if (const auto theirs = check_person(*receipt, flags.token); !theirs) return fail(theirs.error());
    runs += std::holds_alternative<FilterRun>(receipt->event.body) ? 1 : 0;
    receipts.push_back(*std::move(receipt));
  }
  if (runs > 0) {  // the parts of one run and nothing else, or ProvedRun says what is wrong
    const auto proved = ProvedRun::of(std::move(receipts));
    return proved ? summary_of(*proved, flags.input, words) : fail(proved.error());
  }
  if (!flags.input.empty())
    return fail(ErrorKind::kUnprocessable, "not_a_run", "the receipt is genuine, but not of a filter run");
  std::string text_of_all;
  for (const OpenedReceipt& receipt : receipts) text_of_all += describe(receipt, words);
  return text_of_all;
}

Result<std::string> prove(std::string_view text, const WitnessPolicy& policy, const VerifyFlags& flags, Words words) {
  if (begins_as_receipt(text)) return prove_receipts(text, policy, flags, words);
  if (text.starts_with('{')) {
    const auto proved = open_evidence(text, policy);
    if (!proved) return fail(explained(proved.error(), {}, policy));
    if (const auto theirs = check_person(proved->receipts().front(), flags.token); !theirs) return fail(theirs.error());
    return summary_of(*proved, flags.input, words);
  }
  const auto note = parse_note(text);
  if (!note) {
    return fail(
        ErrorKind::kInvalidArgument, "not_evidence",
        "this is neither a receipt (.tlog-proof or .json) nor a checkpoint, or its beginning or end is missing");
  }
  const auto trusted = policy.check(*note);
  if (!trusted) return fail(explained(trusted.error(), text, policy));
  return describe(*trusted, words);
}

int run_verify(const VerifyFlags& flags) {
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

Result<WitnessPolicy> trust_policy(const std::string& key, const std::string& policy_file) {
  if (!policy_file.empty()) {
    const auto text = read_small_file(policy_file, kPolicyBytesMax);
    if (!text) return fail(text.error());
    return WitnessPolicy::parse(*text);
  }
  if (key.empty()) {
    return fail(ErrorKind::kInvalidArgument, "usage", "say whom you trust: --key (from /log/vkey) or --policy");
  }
  auto keys = keys_of(key);
  if (!keys) return fail(keys.error());
  return WitnessPolicy::logs_only(*std::move(keys));
}

Error explained(Error error, std::string_view file, const WitnessPolicy& policy) {
  const std::string origin = origin_in(file);
  std::string known;
  bool known_log = false;
  for (const PolicyLog& log : policy.logs()) {
    known += (known.empty() ? "" : ", ") + log.key.name();
    known_log = known_log || log.key.name() == origin;
  }
  if (error.code == "no_known_signature" && known_log) {
    error.detail = "it names the log " + origin + ", but the key you gave did not sign it: the wrong key, or a forgery";
  } else if (error.code == "no_known_signature" && !origin.empty()) {
    error.detail = "it is of another log: it names " + origin + ", and your key is of " + known;
  } else if (error.code == "no_known_signature") {
    error.detail = "no key you gave signed it: the wrong key, another log, or a forgery";
  } else if (error.code == "bad_signature") {
    error.detail = "it was changed after it was signed, or the signature is false (" + error.detail + ")";
  } else if (error.code == "proof_format" || error.code == "note_format" || error.code == "checkpoint_format") {
    error.detail = "the receipt is damaged or cut off (" + error.detail + ")";
  }
  return error;
}

Result<Verdict> verify_file(const VerifyFlags& flags, Words words) {
  const auto policy = trust_policy(flags.key, flags.policy);
  if (!policy) return fail(policy.error());
  const auto bytes = read_small_file(flags.file, kReceiptFileBytesMax);
  if (!bytes) return fail(bytes.error());
  const auto proved = prove(*bytes, *policy, flags, words);
  if (proved) return Verdict{true, *proved};
  if (proved.error().code == "usage") return fail(proved.error());
  return Verdict{false, describe(proved.error(), words)};
}

void add_verify(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand("verify", "check receipts or a checkpoint offline");
  const auto flags = std::make_shared<VerifyFlags>();
  add_file_option(*command, "FILE", flags->file, "receipts (.tlog-proof, or .json of ishi filter) or a checkpoint")
      ->required();
  add_file_option(*command, "--key", flags->key, "the log's public key (a line of /log/vkey), or a file of such lines");
  add_file_option(*command, "--policy", flags->policy,
                  "a trust policy: logs, witnesses, quorum (c2sp.org/tlog-policy)");
  command->add_option("--token", flags->token, "the receipt must speak of this person (32 hex digits)");
  add_file_option(*command, "--input", flags->input, "of a filter run: this file must be what was asked about");
  command->footer(
      "Example:\n  ishi verify .ishi/out/receipt.json --key .ishi/registry.vkey\nEnds with 0 if proved, 1 if not.");
  command->callback([flags, &status] { status = run_verify(*flags); });
}

}  // namespace ishi::client

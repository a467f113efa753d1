// ishi: the program of patients, hospitals and operators. One line per command.
#include <CLI/CLI.hpp>
#include <csignal>
#include <span>
#include <string>
#include <vector>

#include "api/client/commands/command_line.h"
#include "api/client/commands/commands.h"
#include "api/client/commands/replay_command.h"
#include "api/host/sibling_program.h"

namespace {

using Arguments = std::span<const std::string>;

// Replaying asks a server and is for auditors; the rest of `audit` reads the database.
int run_audit(Arguments arguments) {
  const bool replay = !arguments.empty() && arguments.front() == "replay";
  if (replay) return ishi::client::run_replay(arguments.subspan(1));
  std::vector<std::string> words{"audit"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return ishi::api::become_sibling("ishi-admin", words);
}
int run_synth(Arguments arguments) {
  return ishi::api::become_sibling("ishi-synth", arguments);
}
int run_witness(Arguments arguments) {
  return ishi::api::become_sibling("ishi-witness", arguments);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app("ishi: ask before use. Opt-outs and consents for the secondary use of medical data.", "ishi");
  app.require_subcommand(1);
  app.set_version_flag("--version", "ishi " ISHI_VERSION);
  app.footer(
      "Example:\n  ishi verify objection.tlog-proof --key registry.vkey\n"
      "`ishi COMMAND --help` tells more, with an example.");
  int status = ishi::client::kDone;
  ishi::client::add_filter(app, status);
  ishi::client::add_writes(app, status);
  ishi::client::add_tasks(app, status);
  ishi::client::add_status(app, status);
  ishi::client::add_policy(app, status);
  ishi::client::add_token(app, status);
  ishi::client::add_receipt(app, status);
  ishi::client::add_verify(app, status);
  ishi::client::add_key(app, status);
  ishi::client::add_completion(app, status);
  ishi::client::add_delegated(app, status, "witness",
                              "cosign the checkpoints of logs that only grow (c2sp.org/tlog-witness)", &run_witness);
  ishi::client::add_delegated(app, status, "synth", "make a synthetic world to try things on", &run_synth);
  ishi::client::add_delegated(
      app, status, "audit",
      "replay: ask a past run again; else, for operators: does what the database holds fit together?", &run_audit);
  return ishi::client::run_command_line(app, argc, argv, status);
}

// ishi: the client program. One line per command.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>

#include "api/admin/audit_command.h"
#include "api/client/commands/commands.h"
#include "api/client/commands/replay_command.h"
#include "api/synth/synth_command.h"

namespace {

int run_audit(std::span<const std::string> arguments) {
  const bool replay = !arguments.empty() && arguments.front() == "replay";
  return replay ? ishi::client::run_replay(arguments.subspan(1)) : ishi::api::run_audit(arguments);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app("ishi: ask before use. Opt-outs and consents for the secondary use of medical data.", "ishi");
  app.require_subcommand(1);
  app.footer("`ishi COMMAND --help` tells more, with an example.");
  int status = ishi::client::kDone;
  ishi::client::add_filter(app, status);
  ishi::client::add_writes(app, status);
  ishi::client::add_status(app, status);
  ishi::client::add_policy(app, status);
  ishi::client::add_token(app, status);
  ishi::client::add_receipt(app, status);
  ishi::client::add_verify(app, status);
  ishi::client::add_key(app, status);
  ishi::client::add_witness(app, status);
  ishi::client::add_delegated(app, status, "synth", "make a synthetic world to try things on", &ishi::synth::run_synth);
  ishi::client::add_delegated(
      app, status, "audit",
      "replay: ask a past run again; else, for operators: does what the database holds fit together?", &run_audit);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? ishi::client::kDone : ishi::client::kUsage;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ishi: %s\n", error.what());
    return ishi::client::kServerRefused;
  }
  return status;
}

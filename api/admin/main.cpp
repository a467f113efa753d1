// ishi-admin: for those who run the registry. One line per command.
#include <CLI/CLI.hpp>
#include <csignal>

#include "api/admin/audit_command.h"
#include "api/client/commands/command_line.h"
#include "api/client/commands/commands.h"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app("ishi-admin: for those who run the registry, on a machine that reaches its database.", "ishi-admin");
  app.require_subcommand(1);
  app.set_version_flag("--version", "ishi-admin " ISHI_VERSION);
  app.footer(
      "Example:\n  ishi-admin audit rebuild --config .ishi/ishi.toml\n"
      "`ishi-admin COMMAND --help` tells more. `ishi audit`, `ishi key` and `ishi policy` are the same commands.");
  int status = ishi::client::kDone;
  ishi::client::add_delegated(app, status, "audit", "does what the database holds fit together?",
                              &ishi::api::run_audit);
  ishi::client::add_key(app, status);
  ishi::client::add_policy(app, status);
  ishi::client::add_completion(app, status);
  return ishi::client::run_command_line(app, argc, argv, status);
}

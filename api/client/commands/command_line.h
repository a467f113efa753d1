// What the commands share: how to reach a server, and how to say that something went wrong.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "api/http_client/http_client.h"
#include "registry/result.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace ishi::client {

struct ServerFlags {
  std::string server, key_file, authority_file, certificate_file, certificate_key_file;
};
// --server (or ISHI_SERVER), --key-file (or the key itself in ISHI_KEY), --ca-file, --certificate, --certificate-key.
void add_server_flags(CLI::App& command, ServerFlags& flags);
// Speaks the user's language (LC_ALL, LC_MESSAGES, LANG). Errors: kInvalidArgument "server_address"; "usage" (the key
// file cannot be read).
Result<std::unique_ptr<HttpClient>> connect(const ServerFlags& flags);

// "ishi: …" on stderr. Returns the exit status that fits the error.
int complain(const Error& error);

// A person named on the command line: --token, --id, or --insurer --symbol --number --branch.
struct PersonFlags {
  std::string token, id, insurer, symbol, number, branch;
  bool empty() const { return token.empty() && id.empty() && insurer.empty() && number.empty(); }
};
void add_person_flags(CLI::App& command, PersonFlags& flags, const std::string& prefix = "");

// An option that names a file: completion offers files for it.
CLI::Option* add_file_option(CLI::App& command, const std::string& name, std::string& value, const std::string& help);

// Reads the command line and runs the command it names. `status` is where the commands leave their exit status.
int run_command_line(CLI::App& app, int argc, char** argv, const int& status);

}  // namespace ishi::client

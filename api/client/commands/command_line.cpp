#include "api/client/commands/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "api/client/commands/commands.h"
#include "api/client/runs/filter_report.h"
#include "api/client/text/bytes_source.h"
#include "api/client/text/line_reader.h"
#include "registry/text.h"

namespace ishi::client {
namespace {
constexpr std::size_t kKeyBytesMax = 4096;
}  // namespace

void add_server_flags(CLI::App& command, ServerFlags& flags) {
  command.add_option("--server", flags.server, "address of the server, http(s)://host[:port]")
      ->envname("ISHI_SERVER")
      ->required();
  add_file_option(command, "--key-file", flags.key_file,
                  "file that holds the API key (else the key itself in ISHI_KEY)");
  add_file_option(command, "--ca-file", flags.authority_file, "certificates to trust instead of the system's (PEM)");
  add_file_option(command, "--certificate", flags.certificate_file, "client certificate for mutual TLS (PEM)");
  add_file_option(command, "--certificate-key", flags.certificate_key_file, "its private key (PEM)");
}

Result<std::unique_ptr<HttpClient>> connect(const ServerFlags& flags) {
  ConnectionOptions options;
  options.server = flags.server;
  options.authority_file = flags.authority_file;
  options.certificate_file = flags.certificate_file;
  options.certificate_key_file = flags.certificate_key_file;
  options.language = japanese_wanted() ? "ja" : "en";
  if (!flags.key_file.empty()) {
    const auto text = read_small_file(flags.key_file, kKeyBytesMax);
    if (!text) return fail(ErrorKind::kInvalidArgument, "usage", "--key-file: " + text.error().detail);
    options.key = trimmed(*text);
  } else if (const char* key = std::getenv("ISHI_KEY"); key != nullptr) {
    options.key = trimmed(key);
  }
  return connect(options);
}

int complain(const Error& error) {
  std::fprintf(stderr, "ishi: %s [%s]\n", printable(error.detail).c_str(), printable(error.code).c_str());
  static constexpr const char* kOfInput[] = {
      "input_missing",    "input_not_a_file", "input_unreadable", "line_too_long",      "claim_too_large",
      "record_too_large", "format_unknown",   "charset_utf16",    "csv_header_missing", "csv_column_missing",
      "csv_column_twice", "uke_order",        "input_changed",    "people_too_many",    "trailer_mismatch",
      "file_too_large",   "batch_too_large"};
  static constexpr const char* kOfUsage[] = {"output_is_input",   "outputs_equal", "output_not_a_file",
                                             "output_unwritable", "columns",       "server_address",
                                             "key_format",        "usage"};
  for (const char* code : kOfInput) {
    if (error.code == code) return kInputUnreadable;
  }
  for (const char* code : kOfUsage) {
    if (error.code == code) return kUsage;
  }
  return kServerRefused;
}

void add_person_flags(CLI::App& command, PersonFlags& flags, const std::string& prefix) {
  const std::string dashes = prefix.empty() ? "--" : "--" + prefix + "-";
  command.add_option(dashes + "insurer", flags.insurer, "保険者番号, 6 or 8 digits");
  command.add_option(dashes + "symbol", flags.symbol, "記号");
  command.add_option(dashes + "number", flags.number, "番号");
  command.add_option(dashes + "branch", flags.branch, "枝番, two digits");
  command.add_option(dashes + "id", flags.id, "保険者番号:記号:番号:枝番 in one");
  command.add_option(dashes + "token", flags.token, "a token, 32 hex digits");
}

void add_delegated(CLI::App& app, int& status, const char* name, const char* help,
                   int (*run)(std::span<const std::string> arguments)) {
  CLI::App* const command = app.add_subcommand(name, help);
  command->set_help_flag();
  command->prefix_command();
  command->callback([command, run, &status] {
    const std::vector<std::string> arguments = command->remaining();
    status = run(arguments);
  });
}

CLI::Option* add_file_option(CLI::App& command, const std::string& name, std::string& value, const std::string& help) {
  return command.add_option(name, value, help)->type_name("FILE");
}

int run_command_line(CLI::App& app, int argc, char** argv, const int& status) try {
  app.parse(argc, argv);
  return status;
} catch (const CLI::ParseError& error) {
  return app.exit(error) == 0 ? kDone : kUsage;
} catch (const std::exception& error) {
  std::fprintf(stderr, "ishi: %s\n", error.what());
  return kServerRefused;
}

}  // namespace ishi::client

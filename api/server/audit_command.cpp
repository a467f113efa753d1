#include "api/server/audit_command.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <vector>

#include "api/server/config.h"
#include "registry/bytes.h"
#include "sql/verify_store.h"

namespace ishi::api {
namespace {

constexpr int kClean = 0, kFindings = 1, kUsage = 2, kUnreachable = 3;

void show_progress(Position done, Position of) {
  std::fprintf(stderr, "\r%llu of %llu events", static_cast<unsigned long long>(done.events()),
               static_cast<unsigned long long>(of.events()));
}

std::string as_json(const sql::VerifyReport& report) {
  nlohmann::ordered_json json{{"position", report.head.position.events()},
                              {"root", to_base64(report.root)},
                              {"projection", to_hex(report.population)},
                              {"tokens", report.tokens},
                              {"erased", report.erased},
                              {"erasures_pending", report.erasures_pending},
                              {"findings", report.findings_count},
                              {"first", nlohmann::ordered_json::array()}};
  for (const sql::Finding& finding : report.findings) json["first"].push_back({{"code", finding.code}, {"place", finding.place}});
  return json.dump(2);
}

int rebuild(const std::string& connection, const std::string& role, bool json) {
  sql::VerifyOptions options;
  options.connection_string = connection;
  options.role = role;
  const bool terminal = isatty(STDERR_FILENO) == 1;
  if (terminal) options.progress = show_progress;
  const auto report = sql::verify_store(options);
  if (terminal) std::fprintf(stderr, "\n");
  if (!report) {
    std::fprintf(stderr, "ishi audit: %s\n", report.error().detail.c_str());
    return kUnreachable;
  }
  if (json) {
    std::printf("%s\n", as_json(*report).c_str());
    return report->clean() ? kClean : kFindings;
  }
  std::printf("events      %llu, each decoded, encoded again and compared\n"
              "tree        root %s\n"
              "projection  %llu tokens, digest %s\n",
              static_cast<unsigned long long>(report->head.position.events()), to_base64(report->root).c_str(),
              static_cast<unsigned long long>(report->tokens), to_hex(report->population).c_str());
  for (const sql::Finding& finding : report->findings) std::printf("WRONG       %s: %s\n", finding.place.c_str(), finding.code.c_str());
  if (report->findings.size() < report->findings_count)
    std::printf("            and %llu more\n", static_cast<unsigned long long>(report->findings_count - report->findings.size()));
  std::printf(report->clean() ? "everything fits\n" : "the stored log is not what was written; keep it as it is and call the people who answer for it\n");
  return report->clean() ? kClean : kFindings;
}

}  // namespace

int run_audit(std::span<const std::string> arguments) {
  CLI::App app("ishi audit: does what is stored fit together?", "ishi audit");
  app.require_subcommand(1);
  std::string config_path, connection, role = "ishi_service";
  bool json = false;
  CLI::App& command = *app.add_subcommand("rebuild", "replay the whole log; compare events, commitments, tree, tiles, subjects");
  command.footer("Example: ishi audit rebuild --config /etc/ishi/ishi.toml");
  auto* from_config = command.add_option("--config", config_path, "the server's configuration file: its database is read");
  command.add_option("--database", connection, "or the database itself: a libpq connection string")->excludes(from_config);
  command.add_option("--role", role, "role to take on after connecting");
  command.add_flag("--json", json, "the report as JSON");
  std::vector<std::string> reversed(arguments.begin(), arguments.end());
  std::reverse(reversed.begin(), reversed.end());
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kClean : kUsage;
  }
  if (!config_path.empty()) {
    const auto config = read_config_file(config_path);
    if (!config) {
      std::fprintf(stderr, "ishi audit: %s\n", config.error().detail.c_str());
      return kUsage;
    }
    connection = config->database.connection;
    role = config->database.role;
  }
  if (connection.empty()) {
    std::fprintf(stderr, "ishi audit: name the database with --config or --database\n");
    return kUsage;
  }
  return rebuild(connection, role, json);
}

}  // namespace ishi::api

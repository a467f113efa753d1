#include "api/admin/audit_command.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <vector>

#include "api/admin/heal_command.h"
#include "api/admin/intake_command.h"
#include "api/client/commands/replay_command.h"
#include "api/host/durable_file.h"
#include "api/host/key_file.h"
#include "api/host/system_clock.h"
#include "api/server/config.h"
#include "registry/bytes.h"
#include "sql/fsck/verify_store.h"
#include "sql/log/erase.h"

namespace ishi::api {
namespace {

using std::chrono::steady_clock;
using Number = unsigned long long;

constexpr int kClean = 0, kFindings = 1, kUsage = 2, kUnreachable = 3;

struct Wish {
  std::string config_path, connection, role = "ishi_service", checkpoint_file;
  std::vector<std::string> keys;
  int busy_percent = 100;
  bool fold = true, json = false;
};

std::function<void(Position, Position)> progress_on_terminal() {
  return [began = steady_clock::now()](Position done, Position of) {
    const double seconds = std::chrono::duration<double>(steady_clock::now() - began).count();
    std::fprintf(stderr, "\r%llu of %llu events, %.0f a second ", Number{done.events()}, Number{of.events()},
                 seconds > 0 ? static_cast<double>(done.events()) / seconds : 0.0);
  };
}

std::string as_json(const sql::VerifyReport& report, bool fold, double seconds) {
  nlohmann::ordered_json json{{"position", report.head.position.events()}, {"root", to_base64(report.root)}};
  if (fold) {
    json["projection"] = to_hex(report.population);
    json["tokens"] = report.tokens;
  }
  json["receipts"] = report.receipts;
  json["erased"] = report.erased;
  json["erasures_pending"] = report.erasures_pending;
  json["seconds"] = seconds;
  json["findings"] = report.findings_count;
  json["first"] = nlohmann::ordered_json::array();
  for (const sql::Finding& finding : report.findings)
    json["first"].push_back({{"code", finding.code}, {"place", finding.place}});
  return json.dump(2);
}

void print(const sql::VerifyReport& report, bool fold, double seconds) {
  const Number events = report.head.position.events();
  std::printf("events      %llu, each decoded, encoded again and compared; %.0f a second\n", events,
              seconds > 0 ? static_cast<double>(events) / seconds : 0.0);
  std::printf("tree        root %s\n", to_base64(report.root).c_str());
  if (fold)
    std::printf("projection  %llu tokens, digest %s\n", Number{report.tokens}, to_hex(report.population).c_str());
  std::printf("receipts    %llu tried against the signed checkpoint\n", Number{report.receipts});
  std::printf("erased      %llu as the log orders, %llu ordered and still to be done\n", Number{report.erased},
              Number{report.erasures_pending});
  for (const sql::Finding& finding : report.findings)
    std::printf("WRONG       %s: %s\n", finding.place.c_str(), finding.code.c_str());
  if (report.findings.size() < report.findings_count)
    std::printf("            and %llu more\n", Number{report.findings_count - report.findings.size()});
  std::printf(report.clean()
                  ? "everything fits\n"
                  : "the stored log is not what was written; keep it as it is and call the people who answer for it\n");
}

int verify(const Wish& wish, sql::VerifyOptions options) {
  options.connection_string = wish.connection;
  options.role = wish.role;
  options.fold = wish.fold;
  options.busy_percent = wish.busy_percent;
  const bool terminal = isatty(STDERR_FILENO) == 1;
  if (terminal) options.progress = progress_on_terminal();
  const auto began = steady_clock::now();
  const auto report = sql::verify_store(options);
  const double seconds = std::chrono::duration<double>(steady_clock::now() - began).count();
  if (terminal) std::fprintf(stderr, "\n");
  if (!report) {
    std::fprintf(stderr, "ishi audit: %s\n", report.error().detail.c_str());
    return kUnreachable;
  }
  if (wish.json) {
    std::printf("%s\n", as_json(*report, wish.fold, seconds).c_str());
  } else {
    print(*report, wish.fold, seconds);
  }
  return report->clean() ? kClean : kFindings;
}

Result<void> read_config(Wish& wish, sql::VerifyOptions& options) {
  const auto config = read_config_file(wish.config_path);
  if (!config) return fail(config.error());
  wish.connection = config->database.connection;
  wish.role = config->database.role;
  if (config->evidence.key_file.empty()) return {};
  auto keys = read_key_file(path_in(*config, config->evidence.key_file));
  if (!keys) return fail(keys.error());
  options.keys = std::move(keys->verifiers);
  if (wish.checkpoint_file.empty()) wish.checkpoint_file = path_in(*config, config->evidence.memory_file);
  return {};
}

Result<void> read_evidence(const Wish& wish, sql::VerifyOptions& options) {
  for (const std::string& text : wish.keys) {
    auto key = VerifierKey::parse(text);
    if (!key) return fail(key.error());
    options.keys.push_back(*std::move(key));
  }
  if (wish.checkpoint_file.empty()) return {};
  auto note = read_if_there(wish.checkpoint_file, kNoteBytesMax);
  if (!note) return fail(note.error());
  if (*note) options.remembered.push_back({wish.checkpoint_file, **std::move(note)});
  return {};
}

int destroy_due(const std::string& connection, std::int64_t grace_s) {
  const auto now =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch());
  const auto done = sql::erase_due(connection, Timestamp(now.count()).plus_seconds(-grace_s));
  if (!done) {
    std::fprintf(stderr, "ishi audit: %s\n", done.error().detail.c_str());
    return kUnreachable;
  }
  std::printf("erased      %llu\npending     %llu\n", Number{done->erased}, Number{done->pending});
  return kClean;
}

CLI::App& add_command(CLI::App& app, Wish& wish, const std::string& name, const std::string& what) {
  CLI::App& command = *app.add_subcommand(name, what);
  command.footer("Example:\n  ishi audit " + name + " --config .ishi/ishi.toml");
  auto* from_config = command.add_option(
      "--config", wish.config_path,
      "the server's configuration file: its database is read, its log's keys and what it signed last");
  command.add_option("--database", wish.connection, "or the database itself: a libpq connection string")
      ->excludes(from_config);
  command.add_option("--role", wish.role, "role to take on after connecting");
  command.add_option("--vkey", wish.keys, "a key of the log, as /log/vkey shows it: signed checkpoints must be its");
  command.add_option("--checkpoint", wish.checkpoint_file,
                     "a checkpoint kept elsewhere (a witness's, a receipt holder's): the log must agree with it");
  command
      .add_option("--busy-percent", wish.busy_percent,
                  "of its time; the rest it sleeps, so that service does not feel it")
      ->check(CLI::Range(1, 100));
  command.add_flag("--json", wish.json, "the report as JSON");
  return command;
}

}  // namespace

int run_audit(std::span<const std::string> arguments) {
  CLI::App app("ishi audit: does what is stored fit together?", "ishi audit");
  app.require_subcommand(1);
  app.add_subcommand("heal", "a clock was wrong: an event says which times of the log are not to be believed");
  app.add_subcommand("intake", "which sources owe something? asks a server");
  app.add_subcommand("replay", "a past filter run, asked again as it was asked then; for auditors, asks a server");
  app.footer(
      "Example:\n  ishi audit rebuild --config .ishi/ishi.toml\n`ishi audit COMMAND --help` tells more, with an "
      "example.");
  if (!arguments.empty() && arguments.front() == "heal") return run_heal(arguments.subspan(1));
  if (!arguments.empty() && arguments.front() == "intake") return run_intake(arguments.subspan(1));
  if (!arguments.empty() && arguments.front() == "replay") return client::run_replay(arguments.subspan(1));
  Wish wish;
  add_command(app, wish, "rebuild",
              "fsck, and the projection of everybody folded anew: its digest must be the same everywhere");
  const CLI::App& fsck = add_command(
      app, wish, "fsck",
      "walk events, commitments, subjects, tree, tiles, checkpoints, receipts and erasures; name what differs");
  CLI::App& eraser =
      *app.add_subcommand("erase", "destroy the content of every event whose erasure the log has ordered");
  std::int64_t grace_s = 300;
  eraser.footer(
      "Example of the form (the role is a member of ishi_eraser, from a timer):\n  ishi audit erase --database "
      "'host=/run/postgresql dbname=ishi user=ishi_erasing'");
  eraser.add_option("--database", wish.connection, "a libpq connection string, of a member of ishi_eraser")->required();
  eraser.add_option("--grace-s", grace_s, "seconds since the order; servers must have heard of it by then")
      ->check(CLI::Range(0, 31'536'000));
  std::vector<std::string> reversed(arguments.begin(), arguments.end());
  std::reverse(reversed.begin(), reversed.end());
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kClean : kUsage;
  }
  if (eraser.parsed()) return destroy_due(wish.connection, grace_s);
  wish.fold = !fsck.parsed();
  const auto unusable = [](const Error& error) {
    std::fprintf(stderr, "ishi audit: %s\n", error.detail.c_str());
    return kUsage;
  };
  sql::VerifyOptions options;
  options.now = SystemClock().now();
  if (!wish.config_path.empty()) {
    if (const auto read = read_config(wish, options); !read) return unusable(read.error());
  }
  if (wish.connection.empty()) {
    std::fprintf(stderr, "ishi audit: name the database with --config or --database\n");
    return kUsage;
  }
  if (const auto read = read_evidence(wish, options); !read) return unusable(read.error());
  return verify(wish, std::move(options));
}

}  // namespace ishi::api

#include "api/client/commands/replay_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "api/client/commands/command_line.h"
#include "api/client/commands/commands.h"
#include "api/client/commands/verify_command.h"
#include "api/client/evidence/receipt_files.h"
#include "api/client/runs/evidence_file.h"
#include "api/client/runs/replay_run.h"
#include "api/client/text/bytes_source.h"

namespace ishi::client {
namespace {

struct ReplayFlags {
  ServerFlags server;
  ReplayOptions options;
  std::string receipt, key, policy, format, columns;
};

void print_erased(const ReplayReport& report) {
  if (report.erased_since == 0) return;
  std::printf(
      "  Of what was known then, %llu events have been erased since. What was erased cannot be replayed: answers that\n"
      "  stood on it are stricter now, never milder.\n",
      static_cast<unsigned long long>(report.erased_since));
}

// "position 12", or "positions 12 to 15" where the parts were answered at several.
std::string positions_of(const ProvedRun& proved) {
  Position first = proved.first().position, last = first;
  for (std::size_t i = 1; i < proved.receipts().size(); ++i) {
    first = std::min(first, proved.part(i).position);
    last = std::max(last, proved.part(i).position);
  }
  const std::string from = std::to_string(first.events());
  return first == last ? "position " + from : "positions " + from + " to " + std::to_string(last.events());
}

void print(const ProvedRun& proved, const ReplayReport& report) {
  const std::string position = positions_of(proved);
  const std::string policy = std::to_string(proved.first().policy.value());
  if (!report.differences.empty()) {
    std::printf("NOT THE SAME, asked again at %s under policy no. %s:\n", position.c_str(), policy.c_str());
    for (const std::string& difference : report.differences) std::printf("  %s\n", difference.c_str());
    print_erased(report);
    return;
  }
  std::printf(
      "Same: %llu people asked about again at %s under policy no. %s; every answer is what the receipt "
      "proves.\n",
      static_cast<unsigned long long>(report.questions), position.c_str(), policy.c_str());
  if (report.bytes_compared) std::printf("  the output is the same, byte for byte\n");
  if (!report.output_sha256.empty()) std::printf("  SHA-256 of the output: %s\n", report.output_sha256.c_str());
  if (!report.answers_given) std::printf("  compared by digest: this caller may not have the answers again\n");
}

int replay(ReplayFlags& flags) {
  const auto policy = trust_policy(flags.key, flags.policy);
  if (!policy) return complain(policy.error()), kUsage;
  const auto text = read_small_file(flags.receipt, kReceiptFileBytesMax);
  if (!text) return complain(text.error());
  const auto proved = open_evidence(*text, *policy);
  if (!proved) {
    std::fputs(describe(explained(proved.error(), *text, *policy), Words::kEnglish).c_str(), stderr);
    return kNotProved;
  }
  if (!flags.format.empty()) flags.options.format = parse_format(flags.format);
  auto columns = parse_columns(flags.columns);
  if (!columns) return complain(columns.error());
  flags.options.columns = std::move(*columns);
  auto client = connect(flags.server);
  if (!client) return complain(client.error());
  const auto report = replay_run(*proved, flags.options, **client, usual_patience());
  if (!report) return complain(report.error());
  print(*proved, *report);
  return report->differences.empty() ? kDone : kNotProved;
}

}  // namespace

int run_replay(std::span<const std::string> arguments) {
  CLI::App app("ishi audit replay: a past filter run, asked again as it was asked then", "ishi audit replay");
  ReplayFlags flags;
  add_server_flags(app, flags.server);
  add_file_option(app, "RECEIPT", flags.receipt, "what ishi filter --receipt wrote, or the receipt of the run")
      ->required();
  add_file_option(app, "--input", flags.options.in, "the file that was filtered, or the body that was sent")
      ->required();
  add_file_option(app, "--key", flags.key, "the log's public key (a line of /log/vkey), or a file of such lines");
  add_file_option(app, "--policy", flags.policy, "a trust policy instead: logs, witnesses, quorum");
  add_file_option(app, "--output", flags.options.received, "what came out then, to compare byte for byte");
  add_file_option(app, "--out", flags.options.out, "write what comes out now");
  app.add_option("--format", flags.format, "uke, fhir, csv, ids or tokens; else found out")
      ->check(CLI::IsMember({"uke", "fhir", "csv", "ids", "tokens"}));
  app.add_option("--columns", flags.columns, "CSV: as given to ishi filter");
  app.footer(
      "Example:\n"
      "  ishi audit replay filter.tlog-proof --input .ishi/city/hospital/2211300187/ids.txt --output usable.txt \\\n"
      "       --key .ishi/registry.vkey --server http://127.0.0.1:18080 --key-file .ishi/auditor.key\n"
      "(after the example of ishi filter)\n"
      "Leaves no event. Exit status: 0 the same, 1 not the same or the receipt proves nothing, else as ishi filter.");
  std::vector<std::string> reversed(arguments.begin(), arguments.end());
  std::reverse(reversed.begin(), reversed.end());
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kUsage;
  }
  return replay(flags);
}

}  // namespace ishi::client

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "api/client/commands/command_line.h"
#include "api/client/commands/commands.h"
#include "api/client/files/progress.h"
#include "api/client/runs/filter_report.h"
#include "api/client/runs/filter_run.h"

namespace ishi::client {
namespace {

struct FilterFlags {
  ServerFlags server;
  FilterOptions options;
  std::string format, columns;
  bool progress = false;
};

const char* words_for(FilterPhase phase, bool japanese) {
  switch (phase) {
    case FilterPhase::kSurvey: return japanese ? "確認" : "survey";
    case FilterPhase::kAsk: return japanese ? "照会" : "ask";
    case FilterPhase::kWrite: return japanese ? "書き出し" : "write";
  }
  return "";
}

// The server speaks of its header; whoever named an id here named a flag.
Error in_words_of_the_flags(Error error, bool japanese) {
  if (error.code == "batch_superseded" || error.code == "batch_expired")
    error.detail +=
        japanese ? " --batch-id を省くか、別の番号にしてください。" : " Leave --batch-id out, or name another.";
  return error;
}

int run_filter(FilterFlags& flags) {
  if (flags.options.out.empty() && !flags.options.dry_run) {
    return complain(Error{ErrorKind::kInvalidArgument, "usage", "--out is needed (or --dry-run)"});
  }
  if (!flags.format.empty()) flags.options.format = parse_format(flags.format);
  auto columns = parse_columns(flags.columns);
  if (!columns) return complain(columns.error());
  flags.options.columns = std::move(*columns);
  auto client = connect(flags.server);
  if (!client) return complain(client.error());

  const bool japanese = japanese_wanted();
  Progress progress(progress_wanted(flags.progress));
  FilterObserver observer;
  observer.begin = [&](FilterPhase phase, std::uint64_t bytes) { progress.begin(words_for(phase, japanese), bytes); };
  observer.advance = [&](std::uint64_t bytes) { progress.advance(bytes); };
  const auto report = run_filter(flags.options, **client, usual_patience(), observer);
  progress.clear();
  if (!report) return complain(in_words_of_the_flags(report.error(), japanese));
  std::fputs(summary_text(flags.options, *report, japanese).c_str(), stdout);
  const bool receipt_missing = !report->evidence.no_proof_because.empty();
  return report->unread > 0 || receipt_missing ? kDoneWithProblems : kDone;
}

}  // namespace

void add_filter(CLI::App& app, int& status) {
  auto flags = std::make_shared<FilterFlags>();
  CLI::App* const command = app.add_subcommand("filter", "keep of a file what may be used, byte for byte");
  command->footer(
      "Example:\n"
      "  ishi filter --server http://127.0.0.1:18080 --key-file .ishi/hospital.key --regime NGMIA_ANON \\\n"
      "       --holder 2211300187 --categories RECEIPT --in .ishi/city/hospital/2211300187/ids.txt \\\n"
      "       --out usable.txt --report report.json --receipt filter.tlog-proof\n"
      "Exit status: 0 done, 2 usage, 3 server refused or unreachable, 4 done but some items could not be read\n"
      "(they are withheld) or the receipt could not be had, 5 input unreadable.");
  FilterOptions& options = flags->options;
  add_server_flags(*command, flags->server);
  command->add_option("--regime", options.question.regime, "legal regime, as the policy book calls it")->required();
  command->add_option("--holder", options.question.holder, "institution that holds the data, 10 digits");
  command->add_option("--recipient", options.question.recipient, "operator that will receive it");
  command->add_option("--purpose", options.question.purpose,
                      "PURPOSE_1 … PURPOSE_6, or the number of the study where the regime is about one");
  command->add_option("--record-from", options.question.record_from, "first day of the records (YYYY-MM-DD)");
  command->add_option("--record-to", options.question.record_to,
                      "last day of the records; left out = whatever their day");
  command->add_option(
      "--categories", options.question.categories,
      "kinds of data, comma-separated; left out: RECEIPT of a claims file (uke), else all that the regime covers");
  command->add_option("--as-of", options.question.as_of, "for auditors: as of that instant (RFC 3339 or YYYY-MM-DD)");
  command->add_option("--known-at", options.question.known_at,
                      "for auditors: with what was known then (Position or instant)");
  command->add_option(
      "--point", options.question.point,
      "F1 collection, F2:REGIME linkage with data under that regime, F3 review, F4 extraction, F5 re-sweep; "
      "left out = F4");
  command->add_option("--override", options.question.override_code, "statutory exception claimed");
  command->add_option("--ground", options.question.ground, "why; needed with --override");
  command->add_option("--permit-id", options.question.permit_id,
                      "data permit; under a regime with a cut-off at the permit the answer is as of then");
  add_file_option(*command, "--in", options.in, "input file")->required();
  add_file_option(*command, "--out", options.out, "output file; appears only when whole");
  command->add_option("--format", flags->format, "uke, fhir, csv, ids or tokens; else found out")
      ->check(CLI::IsMember({"uke", "fhir", "csv", "ids", "tokens"}));
  command->add_option("--columns", flags->columns,
                      "CSV: insurer=保険者番号,symbol=記号,number=番号,branch=枝番 or token=…");
  add_file_option(*command, "--report", options.report, "write what was done as JSON");
  add_file_option(*command, "--receipt", options.receipt,
                  "write the receipt (waits a second for it); as JSON if the name ends in .json");
  command->add_option(
      "--batch-id", options.batch_id,
      "the run's id; the same id and file give the same answer while nothing has changed, else a refusal "
      "(batch_superseded, batch_expired): leave it out, or name another");
  command->add_flag("--dry-run", options.dry_run, "count only: writes nothing, and leaves nothing in the log");
  command->add_flag("--progress", flags->progress, "show progress even when stderr is no terminal");
  command->callback([flags, &status] { status = run_filter(*flags); });
}

}  // namespace ishi::client

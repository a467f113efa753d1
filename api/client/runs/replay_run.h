// ReplayRun: a past filter run asked again, at its Position, under its policy, as of its instant, with the same people;
// whether the answers are those that its receipt proves. Leaves no event. One thread.
#pragma once

#include <string>
#include <vector>

#include "api/client/evidence/proved_run.h"
#include "api/client/runs/filter_run.h"

namespace ishi::client {

struct ReplayOptions {
  std::string in;                    // the file that was filtered, or the very body that was sent
  std::string out;                   // where to write what comes out now; empty = nowhere
  std::string received;              // what came out then, to compare byte for byte; empty = not at hand
  std::optional<FileFormat> format;  // else detected
  CsvColumns columns;
};

struct ReplayReport {
  std::uint64_t questions = 0;
  std::uint64_t erased_since = 0;        // events known then whose content was erased since: they can't be replayed
  bool answers_given = true;             // false: this caller may not have the answers again, only their digests
  bool bytes_compared = false;           // `received`, or the digest that the sender noted, was compared too
  std::string output_sha256;             // of what comes out now; empty without answers
  std::vector<std::string> differences;  // for people; empty = the same
};

// Errors: kUnprocessable "another_input" (nothing was asked that the receipt does not cover), "part_missing" (only a
// part's receipt); those of run_filter.
Result<ReplayReport> replay_run(const ProvedRun& proved, const ReplayOptions& options, HttpClient& client,
                                const Patience& patience);

// Is this the file that was asked about? Asks nobody. Errors: kUnprocessable "another_input", "part_missing"; those of
// run_filter about its input.
Result<void> check_input(const ProvedRun& proved, const ReplayOptions& options);

}  // namespace ishi::client

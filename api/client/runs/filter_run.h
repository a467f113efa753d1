// FilterRun: one file in, what may be used out. The input is read several times: survey (its digest, its charset, how
// many questions), ask (the questions go out in parts of one batch), write (kept bytes, beside their place). Memory
// does not grow with the file but for one bit an item, or 16 bytes a patient of a FHIR export. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/client/formats/format.h"
#include "api/client/runs/batch.h"
#include "api/http_client/http_client.h"
#include "registry/result.h"
#include "registry/rules/decision.h"

namespace ishi::client {

struct FilterOptions {
  std::string in, out;               // out may be empty in a dry run
  std::optional<FileFormat> format;  // else detected
  CsvColumns columns;
  AskedQuestion question;
  std::string batch_id;         // empty = a new random one, and another if that one's answers change meanwhile
  std::string report, receipt;  // files to write as well; empty = none
  bool dry_run = false;         // asks and counts; writes nothing, leaves no event, and says nothing of single items
  std::vector<PastPart> past;   // asks again what was asked then, leaves no event, needs no `out`; empty = a new run
};

struct UnreadItem {
  std::uint64_t line = 0;
  std::string reason;  // never the value
};

struct WithheldItem {  // one identifier of an item that may not be used, and why
  std::uint64_t line = 0;
  ReasonCode code = ReasonCode::kInvalidId;
};

struct FilterReport {
  static constexpr std::size_t kUnreadMax = 1000;
  static constexpr std::size_t kWithheldMax = 10'000;
  FileFormat format = FileFormat::kIds;
  AskedQuestion question;           // as it was asked
  bool categories_by_form = false;  // its categories are those of the file's form: the caller named none
  std::string batch_id, input_sha256, output_sha256;
  std::uint64_t input_bytes = 0, output_bytes = 0;
  std::uint64_t items = 0, kept = 0, withheld = 0;  // items = kept + withheld
  std::uint64_t unread = 0;                         // items and identifiers that could not be read
  std::uint64_t questions = 0;                      // identifiers that were asked about
  std::array<std::uint64_t, 16> reasons{};          // by ReasonCode; what could not be read: INVALID_ID
  std::uint64_t not_allowed = 0;                    // refused without a reason given
  std::vector<UnreadItem> unread_items;             // the first kUnreadMax, by line
  std::uint64_t refusals = 0;                       // identifiers that were refused with a reason
  std::vector<WithheldItem> withheld_items;         // the first kWithheldMax of them
  std::vector<TotalsLine> totals;
  BatchEvidence evidence;
};

enum class FilterPhase : std::uint8_t { kSurvey, kAsk, kWrite };

// How the run shows its progress to the person at the terminal.
struct FilterObserver {
  std::function<void(FilterPhase phase, std::uint64_t total_bytes)> begin = [](FilterPhase, std::uint64_t) {};
  std::function<void(std::uint64_t bytes)> advance = [](std::uint64_t) {};
};

// A question without categories asks about those that the file's form says (claims: RECEIPT), where it says any.
// Does the whole run, and fetches its receipts if a file is named for them: afterwards the output (and report and
// receipt) are in place, or nothing is. Errors: of the input kNotFound, kInvalidArgument, kUnsupported, kTooLarge; of
// the server any (batch_superseded, batch_expired only of a batch_id that was named; else another batch is begun);
// kConflict input_changed; before anything is sent, those of check_outputs.
Result<FilterReport> run_filter(const FilterOptions& options, HttpClient& client, const Patience& patience,
                                const FilterObserver& observer);

}  // namespace ishi::client

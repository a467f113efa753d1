// The evidence of a filter run as a file: what `ishi filter --receipt` writes, and `ishi verify` and `ishi audit
// replay` read. The log's receipts, one for each part, one behind the other (receipt_files.h); or, where the name ends
// in .json, JSON "ishi-filter-evidence/1" with the same receipts inside and what only the sender knows of its files.
#pragma once

#include <string>
#include <string_view>

#include "api/client/evidence/proved_run.h"
#include "api/client/runs/filter_run.h"
#include "registry/notes/witness_policy.h"

namespace ishi::client {

// The receipt of each part. What cannot be had stays empty and `evidence` says why: a run is not undone because its
// receipt is late.
void fetch_receipts(HttpClient& client, const Patience& patience, BatchEvidence& evidence);
bool has_all_receipts(const BatchEvidence& evidence);  // and there is one

bool is_json_name(std::string_view path);
// The receipts of all parts in one file. REQUIRES: has_all_receipts.
std::string receipt_file(const BatchEvidence& evidence);

// Believes nothing that it has not recomputed: each receipt is opened, and what JSON says of the question, the parts
// and the counts is what the log holds. Errors: those of open_receipt and ProvedRun; kInvalidArgument
// "evidence_format"; kUnprocessable "not_verifiable" (no receipts inside, and it says why), "evidence_differs" (which
// part, what).
Result<ProvedRun> open_evidence(std::string_view text, const WitnessPolicy& policy);

}  // namespace ishi::client

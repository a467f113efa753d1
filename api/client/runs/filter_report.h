// A filter run told to programs (JSON) and to people (Japanese or English).
#pragma once

#include <string>

#include "api/client/runs/filter_run.h"

namespace ishi::client {

std::string report_json(const FilterOptions& options, const FilterReport& report);
// The evidence of the run (evidence_file.h): question, digests, Position, and the log's receipt of each part where it
// could be had; offline_verifiable says whether.
std::string receipt_json(const FilterReport& report);
std::string summary_text(const FilterOptions& options, const FilterReport& report, bool japanese);

// LC_ALL, LC_MESSAGES, LANG: the first that is set decides.
bool japanese_wanted();

}  // namespace ishi::client

// A filter run told to programs (JSON) and to people (Japanese or English).
#pragma once

#include <string>

#include "api/client/filter_run.h"

namespace ishi::client {

std::string report_json(const FilterOptions& options, const FilterReport& report);
// The evidence of the run: question, digests, Position, decision digests. It is not signed and does not verify by
// itself; together with the registry's log it can be re-run.
std::string receipt_json(const FilterOptions& options, const FilterReport& report);
std::string summary_text(const FilterOptions& options, const FilterReport& report, bool japanese);

// LC_ALL, LC_MESSAGES, LANG: the first that is set decides.
bool japanese_wanted();

}  // namespace ishi::client

// Decisions -> the bytes of an answer (api/server/openapi.json). Pure. `reasons` has one code per row of the list.
#pragma once

#include <span>
#include <string>

#include "api/filter/evaluation.h"
#include "api/filter/people_list.h"
#include "api/messages/message.h"

namespace ishi::api {

// The rows that may be used, byte for byte, in input order; CSV keeps its header row.
std::string allowed_body(const PeopleList& list, std::span<const ReasonCode> reasons);
// octet-stream: one byte per token. text: `line,CODE`, lines counted from 1. NDJSON: {"line":1,"code":"ALLOW"}.
// CSV: the same rows with a column `code`; the fields of an INVALID_ID row come back empty, for it may be a My Number.
std::string reasons_body(const PeopleList& list, std::span<const ReasonCode> reasons);
// Bit i of byte i/8 from the low end = may be used.
std::string bitmap_body(std::span<const ReasonCode> reasons);
std::string counts_body(const Evaluation& evaluation);

// How fresh an answer is, the same for one person and for a batch: Ishi-Position; Ishi-Erased-Since and
// Ishi-Staleness (whole seconds, rounded up) where there is something to say.
void add_freshness_headers(const View& view, Response& response);

}  // namespace ishi::api

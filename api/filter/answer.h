// Decisions -> the bytes of an answer (api/server/openapi.json). Pure. `reasons` has one code per row of the list.
#pragma once

#include <array>
#include <span>
#include <string>

#include "api/filter/ask.h"
#include "api/filter/people_list.h"
#include "registry/ports/event_log.h"

namespace ishi::api {

using ReasonCounts = std::array<std::uint64_t, kReasonCodeCount>;
ReasonCounts count(std::span<const ReasonCode> reasons);

// What an answer speaks of; also its headers.
struct AnswerContext {
  Position position;
  Timestamp evaluated_at, valid_until;
  std::string decision_digest;  // hex
  std::string batch_id;         // empty: a replay or dry run, which leaves no evidence
  bool tells_reasons = false;   // else every refusal is only WITHHELD
};

// The rows that may be used, byte for byte, in input order; CSV keeps its header row.
std::string allowed_body(const PeopleList& list, std::span<const ReasonCode> reasons);
// octet-stream: one byte per token. text: `line,CODE`, lines counted from 1. NDJSON: {"line":1,"code":"ALLOW"}.
// CSV: the same rows with a column `code`; the fields of an INVALID_ID row come back empty, for it may be a My Number.
std::string reasons_body(const PeopleList& list, std::span<const ReasonCode> reasons);
// Bit i of byte i/8 from the low end = may be used.
std::string bitmap_body(std::span<const ReasonCode> reasons);
std::string counts_body(const ReasonCounts& counts, std::size_t rows, const AnswerContext& context);

// SHA-256 over one byte per row: the reason code where reasons may be told, else 1 for use and 0 for not. Whoever may
// not know reasons could find the reason behind a batch of one by trying all sixteen.
Digest decision_digest(std::span<const ReasonCode> reasons, bool tells_reasons);

}  // namespace ishi::api

// Ask: what a caller wants to know, read from query parameters and headers, the same for one person and for millions.
// Pure. Every complaint names the parameter.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "api/auth/principal.h"
#include "api/messages/message.h"
#include "registry/ports/event_log.h"
#include "registry/result.h"
#include "registry/rules/question.h"

namespace ishi::api {

enum class AnswerForm : std::uint8_t { kAllowed, kReasons, kBitmap, kCounts };

// What was known then: so many events, or all that was registered up to an instant.
using KnownAt = std::variant<Position, Timestamp>;

struct Ask {
  Question question;                // as_of is set only if `as_of` is; the evaluation fills it in else
  std::optional<Timestamp> as_of;   // of auditors (LAW.md 8.4)
  std::optional<KnownAt> known_at;  // of auditors, and of whoever compares digests
  std::string permit_id;            // recorded with the run (permit.h)
  AnswerForm answer = AnswerForm::kAllowed;
  bool dry_run = false;                 // leaves no evidence; answer=counts only, but for regulators
  bool digests_only = false;            // about the past, for somebody who may not have it answered
  std::optional<std::string> batch_id;  // the caller's; 1..128 of [A-Za-z0-9._:-]
  std::uint32_t part = 1, parts = 1;
  std::optional<std::chrono::seconds> staleness_max;
  std::optional<Position> at_least;
  std::optional<std::chrono::steady_clock::time_point> asked_at;       // when the request was whole
  std::optional<std::chrono::steady_clock::time_point> at_once_until;  // as in Request
};

constexpr std::uint32_t kPartsMax = 10'000;
constexpr int kStalenessMaxSeconds = 86'400;
constexpr std::size_t kGroundBytesMax = 500;

// Parameters of single checks, and those of the batch filter.
const std::vector<std::string>& status_parameters();
const std::vector<std::string>& filter_parameters();

// Where none is named, holder and recipient are those the principal belongs to. Errors: kInvalidArgument
// (invalid_parameter, missing_parameter, my_number_refused), kForbidden (claiming an exception without the right;
// past_for_auditors; closed_by_option: an operator who may not audit its own runs).
Result<Ask> read_ask(const Request& request, const Principal& principal);

// May this principal ask this, under this book? One place for single checks and batches. Errors: kForbidden
// (foreign_recipient, foreign_holder) and those of check_question.
Result<void> check_asker(const Principal& principal, const PolicyBook& book, const Question& question);

// Auditors, and one who compares digests without learning an answer.
bool may_name_the_past(const Ask& ask, const Principal& principal);

// The instant that the question is about: what was asked for, or now. An instant that servers' clocks cannot tell from
// now is now, for every caller. kInvalidArgument in_the_future; kForbidden past_for_auditors.
Result<Timestamp> effective_as_of(const Ask& ask, const Principal& principal, Timestamp now);

// One text per question; equal texts, equal questions. Goes into the digest that makes a batch id repeatable. The
// form of the answer is not in it: the same run may be fetched as reasons and as counts.
std::string canonical_text(const Ask& ask);

}  // namespace ishi::api

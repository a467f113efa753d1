// Checks that several commands share. Pure. Each refusal names the field that it is about.
#pragma once

#include "registry/commands/command.h"
#include "registry/rules/requests.h"

namespace ishi {

constexpr std::int64_t kClockSkewSecondsMax = 300;  // a caller's clock may run ahead by this much (LAW.md 3.2)

// Who asked, when and how: shared by objections, withdrawals and consents.
struct Submission {
  RequesterKind requester = RequesterKind::kSelf;
  std::string relation;                                 // of the bereaved
  std::optional<CivilDate> birth_date;                  // serves the age rules (LAW.md 4.2) and is not kept
  std::optional<Timestamp> accepted_at;                 // when the duty-bearer received it; missing: now
  std::optional<Channel> channel;                       // missing: the usual one of the actor's role
  ProofSeen evidence = ProofSeen::kNone;                // what proof of who asks was seen
  std::optional<RequesterMark> made_by = std::nullopt;  // of the bereaved: who of them
};
struct CheckedSubmission {
  Requester requester;
  Timestamp accepted_at;
  Channel channel = Channel::kCounterPaper;
};
// An accepted_at a little ahead of the clock becomes `now`, with a remark: a wrong clock must not lose a request.
// Refusals: accepted_at_in_future, date_in_future birth_date.
CommandResult<CheckedSubmission> check_submission(const CommandContext& context, const Subject& subject,
                                                  const Submission& submission, Outcome& outcome);

// Every code is in the book, and the record period has a beginning before its end.
CommandResult<void> check_scope(const PolicyBook& book, const Scope& scope);

// A day that has come already in JST. Refusals: field_missing, date_in_future.
CommandResult<CivilDate> check_past_date(std::optional<CivilDate> date, std::string_view field, Timestamp now);

// The institution for which the actor acts, in the field "holder". Refusals: field_missing, unknown_holder,
// foreign_holder.
CommandResult<void> check_institution(const CommandContext& context, std::string_view holder, CommandMemory& memory);

bool knows_institution(const PolicyBook& book, std::string_view code);  // in the book, or succeeded by one that is
bool same_institution(const PolicyBook& book, std::string_view one, std::string_view other);  // successions followed

}  // namespace ishi

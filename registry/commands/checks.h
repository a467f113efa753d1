// Checks that several commands share. Pure. Each refusal names the field that it is about.
#pragma once

#include "registry/commands/command.h"
#include "registry/rules/requests.h"

namespace ishi {

constexpr std::int64_t kClockSkewSecondsMax = 300;  // a caller's clock may run ahead by this much (LAW.md 3.2)

// Where a request was taken in, and what was seen of who asks (LAW.md 4.6, 12.2). All of it may be missing.
struct TakenIn {
  std::string accepted_by;             // institution code or name of the desk; missing: the actor's own institution
  std::optional<Token> staff;          // Tokenizer::staff_mark
  std::optional<Assurance> assurance;  // missing: SEEN if anything was seen
  std::vector<std::string> evidence_types = {};     // of kEvidenceTypes
  std::optional<Token> seen_by = std::nullopt;      // missing, and SEEN: `staff`
  std::optional<CivilDate> seen_on = std::nullopt;  // missing, and SEEN: the day of acceptance
  std::optional<Timestamp> electronic_receipt_agreed_at = std::nullopt;
  friend bool operator==(const TakenIn&, const TakenIn&) = default;
};
// Kinds of document that prove who asks. Their names are a wire format.
constexpr std::string_view kEvidenceTypes[] = {"IDENTITY",
                                               "FAMILY_REGISTER",
                                               "REMOVED_FROM_REGISTER",
                                               "GUARDIANSHIP_REGISTER",
                                               "POWER_OF_ATTORNEY",
                                               "FAMILY_CONSENSUS",
                                               "OTHER"};

// Who asked, when and how: shared by objections, withdrawals and consents.
struct Submission {
  RequesterKind requester = RequesterKind::kSelf;
  std::string relation;                                 // of the bereaved
  std::optional<CivilDate> birth_date;                  // serves the age rules (LAW.md 4.2) and is not kept
  std::optional<Timestamp> accepted_at;                 // when the duty-bearer received it; missing: now
  std::optional<Channel> channel;                       // missing: the usual one of the actor's role
  ProofSeen evidence = ProofSeen::kNone;                // what proof of who asks was seen
  std::optional<RequesterMark> made_by = std::nullopt;  // of the bereaved: who of them
  TakenIn taken_in = {};
};
struct CheckedSubmission {
  Requester requester;
  Timestamp accepted_at;
  Channel channel = Channel::kCounterPaper;
  std::optional<Reception> reception;  // missing: nothing was said of it
};
// An accepted_at a little ahead of the clock becomes `now`, with a remark: a wrong clock must not lose a request.
// Refusals: accepted_at_in_future, date_in_future (birth_date, seen_on, electronic_receipt_agreed_at); of what was
// seen: unknown_evidence, seen_online (a person online was seen by nobody), value_format (accepted_by, relation),
// foreign_holder accepted_by (an institution for which the actor may not act).
CommandResult<CheckedSubmission> check_submission(const CommandContext& context, const Subject& subject,
                                                  const Submission& submission, Outcome& outcome);

// An instant a little ahead of the clock becomes `now`, with a remark: a wrong clock must not lose a request. One that
// lies further ahead: nullopt. Missing: now.
std::optional<Timestamp> instant_by(std::optional<Timestamp> given, Timestamp now, Outcome& outcome);

// Does a person speak for themselves, in the portal, where nobody sees them?
bool speaks_online(Role role);

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

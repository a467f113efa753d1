#include "registry/commands/checks.h"

#include <algorithm>
#include <iterator>

namespace ishi {
namespace {

// The channel taken for granted when a submission names none.
Channel usual_channel(Role role) {
  switch (role) {
    case Role::kPatient:
    case Role::kProxy:
    case Role::kBereaved: return Channel::kPortal;
    case Role::kDeskClerkMunicipal: return Channel::kMunicipal;
    case Role::kCallAgent: return Channel::kPhone;
    case Role::kOperatorBatch:
    case Role::kOperatorAdmin: return Channel::kAgentApi;
    default: return Channel::kCounterPaper;
  }
}

bool says_something(const Submission& submission) {
  const bool on_behalf = submission.requester != RequesterKind::kSelf &&
                         submission.requester != RequesterKind::kBereaved && !submission.relation.empty();
  return on_behalf || submission.taken_in != TakenIn();
}

CommandResult<void> check_seen(const CommandContext& context, const TakenIn& taken_in) {
  if (taken_in.evidence_types.size() > kEvidenceTypesMax)
    return refuse(RefusalCode::kUnknownEvidence, "evidence_types");
  for (const std::string& type : taken_in.evidence_types) {
    if (std::find(std::begin(kEvidenceTypes), std::end(kEvidenceTypes), type) == std::end(kEvidenceTypes)) {
      return refuse(RefusalCode::kUnknownEvidence, "evidence_types");
    }
  }
  if (taken_in.seen_on && *taken_in.seen_on > jst_date(context.now)) {
    return refuse(RefusalCode::kDateInFuture, "seen_on");
  }
  if (!speaks_online(context.actor.role)) return {};
  if (taken_in.assurance == Assurance::kSeen) return refuse(RefusalCode::kSeenOnline, "assurance");
  if (taken_in.seen_by) return refuse(RefusalCode::kSeenOnline, "seen_by");
  if (taken_in.seen_on) return refuse(RefusalCode::kSeenOnline, "seen_on");
  return {};
}

CommandResult<void> check_desk(const CommandContext& context, std::string_view desk) {
  if (desk.size() > kDeskBytesMax) return refuse(RefusalCode::kValueFormat, "accepted_by");
  if (desk.empty() || !knows_institution(context.book, desk)) return {};
  if (context.actor.may_act_for && context.actor.may_act_for(desk)) return {};
  return refuse(RefusalCode::kForeignHolder, "accepted_by");
}

OnBehalf claim_of(const CommandContext& context, const Submission& submission, Timestamp accepted_at) {
  const TakenIn& taken_in = submission.taken_in;
  OnBehalf claim;
  if (submission.requester != RequesterKind::kSelf) claim.relation = submission.relation;
  claim.evidence = taken_in.evidence_types;
  const bool seen = taken_in.seen_by || taken_in.seen_on || !taken_in.evidence_types.empty();
  const bool online = speaks_online(context.actor.role);
  claim.assurance = taken_in.assurance.value_or(seen && !online ? Assurance::kSeen : Assurance::kSelfDeclared);
  if (claim.assurance == Assurance::kSelfDeclared) return claim;
  claim.seen_by = taken_in.seen_by ? taken_in.seen_by : taken_in.staff;
  claim.seen_on = taken_in.seen_on.value_or(jst_date(accepted_at));
  return claim;
}

CommandResult<std::optional<Reception>> check_reception(const CommandContext& context, const Submission& submission,
                                                        Timestamp accepted_at) {
  if (!says_something(submission)) return std::optional<Reception>();
  const TakenIn& taken_in = submission.taken_in;
  if (const auto seen = check_seen(context, taken_in); !seen) return tl::unexpected(seen.error());
  if (const auto desk = check_desk(context, taken_in.accepted_by); !desk) return tl::unexpected(desk.error());
  if (submission.relation.size() > kRelationBytesMax) return refuse(RefusalCode::kValueFormat, "relation");
  if (taken_in.electronic_receipt_agreed_at && *taken_in.electronic_receipt_agreed_at > context.now) {
    return refuse(RefusalCode::kDateInFuture, "electronic_receipt_agreed_at");
  }
  Reception reception;
  reception.accepted_by = taken_in.accepted_by.empty() ? context.actor.holder : taken_in.accepted_by;
  reception.staff = taken_in.staff;
  reception.on_behalf = claim_of(context, submission, accepted_at);
  reception.electronic_receipt_agreed_at = taken_in.electronic_receipt_agreed_at;
  return std::optional(std::move(reception));
}

template <typename Known>
bool all_known(const std::vector<std::string>& codes, Known known) {
  return std::all_of(codes.begin(), codes.end(), known);
}

}  // namespace

CommandResult<CheckedSubmission> check_submission(const CommandContext& context, const Subject& subject,
                                                  const Submission& submission, Outcome& outcome) {
  const std::optional<Timestamp> accepted_at = instant_by(submission.accepted_at, context.now, outcome);
  if (!accepted_at) return refuse(RefusalCode::kAcceptedAtInFuture, "accepted_at");
  if (submission.birth_date && *submission.birth_date > jst_date(context.now)) {
    return refuse(RefusalCode::kDateInFuture, "birth_date");
  }
  CommandResult<std::optional<Reception>> reception = check_reception(context, submission, *accepted_at);
  if (!reception) return tl::unexpected(reception.error());
  CheckedSubmission checked;
  checked.reception = *std::move(reception);
  checked.requester.kind = submission.requester;
  checked.requester.relation = submission.relation;
  checked.requester.birth_date = submission.birth_date;
  if (subject.status != nullptr) checked.requester.died_on = subject.status->died_on;
  checked.accepted_at = *accepted_at;
  checked.channel = submission.channel.value_or(usual_channel(context.actor.role));
  return checked;
}

std::optional<Timestamp> instant_by(std::optional<Timestamp> given, Timestamp now, Outcome& outcome) {
  if (!given || *given <= now) return given.value_or(now);
  if (*given > now.plus_seconds(kClockSkewSecondsMax)) return std::nullopt;
  outcome.remarks.push_back(Remark::kClockAdjusted);
  return now;
}

bool speaks_online(Role role) {
  return role == Role::kPatient || role == Role::kProxy || role == Role::kBereaved;
}

CommandResult<void> check_scope(const PolicyBook& book, const Scope& scope) {
  if (!all_known(scope.regimes, [&](const std::string& code) { return book.regimes.contains(code); })) {
    return refuse(RefusalCode::kUnknownRegime, "regimes");
  }
  if (!all_known(scope.holders, [&](const std::string& code) { return knows_institution(book, code); })) {
    return refuse(RefusalCode::kUnknownHolder, "holders");
  }
  if (!all_known(scope.recipients, [&](const std::string& code) {
        return book.operators.contains(code) || book.operator_aliases.contains(code);
      })) {
    return refuse(RefusalCode::kUnknownRecipient, "recipients");
  }
  if (!all_known(scope.categories, [&](const std::string& code) { return book.categories.contains(code); })) {
    return refuse(RefusalCode::kUnknownCategory, "categories");
  }
  if (!all_known(scope.purposes, [&](const std::string& code) {
        return book.purposes.contains(code) || book.studies.contains(code);
      })) {
    return refuse(RefusalCode::kUnknownPurpose, "purposes");
  }
  if (scope.record_from && scope.record_to && *scope.record_from > *scope.record_to) {
    return refuse(RefusalCode::kRecordPeriodReversed, "record_from");
  }
  return {};
}

CommandResult<CivilDate> check_past_date(std::optional<CivilDate> date, std::string_view field, Timestamp now) {
  if (!date) return refuse(RefusalCode::kFieldMissing, field);
  if (*date > jst_date(now)) return refuse(RefusalCode::kDateInFuture, field);
  return *date;
}

CommandResult<void> check_institution(const CommandContext& context, std::string_view holder, CommandMemory& memory) {
  if (holder.empty()) return refuse(RefusalCode::kFieldMissing, "holder");
  if (holder != memory.institution) {
    memory.institution = holder;
    memory.institution_refusal.reset();
    if (!knows_institution(context.book, holder)) {
      memory.institution_refusal = Refusal{RefusalCode::kUnknownHolder, "holder"};
    } else if (!context.actor.may_act_for || !context.actor.may_act_for(holder)) {
      memory.institution_refusal = Refusal{RefusalCode::kForeignHolder, "holder"};
    }
  }
  if (memory.institution_refusal) return tl::unexpected(*memory.institution_refusal);
  return {};
}

bool knows_institution(const PolicyBook& book, std::string_view code) {
  return book.institutions.contains(code) || book.institution_aliases.contains(code);
}

bool same_institution(const PolicyBook& book, std::string_view one, std::string_view other) {
  return one == other || book.current_institution(one) == book.current_institution(other);
}

}  // namespace ishi

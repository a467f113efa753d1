#include "registry/commands/checks.h"

#include <algorithm>

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

CommandResult<Timestamp> check_accepted_at(std::optional<Timestamp> given, Timestamp now, Outcome& outcome) {
  if (!given) return now;
  if (*given <= now) return *given;
  if (*given > now.plus_seconds(kClockSkewSecondsMax)) return refuse(RefusalCode::kAcceptedAtInFuture, "accepted_at");
  outcome.remarks.push_back(Remark::kClockAdjusted);
  return now;
}

template <typename Known>
bool all_known(const std::vector<std::string>& codes, Known known) {
  return std::all_of(codes.begin(), codes.end(), known);
}

}  // namespace

CommandResult<CheckedSubmission> check_submission(const CommandContext& context, const Subject& subject,
                                                  const Submission& submission, Outcome& outcome) {
  const CommandResult<Timestamp> accepted_at = check_accepted_at(submission.accepted_at, context.now, outcome);
  if (!accepted_at) return tl::unexpected(accepted_at.error());
  if (submission.birth_date && *submission.birth_date > jst_date(context.now)) {
    return refuse(RefusalCode::kDateInFuture, "birth_date");
  }
  CheckedSubmission checked;
  checked.requester.kind = submission.requester;
  checked.requester.relation = submission.relation;
  checked.requester.birth_date = submission.birth_date;
  if (subject.status != nullptr) checked.requester.died_on = subject.status->died_on;
  checked.accepted_at = *accepted_at;
  checked.channel = submission.channel.value_or(usual_channel(context.actor.role));
  return checked;
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

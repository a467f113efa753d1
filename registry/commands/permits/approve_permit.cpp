#include "registry/commands/permits/approve_permit.h"

#include <algorithm>

#include "registry/commands/checks.h"
#include "registry/rules/doors.h"

namespace ishi {
namespace {

bool is_permit_id(std::string_view text) {
  return text.size() <= kPermitIdBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c != '\x7F'; });
}

CommandResult<const Regime*> check_terms(const PolicyBook& book, const ApprovePermitCommand& command) {
  if (command.permit_id.empty()) return refuse(RefusalCode::kFieldMissing, "permit_id");
  if (!is_permit_id(command.permit_id)) return refuse(RefusalCode::kValueFormat, "permit_id");
  if (command.regime.empty()) return refuse(RefusalCode::kFieldMissing, "regime");
  const Regime* regime = book.find_regime(command.regime);
  if (regime == nullptr) return refuse(RefusalCode::kUnknownRegime, "regime");
  if (regime->cutoff != Cutoff::kPermitApprovalTime && !asks_for_permits(book))
    return refuse(RefusalCode::kRegimeWithoutPermits, "regime");
  if (!command.recipient.empty() && !book.operators.contains(command.recipient) &&
      !book.operator_aliases.contains(command.recipient))
    return refuse(RefusalCode::kUnknownRecipient, "recipient");
  if (command.purposes.empty()) return refuse(RefusalCode::kFieldMissing, "purposes");
  for (const std::string& purpose : command.purposes)
    if (!(regime->per_study ? book.studies : book.purposes).contains(purpose))
      return refuse(RefusalCode::kUnknownPurpose, "purposes");
  if (command.exception.empty() != command.ground.empty())
    return refuse(RefusalCode::kFieldMissing, command.exception.empty() ? "exception" : "ground");
  if (command.ground.size() > kPermitGroundBytesMax) return refuse(RefusalCode::kValueFormat, "ground");
  if (!command.exception.empty() && regime->find_override(command.exception) == nullptr)
    return refuse(RefusalCode::kUnknownOverride, "exception");
  return regime;
}

// Who reviews registers the permits; an operator that reviews, those of its own use.
CommandResult<void> check_reviewer(const CommandContext& context, const ApprovePermitCommand& command) {
  const PolicyBook& book = context.book;
  const Actor& actor = context.actor;
  if (!reviews(book, {actor.role, actor.recipient}, command.regime))
    return refuse(RefusalCode::kClosedByOption, "regime");
  const bool names_itself =
      !command.recipient.empty() && book.current_operator(command.recipient) == book.current_operator(actor.recipient);
  if (!actor.recipient.empty() && !names_itself) return refuse(RefusalCode::kForeignRecipient, "recipient");
  return {};
}

CommandResult<PermitStart> check_approved_at(const CommandContext& context, const Regime& regime,
                                             Timestamp approved_at) {
  if (approved_at > context.now) return refuse(RefusalCode::kDateInFuture, "approved_at");
  if (jst_date(approved_at) < regime.valid.from) return refuse(RefusalCode::kDateImplausible, "approved_at");
  if (approved_at >= context.now.plus_seconds(-kClockSkewSecondsMax)) return PermitStart::kRegistration;
  if (context.actor.role != Role::kRegistryKeyholder) return refuse(RefusalCode::kTwoSignaturesNeeded, "approved_at");
  return PermitStart::kApproval;
}

// The same but for what the registry itself adds.
bool says_the_same(const PermitApproved& standing, const PermitApproved& wanted, bool names_approval) {
  PermitApproved same = wanted;
  same.counts_from = standing.counts_from;
  if (!names_approval) same.approved_at = standing.approved_at;
  return same == standing;
}

}  // namespace

CommandResult<Outcome> approve_permit(const CommandContext& context, const RegisteredPermit* standing,
                                      ApprovePermitCommand command, CommandBatch& batch) {
  const CommandResult<const Regime*> regime = check_terms(context.book, command);
  if (!regime) return tl::unexpected(regime.error());
  if (const auto may = check_reviewer(context, command); !may) return tl::unexpected(may.error());
  Outcome outcome;
  const bool names_approval = command.approved_at.has_value();
  Timestamp approved_at = command.approved_at.value_or(context.now);
  if (approved_at > context.now && approved_at <= context.now.plus_seconds(kClockSkewSecondsMax)) {
    outcome.remarks.push_back(Remark::kClockAdjusted);
    approved_at = context.now;
  }
  std::sort(command.purposes.begin(), command.purposes.end());
  command.purposes.erase(std::unique(command.purposes.begin(), command.purposes.end()), command.purposes.end());
  PermitApproved permit;
  permit.token = permit_token(command.permit_id);
  permit.permit_id = std::move(command.permit_id);
  permit.regime = std::move(command.regime);
  permit.recipient = std::move(command.recipient);
  permit.approved_at = approved_at;
  permit.purposes = std::move(command.purposes);
  permit.exception = std::move(command.exception);
  permit.ground = std::move(command.ground);
  if (standing != nullptr) {
    if (says_the_same(standing->permit, permit, names_approval))
      return Outcome::none_because(NothingWritten::kAlreadyRecorded);
    return refuse(RefusalCode::kPermitExists, "permit_id");
  }
  const CommandResult<PermitStart> start = check_approved_at(context, **regime, approved_at);
  if (!start) return tl::unexpected(start.error());
  permit.counts_from = *start;
  if (!batch.memory.permits.emplace(permit.token, permit.regime).second)
    return refuse(RefusalCode::kPermitExists, "permit_id");
  batch.events.emplace_back(std::move(permit));
  return outcome;
}

}  // namespace ishi

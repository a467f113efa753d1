#include "registry/commands/promises/issue_receipt.h"

#include <algorithm>

#include "registry/commands/checks.h"
#include "registry/commands/standing.h"
#include "registry/identifiers/check_digit.h"

namespace ishi {
namespace {

struct Requested {
  EventIndex event;
  const Objection* made;
};
struct Given {
  EventIndex event;
  const ReceiptIssued* receipt;
};

CommandResult<Requested> find_objection(const CommandContext& context, const Subject& subject,
                                        std::optional<EventIndex> objection) {
  if (!objection) return refuse(RefusalCode::kFieldMissing, "objection");
  const StoredEvent* stored = context.history == nullptr ? nullptr : context.history->find(*objection);
  const auto* made = stored == nullptr ? nullptr : std::get_if<Objection>(&stored->event.body);
  const bool of_this_person =
      made != nullptr && subject.status != nullptr &&
      std::binary_search(subject.status->tokens.begin(), subject.status->tokens.end(), made->token);
  if (!of_this_person) return refuse(RefusalCode::kObjectionNotFound, "objection");
  return Requested{*objection, made};
}

std::vector<Given> given_of(const CommandContext& context, const Requested& requested) {
  std::vector<Given> given;
  for (const StoredEvent* stored : context.history->about(requested.made->token)) {
    const auto* receipt = std::get_if<ReceiptIssued>(&stored->event.body);
    if (receipt != nullptr && receipt->objection == requested.event) given.push_back({stored->index, receipt});
  }
  return given;
}

// The duty is of those who took the request in; the registry helps. Elsewhere a copy takes proof of who asks.
CommandResult<void> check_who_gives(const CommandContext& context, const Requested& requested,
                                    const IssueReceiptCommand& command) {
  if (context.actor.role == Role::kRegistryOps || recorded_by_own(context, requested.event)) return {};
  if (command.reissue && command.evidence != ProofSeen::kNone) return {};
  return refuse(RefusalCode::kRecordedByAnother, "evidence");
}

CommandResult<void> check_issuer(const CommandContext& context, const std::string& issuer) {
  if (issuer.size() > kDeskBytesMax) return refuse(RefusalCode::kValueFormat, "issuer");
  if (issuer.empty() || !knows_institution(context.book, issuer)) return {};
  if (context.actor.may_act_for && context.actor.may_act_for(issuer)) return {};
  return refuse(RefusalCode::kForeignHolder, "issuer");
}

CommandResult<std::optional<Timestamp>> check_consent_to_form(const IssueReceiptCommand& command,
                                                              const Objection& objection, Timestamp issued_at) {
  if (command.form == ReceiptForm::kPaper) {
    if (command.consent_at) return refuse(RefusalCode::kValueFormat, "consent_at");
    return std::optional<Timestamp>();
  }
  std::optional<Timestamp> agreed_at = command.consent_at;
  if (!agreed_at && objection.reception) agreed_at = objection.reception->electronic_receipt_agreed_at;
  if (agreed_at && *agreed_at <= issued_at) return agreed_at;
  return refuse(RefusalCode::kReceiptConsentNeeded, "consent_at");
}

CommandResult<Timestamp> check_issued_at(const CommandContext& context, const IssueReceiptCommand& command,
                                         const Objection& objection, Outcome& outcome) {
  const std::optional<Timestamp> issued_at = instant_by(command.issued_at, context.now, outcome);
  if (!issued_at) return refuse(RefusalCode::kDateInFuture, "issued_at");
  if (*issued_at < objection.accepted_at) return refuse(RefusalCode::kReceiptBeforeRequest, "issued_at");
  return *issued_at;
}

CommandResult<void> check_first_or_further(const std::vector<Given>& given, bool reissue, bool in_this_request) {
  if (given.size() >= kReceiptsOfOneMax) return refuse(RefusalCode::kTooManyFacts);
  if (reissue && given.empty()) return refuse(RefusalCode::kReceiptNotFound, "reissue");
  if (in_this_request || (!reissue && !given.empty())) return refuse(RefusalCode::kReceiptExists, "reissue");
  return {};
}

}  // namespace

std::string receipt_number(EventIndex objection) {
  const std::string digits = std::to_string(objection.value());
  return digits + "-" + luhn_check_digit(digits).value_or('0');
}

CommandResult<Outcome> issue_receipt(const CommandContext& context, const Subject& subject,
                                     const IssueReceiptCommand& command, CommandBatch& batch) {
  Outcome outcome;
  const auto requested = find_objection(context, subject, command.objection);
  if (!requested) return tl::unexpected(requested.error());
  if (!command.document_digest) return refuse(RefusalCode::kFieldMissing, "document_digest");
  if (const auto own = check_who_gives(context, *requested, command); !own) return tl::unexpected(own.error());
  if (const auto known = check_issuer(context, command.issuer); !known) return tl::unexpected(known.error());
  const auto issued_at = check_issued_at(context, command, *requested->made, outcome);
  if (!issued_at) return tl::unexpected(issued_at.error());
  const auto consent_at = check_consent_to_form(command, *requested->made, *issued_at);
  if (!consent_at) return tl::unexpected(consent_at.error());

  const std::vector<Given> given = given_of(context, *requested);
  const auto the_same = [&](const Given& before) {
    return before.receipt->form == command.form && before.receipt->document_digest == *command.document_digest;
  };
  if (!command.reissue && std::any_of(given.begin(), given.end(), the_same)) {
    return Outcome::none_because(NothingWritten::kAlreadyRecorded);
  }
  const bool in_this_request = batch.memory.receipted.contains(requested->event);
  const auto fits = check_first_or_further(given, command.reissue, in_this_request);
  if (!fits) return tl::unexpected(fits.error());

  ReceiptIssued receipt;
  receipt.token = requested->made->token;
  receipt.objection = requested->event;
  receipt.number = receipt_number(requested->event);
  receipt.form = command.form;
  receipt.consent_at = *consent_at;
  receipt.issued_at = *issued_at;
  receipt.issuer = command.issuer.empty() ? context.actor.holder : command.issuer;
  receipt.staff = command.staff;
  receipt.document_digest = *command.document_digest;
  if (command.reissue) receipt.reissue_of = given.back().event;
  batch.memory.receipted.insert(requested->event);
  batch.events.emplace_back(std::move(receipt));
  return outcome;
}

}  // namespace ishi

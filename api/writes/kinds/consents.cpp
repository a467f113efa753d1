// Consents and their withdrawal: rows for registry/commands/consent.h. What permits use is read strictly: an empty list
// or an unknown field is refused, because a misspelt limit would permit more than the person meant (LAW.md 7.4).
#include "api/writes/kinds/line_handler.h"
#include "registry/commands/consent.h"

namespace ishi::api {
namespace {

constexpr std::string_view kConsentFields[] = {"regimes",     "holders",    "recipients",
                                               "categories",  "purposes",   "record_from",
                                               "record_to",   "requester",  "relation",
                                               "accepted_at", "expires_on", "channel",
                                               "birth_date",  "withdraw",   "accepted_by",
                                               "staff",       "assurance",  "evidence_types",
                                               "seen_by",     "seen_on",    "electronic_receipt_agreed_at"};

FieldResult<Outcome> handle_consent(const CommandContext& context, const Line& line, CommandBatch& batch) {
  FieldReader reader(line.row);
  const std::optional<EventIndex> taken_back = reader.receipt("withdraw");
  Submission submission = reader.submission();
  submission.taken_in = reader.taken_in(line.tokenizer, employer_of(context.actor));
  if (taken_back) {
    if (reader.fault()) return tl::unexpected(*reader.fault());
    return answer_of(withdraw_consent(context, line.subject, {*taken_back, std::move(submission)}, batch));
  }
  GiveConsentCommand command;
  command.submission = std::move(submission);
  command.scope = reader.scope(EmptyList::kRefused);
  command.expires_on = reader.date("expires_on");
  if (reader.fault()) return tl::unexpected(*reader.fault());
  return answer_of(give_consent(context, line.subject, std::move(command), batch));
}

}  // namespace

constinit const WriteKind kConsents = {
    .name = "consents", .fields = kConsentFields, .history = HistoryOf::kKnown, .handle = &handle_consent};

}  // namespace ishi::api

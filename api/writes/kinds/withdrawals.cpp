// Withdrawals of objections: rows for registry/commands/withdraw.h.
#include "api/writes/kinds/line_handler.h"
#include "registry/commands/withdraw.h"

namespace ishi::api {
namespace {

constexpr std::string_view kWithdrawalFields[] = {"objection",
                                                  "all",
                                                  "requester",
                                                  "relation",
                                                  "accepted_at",
                                                  "birth_date",
                                                  "channel",
                                                  "evidence",
                                                  "requester_name",
                                                  "requester_birth_date",
                                                  "accepted_by",
                                                  "staff",
                                                  "assurance",
                                                  "evidence_types",
                                                  "seen_by",
                                                  "seen_on",
                                                  "electronic_receipt_agreed_at"};

FieldResult<Outcome> handle_withdrawal(const CommandContext& context, const Line& line, CommandBatch& batch) {
  FieldReader reader(line.row);
  WithdrawCommand command;
  command.objection = reader.receipt("objection");
  command.all = reader.flag("all");
  command.submission = reader.submission();
  command.submission.made_by = reader.made_by(line.tokenizer);
  command.submission.evidence = reader.evidence();
  command.submission.taken_in = reader.taken_in(line.tokenizer, employer_of(context.actor));
  if (reader.fault()) return tl::unexpected(*reader.fault());
  return answer_of(withdraw(context, line.subject, command, batch));
}

}  // namespace

constinit const WriteKind kWithdrawals = {
    .name = "withdrawals", .fields = kWithdrawalFields, .history = HistoryOf::kKnown, .handle = &handle_withdrawal};

}  // namespace ishi::api

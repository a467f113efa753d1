// Documents of Art. 53 that were given to people: rows for registry/commands/promises/issue_receipt.h.
#include "api/writes/kinds/line_handler.h"
#include "registry/commands/promises/issue_receipt.h"
#include "registry/policy/names.h"

namespace ishi::api {
namespace {

constexpr std::string_view kReceiptFields[] = {
    "objection", "form", "consent_at", "issued_at", "issuer", "staff", "document_digest", "reissue", "evidence"};

FieldResult<Outcome> handle_receipt(const CommandContext& context, const Line& line, CommandBatch& batch) {
  FieldReader reader(line.row);
  IssueReceiptCommand command;
  command.objection = reader.receipt("objection");
  command.form = reader.enumerated("form", &parse_receipt_form).value_or(ReceiptForm::kPaper);
  command.consent_at = reader.instant("consent_at");
  command.issued_at = reader.instant("issued_at");
  command.issuer = reader.text("issuer");
  command.staff = reader.staff("staff", line.tokenizer, employer_of(context.actor));
  command.document_digest = reader.digest("document_digest");
  command.reissue = reader.flag("reissue");
  command.evidence = reader.evidence();
  if (reader.fault()) return tl::unexpected(*reader.fault());
  return answer_of(issue_receipt(context, line.subject, command, batch));
}

}  // namespace

constinit const WriteKind kReceipts = {
    .name = "receipts", .fields = kReceiptFields, .history = HistoryOf::kKnown, .handle = &handle_receipt};

}  // namespace ishi::api

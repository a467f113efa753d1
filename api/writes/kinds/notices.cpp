// Notices and their voiding: rows for registry/commands/tell.h.
#include "api/writes/kinds/line_handler.h"
#include "registry/commands/tell.h"
#include "registry/policy/names.h"

namespace ishi::api {
namespace {

constexpr std::string_view kNoticeFields[] = {
    "holder", "regime",          "template",         "method", "date",     "campaign",   "void",
    "notice", "notice_evidence", "notice_reference", "staff",  "language", "void_reason"};

// What shows that the person was told; nothing: the row says none of it.
std::optional<NoticeDetails> read_details(FieldReader& reader, const CommandContext& context, const Line& line) {
  NoticeDetails details;
  details.evidence = reader.enumerated("notice_evidence", &parse_notice_evidence).value_or(NoticeEvidence::kNone);
  details.reference = reader.text("notice_reference");
  details.staff = reader.staff("staff", line.tokenizer, employer_of(context.actor));
  details.language = reader.text("language");
  return details == NoticeDetails() ? std::nullopt : std::optional(std::move(details));
}

FieldResult<Outcome> handle_notice(const CommandContext& context, const Line& line, CommandBatch& batch) {
  FieldReader reader(line.row);
  TellCommand command;
  command.holder = reader.text("holder");
  command.regime = reader.text("regime");
  const bool is_void = reader.flag("void");
  command.date = reader.date("date");
  command.method = reader.enumerated("method", &parse_notice_method);
  command.template_id = reader.text("template");
  const std::optional<EventIndex> notice = reader.receipt("notice");
  if (is_void) {
    const auto reason = reader.enumerated("void_reason", &parse_void_reason);
    if (reader.fault()) return tl::unexpected(*reader.fault());
    const VoidNoticeCommand returned{command.holder,      command.regime, command.date, command.method,
                                     command.template_id, notice,         reason};
    return answer_of(void_notice(context, line.subject, returned, batch));
  }
  command.campaign = reader.text("campaign");
  command.details = read_details(reader, context, line);
  if (reader.fault()) return tl::unexpected(*reader.fault());
  return answer_of(tell(context, line.subject, command, batch));
}

}  // namespace

constinit const WriteKind kNotices = {.name = "notices",
                                      .fields = kNoticeFields,
                                      .history = HistoryOf::kKnown,
                                      .history_if = "void",
                                      .handle = &handle_notice};

}  // namespace ishi::api

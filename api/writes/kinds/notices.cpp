// Notices and their voiding: rows for registry/commands/tell.h.
#include "api/writes/kinds/line_handler.h"
#include "registry/commands/tell.h"
#include "registry/policy/names.h"

namespace ishi::api {
namespace {

constexpr std::string_view kNoticeFields[] = {"holder", "regime",   "template", "method",
                                              "date",   "campaign", "void",     "notice"};

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
    if (reader.fault()) return tl::unexpected(*reader.fault());
    const VoidNoticeCommand returned{command.holder, command.regime,      command.date,
                                     command.method, command.template_id, notice};
    return answer_of(void_notice(context, line.subject, returned, batch));
  }
  command.campaign = reader.text("campaign");
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

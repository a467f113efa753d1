// Notices and their voiding: rows for registry/commands/tell.h.
#include "api/writes/kinds/line_handler.h"
#include "registry/commands/tell.h"
#include "registry/policy/names.h"

namespace ishi::api {
namespace {

constexpr std::string_view kNoticeFields[] = {"holder", "regime", "template", "method", "date", "campaign", "void"};

FieldResult<Outcome> handle_notice(const CommandContext& context, const Line& line, CommandBatch& batch) {
  FieldReader reader(line.row);
  TellCommand command;
  command.holder = reader.text("holder");
  command.regime = reader.text("regime");
  const bool is_void = reader.flag("void");
  command.date = reader.date("date");
  command.method = reader.enumerated("method", &parse_notice_method);
  if (is_void) {
    if (reader.fault()) return tl::unexpected(*reader.fault());
    return answer_of(void_notice(context, line.subject, {command.holder, command.regime, command.date}, batch));
  }
  command.campaign = reader.text("campaign");
  command.template_id = reader.text("template");
  if (reader.fault()) return tl::unexpected(*reader.fault());
  return answer_of(tell(context, line.subject, command, batch));
}

}  // namespace

constinit const WriteKind kNotices = {.name = "notices", .fields = kNoticeFields, .handle = &handle_notice};

}  // namespace ishi::api

// Deaths and their retraction: rows for registry/commands/record_death.h.
#include "api/writes/kinds/line_handler.h"
#include "registry/commands/record_death.h"

namespace ishi::api {
namespace {

constexpr std::string_view kDeathFields[] = {"date", "retract"};

FieldResult<Outcome> handle_death(const CommandContext& context, const Line& line, CommandBatch& batch) {
  FieldReader reader(line.row);
  const bool retracted = reader.flag("retract");
  const std::optional<CivilDate> date = reader.date("date");
  if (reader.fault()) return tl::unexpected(*reader.fault());
  if (retracted) return answer_of(retract_death(context, line.subject, {date}, batch));
  return answer_of(record_death(context, line.subject, {date}, batch));
}

}  // namespace

constinit const WriteKind kDeaths = {
    .name = "deaths", .fields = kDeathFields, .history = HistoryOf::kKnown, .handle = &handle_death};

}  // namespace ishi::api

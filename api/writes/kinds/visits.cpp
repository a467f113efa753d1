// Visits: rows for registry/commands/visit.h.
#include "api/writes/kinds/line_handler.h"
#include "registry/commands/visit.h"

namespace ishi::api {
namespace {

constexpr std::string_view kVisitFields[] = {"holder", "date"};

FieldResult<Outcome> handle_visit(const CommandContext& context, const Line& line, CommandBatch& batch) {
  FieldReader reader(line.row);
  VisitCommand command;
  command.holder = reader.text("holder");
  command.date = reader.date("date");
  if (reader.fault()) return tl::unexpected(*reader.fault());
  return answer_of(visit(context, line.subject, command, batch));
}

}  // namespace

constinit const WriteKind kVisits = {.name = "visits", .fields = kVisitFields, .handle = &handle_visit};

}  // namespace ishi::api

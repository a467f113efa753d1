// Data permits: rows for registry/commands/permits/approve_permit.h. A row is about a permit and about nobody.
#include "api/writes/kinds/line_handler.h"
#include "registry/commands/permits/approve_permit.h"

namespace ishi::api {
namespace {

constexpr std::string_view kPermitFields[] = {kPermitIdField, "regime",    "recipient", "approved_at",
                                              "purposes",     "exception", "ground"};

FieldResult<Outcome> handle_permit(const CommandContext& context, const Line& line, CommandBatch& batch) {
  FieldReader reader(line.row);
  ApprovePermitCommand command;
  command.permit_id = reader.text(kPermitIdField);
  command.regime = reader.text("regime");
  command.recipient = reader.text("recipient");
  command.approved_at = reader.instant("approved_at");
  command.purposes = reader.codes("purposes", EmptyList::kRefused);
  command.exception = reader.text("exception");
  command.ground = reader.text("ground");
  if (reader.fault()) return tl::unexpected(*reader.fault());
  const RegisteredPermit* standing = sheet_for(*line.permit, command.regime);
  return answer_of(approve_permit(context, standing, std::move(command), batch));
}

}  // namespace

constinit const WriteKind kPermits = {
    .name = "permits", .fields = kPermitFields, .about_permits = true, .handle = &handle_permit};

}  // namespace ishi::api

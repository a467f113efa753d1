// Links and their undoing: rows for registry/commands/link.h.
#include "api/writes/kinds/line_handler.h"
#include "registry/commands/link.h"
#include "registry/policy/names.h"

namespace ishi::api {
namespace {

constexpr std::string_view kLinkFields[] = {"source", "valid_from"};
constexpr std::string_view kUnlinkFields[] = {"link", "evidence"};

FieldResult<Outcome> handle_link(const CommandContext& context, const Line& line, CommandBatch& batch) {
  if (line.other == nullptr) return refuse_line(LineCode::kIdentityMissing, "other_token");
  FieldReader reader(line.row);
  LinkCommand command;
  command.source = reader.enumerated("source", &parse_link_source);
  command.valid_from = reader.date("valid_from");
  if (reader.fault()) return tl::unexpected(*reader.fault());
  return answer_of(link(context, line.subject, *line.other, command, batch));
}

FieldResult<Outcome> handle_unlink(const CommandContext& context, const Line& line, CommandBatch& batch) {
  FieldReader reader(line.row);
  UnlinkCommand command;
  command.link = reader.receipt("link");
  command.evidence = reader.evidence();
  if (reader.fault()) return tl::unexpected(*reader.fault());
  if (line.other != nullptr) command.other = line.other->token;
  return answer_of(unlink(context, line.subject, command, batch));
}

}  // namespace

constinit const WriteKind kLinks = {
    .name = "links",
    .fields = kLinkFields,
    .names_two = true,
    // A new card brings new weak forms; they must be found from the day of the link.
    .identity_always = true,
    .history = HistoryOf::kLinked,
    .handle = &handle_link,
};

constinit const WriteKind kUnlinks = {
    .name = "splits",
    .fields = kUnlinkFields,
    .names_two = true,
    .history = HistoryOf::kLinked,
    .handle = &handle_unlink,
};

}  // namespace ishi::api

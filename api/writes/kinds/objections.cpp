// Objections: rows for registry/commands/object.h. An unknown field refuses the line, as everywhere (LAW.md 3.7).
#include "api/writes/kinds/line_handler.h"
#include "registry/commands/object.h"
#include "registry/policy/names.h"

namespace ishi::api {
namespace {

constexpr std::string_view kObjectionFields[] = {"regimes",
                                                 "holders",
                                                 "recipients",
                                                 "categories",
                                                 "purposes",
                                                 "record_from",
                                                 "record_to",
                                                 "requester",
                                                 "relation",
                                                 "accepted_at",
                                                 "past_data",
                                                 "channel",
                                                 "birth_date",
                                                 "death_date",
                                                 "requester_name",
                                                 "requester_birth_date",
                                                 "accepted_by",
                                                 "staff",
                                                 "assurance",
                                                 "evidence_types",
                                                 "seen_by",
                                                 "seen_on",
                                                 "electronic_receipt_agreed_at"};

FieldResult<Outcome> handle_objection(const CommandContext& context, const Line& line, CommandBatch& batch) {
  FieldReader reader(line.row);
  ObjectCommand command;
  command.scope = reader.scope(EmptyList::kMeansAll);
  command.submission = reader.submission();
  command.submission.made_by = reader.made_by(line.tokenizer);
  command.submission.taken_in = reader.taken_in(line.tokenizer, employer_of(context.actor));
  command.past_data = reader.enumerated("past_data", &parse_past_data).value_or(PastData::kStopOnly);
  command.death_date = reader.date("death_date");
  if (reader.fault()) return tl::unexpected(*reader.fault());
  return answer_of(object(context, line.subject, std::move(command), batch));
}

}  // namespace

constinit const WriteKind kObjections = {
    .name = "objections",
    .fields = kObjectionFields,
    // An objection must be found by every written form of the identifier, whatever was known of the person before.
    .identity_always = true,
    // A wish that stands already is found by its own number, and by all its written forms.
    .history = HistoryOf::kObjecting,
    .handle = &handle_objection,
};

}  // namespace ishi::api

#include "registry/commands/object.h"

#include <algorithm>

#include "registry/commands/standing.h"

namespace ishi {
namespace {

// The day of a death that is not on record yet.
CommandResult<std::optional<CivilDate>> new_death(std::optional<CivilDate> given, const Requester& requester,
                                                  Timestamp now, Outcome& outcome) {
  if (!given) return given;
  if (*given > jst_date(now)) return refuse(RefusalCode::kDateInFuture, "death_date");
  if (requester.kind != RequesterKind::kBereaved) {
    outcome.remarks.push_back(Remark::kFieldIgnored);
    return std::optional<CivilDate>();
  }
  if (!requester.died_on) return given;
  if (*requester.died_on != *given) outcome.remarks.push_back(Remark::kDeathDateDiffers);
  return std::optional<CivilDate>();
}

// An operator relays what concerns itself, or all operators; never only its competitors.
CommandResult<void> check_relay(const CommandContext& context, const Scope& scope) {
  const Actor& actor = context.actor;
  const bool relays = actor.role == Role::kOperatorBatch || actor.role == Role::kOperatorAdmin;
  const auto is_own = [&](const std::string& code) {
    return !actor.recipient.empty() &&
           context.book.current_operator(code) == context.book.current_operator(actor.recipient);
  };
  if (!relays || scope.recipients.empty() || std::any_of(scope.recipients.begin(), scope.recipients.end(), is_own)) {
    return {};
  }
  return refuse(RefusalCode::kForeignRecipient, "recipients");
}

bool same_codes(std::vector<std::string> one, std::vector<std::string> other) {
  std::sort(one.begin(), one.end());
  std::sort(other.begin(), other.end());
  return one == other;
}
bool same_scope(const Scope& one, const Scope& other) {
  return same_codes(one.regimes, other.regimes) && same_codes(one.holders, other.holders) &&
         same_codes(one.recipients, other.recipients) && same_codes(one.categories, other.categories) &&
         same_codes(one.purposes, other.purposes) && one.record_from == other.record_from &&
         one.record_to == other.record_to;
}

// Does the one say all that the other says? It must stand on the same token: tokens may part again. Of the bereaved one
// may take back only their own, so another's wish is a fact of its own.
bool says_it_already(const Objection& made, const Objection& wish) {
  return made.token == wish.token && made.requester == wish.requester && made.relation == wish.relation &&
         made.made_by == wish.made_by && made.accepted_at <= wish.accepted_at && made.past_data == wish.past_data &&
         made.reaffirm_on == wish.reaffirm_on && same_scope(made.scope, wish.scope);
}

struct Standing {
  std::optional<EventIndex> receipt;  // none: said in this very request
  const Objection* made;
};

// What stands on this card. A status may leave out what others of the person say as well; the history does not.
std::vector<Standing> standing_on(const CommandContext& context, const Token& card, const CommandMemory& memory) {
  std::vector<Standing> standing;
  if (const auto said = memory.objections.find(card); said != memory.objections.end()) {
    for (const Objection& made : said->second) standing.push_back({std::nullopt, &made});
  }
  if (context.history == nullptr) return standing;
  std::set<EventIndex> taken_back = memory.taken_back;
  const auto about = context.history->about(card);
  for (const StoredEvent* stored : about) {
    const auto* withdrawn = std::get_if<ObjectionWithdrawn>(&stored->event.body);
    if (withdrawn != nullptr) taken_back.insert(withdrawn->objections.begin(), withdrawn->objections.end());
  }
  for (const StoredEvent* stored : about) {
    const auto* made = std::get_if<Objection>(&stored->event.body);
    if (made != nullptr && !taken_back.contains(stored->index)) standing.push_back({stored->index, made});
  }
  return standing;
}

template <typename Says>
std::optional<Outcome> already_said(const std::vector<Standing>& standing, Says says) {
  const auto found =
      std::find_if(standing.begin(), standing.end(), [&](const Standing& one) { return says(*one.made); });
  if (found == standing.end()) return std::nullopt;
  Outcome already = Outcome::none_because(NothingWritten::kAlreadyObjected);
  already.standing = found->receipt;
  return already;
}

std::size_t standing_count(const Subject& subject, const CommandMemory& memory) {
  const auto said = memory.objections.find(subject.token);
  std::size_t count = said == memory.objections.end() ? 0 : said->second.size();
  if (subject.status == nullptr) return count;
  for (const ObjectionFact& fact : subject.status->objections) count += !fact.withdrawn_at;
  return count;
}

}  // namespace

CommandResult<Outcome> object(const CommandContext& context, const Subject& subject, ObjectCommand command,
                              CommandBatch& batch) {
  Outcome outcome;
  if (const auto known = check_scope(context.book, command.scope); !known) return tl::unexpected(known.error());
  if (const auto relay = check_relay(context, command.scope); !relay) return tl::unexpected(relay.error());
  const auto submission = check_submission(context, subject, command.submission, outcome);
  if (!submission) return tl::unexpected(submission.error());
  Requester requester = submission->requester;
  const auto death = new_death(command.death_date, requester, context.now, outcome);
  if (!death) return tl::unexpected(death.error());
  if (*death) requester.died_on = *death;

  const Timestamp accepted_at = submission->accepted_at;
  if (const auto allowed = check_objection(context.book, command.scope, requester, accepted_at); !allowed) {
    return refuse(allowed.error());
  }
  const std::optional<CivilDate> reaffirm_on = reaffirm_date(context.book, command.scope, requester, accepted_at);
  const bool bereaved = requester.kind == RequesterKind::kBereaved;
  std::vector<std::string> bound = regimes_bound(context.book, command.scope, requester, accepted_at);
  if (!command.scope.regimes.empty() && bound.size() < command.scope.regimes.size()) {
    outcome.remarks.push_back(Remark::kScopeNarrowed);
  }
  command.scope.regimes = std::move(bound);
  const std::vector<Standing> standing = standing_on(context, subject.token, batch.memory);
  if (standing_count(subject, batch.memory) >= kObjectionsOfOneMax) {
    const auto everything = [](const Objection& made) { return made.scope == Scope(); };
    if (auto already = already_said(standing, everything)) return *std::move(already);
    command.scope = Scope();
    outcome.remarks.push_back(Remark::kScopeWidened);
  }
  Objection wish{subject.token,
                 std::move(command.scope),
                 requester.kind,
                 bereaved ? requester.relation : std::string(),
                 accepted_at,
                 command.past_data,
                 submission->channel,
                 reaffirm_on,
                 bereaved ? command.submission.made_by : std::nullopt,
                 submission->reception};
  const auto the_same = [&](const Objection& made) { return says_it_already(made, wish); };
  if (auto already = already_said(standing, the_same)) return *std::move(already);
  batch.memory.objections[subject.token].push_back(wish);
  batch.events.emplace_back(std::move(wish));
  if (!*death) return outcome;
  if (!context.actor.may_record_deaths) {
    outcome.remarks.push_back(Remark::kDeathNotKept);
  } else if (batch.memory.deaths.insert(subject.token).second) {
    batch.events.emplace_back(DeathRecorded{subject.token, **death});
  }
  return outcome;
}

}  // namespace ishi

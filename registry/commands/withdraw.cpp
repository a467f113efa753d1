#include "registry/commands/withdraw.h"

#include <algorithm>

#include "registry/commands/standing.h"
#include "registry/events/event_codec.h"

namespace ishi {
namespace {

struct Chosen {
  EventIndex event;
  const Objection* made;  // in the history
};

bool taken_back_by(const StoredEvent& stored, EventIndex objection) {
  const auto* withdrawn = std::get_if<ObjectionWithdrawn>(&stored.event.body);
  return withdrawn != nullptr && stored.index > objection &&
         std::find(withdrawn->objections.begin(), withdrawn->objections.end(), objection) !=
             withdrawn->objections.end();
}

// Every objection of the person, as it was recorded: a status leaves out what another says as well.
std::vector<Chosen> objections_of(const CommandContext& context, const Subject& subject) {
  std::vector<Chosen> made;
  if (context.history == nullptr || subject.status == nullptr) return made;
  for (const Token& token : subject.status->tokens) {
    for (const StoredEvent* stored : context.history->about(token)) {
      const auto* objection = std::get_if<Objection>(&stored->event.body);
      if (objection != nullptr) made.push_back({stored->index, objection});
    }
  }
  std::sort(made.begin(), made.end(), [](const Chosen& one, const Chosen& other) { return one.event < other.event; });
  return made;
}

std::set<EventIndex> taken_back(const CommandContext& context, const Subject& subject) {
  std::set<EventIndex> named;
  for (const Token& token : subject.status->tokens) {
    for (const StoredEvent* stored : context.history->about(token)) {
      const auto* withdrawn = std::get_if<ObjectionWithdrawn>(&stored->event.body);
      if (withdrawn == nullptr) continue;
      for (const EventIndex objection : withdrawn->objections) {
        if (taken_back_by(*stored, objection)) named.insert(objection);
      }
    }
  }
  return named;
}

CommandResult<std::vector<Chosen>> choose(const CommandContext& context, const Subject& subject,
                                          const WithdrawCommand& command, const CommandMemory& memory) {
  if (command.objection.has_value() == command.all) return refuse(RefusalCode::kObjectionOrAll, "objection");
  std::vector<Chosen> made = objections_of(context, subject);
  if (command.objection) {
    std::erase_if(made, [&](const Chosen& one) { return one.event != *command.objection; });
    if (made.empty()) return refuse(RefusalCode::kObjectionNotFound, "objection");
  }
  if (made.empty()) return refuse(RefusalCode::kNothingToWithdraw);
  if (const auto fine = check_not_too_often(context, subject.token); !fine) return tl::unexpected(fine.error());
  const std::set<EventIndex> gone = taken_back(context, subject);
  std::erase_if(made,
                [&](const Chosen& one) { return gone.contains(one.event) || memory.taken_back.contains(one.event); });
  if (!made.empty()) return made;
  return command.all ? refuse(RefusalCode::kNothingToWithdraw) : refuse(RefusalCode::kAlreadyWithdrawn, "objection");
}

ObjectionFact fact_of(const Chosen& chosen) {
  const Objection& made = *chosen.made;
  return {chosen.event,     made.token,   made.scope,     made.requester,
          made.accepted_at, std::nullopt, made.past_data, made.reaffirm_on};
}

// Of the bereaved one takes back their own wish only; another's with a documented consensus of the family.
CommandResult<void> check_same_bereaved(const Objection& made, const Submission& submission) {
  if (made.requester != RequesterKind::kBereaved || submission.requester != RequesterKind::kBereaved) return {};
  if (made.made_by && made.made_by == submission.made_by) return {};
  if (submission.evidence == ProofSeen::kConsensus) return {};
  return refuse(RefusalCode::kRequesterDiffers, "evidence");
}

CommandResult<void> check_chosen(const CommandContext& context, const WithdrawCommand& command, const Chosen& chosen,
                                 const CheckedSubmission& submission) {
  const auto allowed = check_withdrawal(context.book, fact_of(chosen), submission.requester, submission.accepted_at);
  if (!allowed) return refuse(allowed.error());
  if (const auto same = check_same_bereaved(*chosen.made, command.submission); !same) return same;
  return check_standing(context, chosen.event, command.objection.has_value(), command.submission.evidence);
}

// Under regimes that allow no withdrawal the wish goes on, from the day on which it was made.
std::optional<Objection> what_stays(const PolicyBook& book, const Objection& made) {
  std::vector<std::string> irreversible = irreversible_regimes(book, made.scope);
  if (irreversible.empty()) return std::nullopt;
  Objection stays = made;
  stays.scope.regimes = std::move(irreversible);
  return stays;
}

}  // namespace

CommandResult<Outcome> withdraw(const CommandContext& context, const Subject& subject, const WithdrawCommand& command,
                                CommandBatch& batch) {
  Outcome outcome;
  const CommandResult<std::vector<Chosen>> chosen = choose(context, subject, command, batch.memory);
  if (!chosen) return tl::unexpected(chosen.error());
  const auto submission = check_submission(context, subject, command.submission, outcome);
  if (!submission) return tl::unexpected(submission.error());
  if (const auto recent = check_not_dated_back(context, jst_date(submission->accepted_at), "accepted_at"); !recent) {
    return tl::unexpected(recent.error());
  }
  for (const Chosen& one : *chosen) {
    if (const auto fine = check_chosen(context, command, one, *submission); !fine) return tl::unexpected(fine.error());
  }
  std::optional<WithdrawalProof> proof;
  if (command.submission.evidence != ProofSeen::kNone || command.submission.made_by) {
    proof = WithdrawalProof{command.submission.evidence, command.submission.made_by};
  }
  std::map<Token, std::vector<EventIndex>> by_token;
  for (const Chosen& one : *chosen) {
    by_token[one.made->token].push_back(one.event);
    batch.memory.taken_back.insert(one.event);
  }
  for (const auto& [token, objections] : by_token) {
    for (std::size_t from = 0; from < objections.size(); from += kEventListItemsMax) {
      const auto begin = objections.begin() + static_cast<std::ptrdiff_t>(from);
      const std::size_t count = std::min(kEventListItemsMax, objections.size() - from);
      batch.events.emplace_back(ObjectionWithdrawn{token,
                                                   {begin, begin + static_cast<std::ptrdiff_t>(count)},
                                                   submission->requester.kind,
                                                   submission->accepted_at,
                                                   submission->channel,
                                                   proof,
                                                   submission->reception});
    }
  }
  for (const Chosen& one : *chosen) {
    std::optional<Objection> stays = what_stays(context.book, *one.made);
    if (!stays) continue;
    batch.events.emplace_back(*std::move(stays));
    if (outcome.remarks.empty() || outcome.remarks.back() != Remark::kStillObjected) {
      outcome.remarks.push_back(Remark::kStillObjected);
    }
  }
  return outcome;
}

}  // namespace ishi

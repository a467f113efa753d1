// Withdrawals of objections (EHDS 71(1); LAW.md 3.11): only of the person's own active objections, only by who may.
#include <map>
#include <set>

#include "api/writes/fields.h"
#include "api/writes/line_handler.h"
#include "api/writes/requesters.h"

namespace ishi::api {
namespace {

constexpr std::string_view kFields[] = {"objection",   "all",        "requester", "relation",
                                        "accepted_at", "birth_date", "channel"};

class WithdrawalJudge final : public LineHandler {
 public:
  explicit WithdrawalJudge(const RequestContext& context) : context_(context) {}

  Judged<Outcome> judge(const Line& line, std::vector<EventBody>& bodies) override {
    Outcome outcome;
    const Judged<std::vector<const ObjectionFact*>> chosen = choose(line);
    if (!chosen) return tl::unexpected(chosen.error());
    const Judged<Timestamp> accepted_at = accepted_at_field(line.row, context_.now, outcome);
    if (!accepted_at) return tl::unexpected(accepted_at.error());
    const Judged<Requester> requester = requester_fields(line, context_.now);
    if (!requester) return tl::unexpected(requester.error());
    const Judged<Channel> channel = channel_field(line, context_.principal);
    if (!channel) return tl::unexpected(channel.error());
    for (const ObjectionFact* objection : *chosen) {
      if (const auto allowed = check_withdrawal(context_.book, *objection, *requester, *accepted_at); !allowed) {
        return tl::unexpected(refusal_of(allowed.error()));
      }
    }
    // Each on the token of what it undoes: if a link is undone later, the two must stay together.
    std::map<Token, std::vector<EventIndex>> by_token;
    for (const ObjectionFact* objection : *chosen) {
      by_token[objection->token].push_back(objection->event);
      withdrawn_in_this_request_.insert(objection->event);
    }
    for (auto& [token, events] : by_token) {
      bodies.emplace_back(ObjectionWithdrawn{token, std::move(events), requester->kind, *accepted_at, *channel});
    }
    return outcome;
  }

 private:
  bool active(const ObjectionFact& objection) const {
    return !objection.withdrawn_at && !withdrawn_in_this_request_.contains(objection.event);
  }

  Judged<std::vector<const ObjectionFact*>> choose(const Line& line) const {
    const Judged<std::optional<EventIndex>> receipt = receipt_field(line.row, "objection");
    if (!receipt) return tl::unexpected(receipt.error());
    const Judged<bool> all = flag_field(line.row, "all");
    if (!all) return tl::unexpected(all.error());
    if (receipt->has_value() == *all) return refuse(LineCode::kObjectionOrAll, "objection");
    std::vector<const ObjectionFact*> chosen;
    if (line.subject.status != nullptr) {
      for (const ObjectionFact& objection : line.subject.status->objections) {
        if (*receipt && objection.event != **receipt) continue;
        if (active(objection)) {
          chosen.push_back(&objection);
        } else if (*receipt) {
          return refuse(LineCode::kAlreadyWithdrawn, "objection");
        }
      }
    }
    if (!chosen.empty()) return chosen;
    return *all ? refuse(LineCode::kNothingToWithdraw) : refuse(LineCode::kObjectionNotFound, "objection");
  }

  RequestContext context_;
  std::set<EventIndex> withdrawn_in_this_request_;
};

}  // namespace

constinit const WriteKind kWithdrawals = {
    .name = "withdrawals",
    .fields = kFields,
    .make_handler = [](const RequestContext& context) -> std::unique_ptr<LineHandler> {
      return std::make_unique<WithdrawalJudge>(context);
    },
};

}  // namespace ishi::api

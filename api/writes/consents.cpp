// Consents and their withdrawal (APPI 27(1); LAW.md 7.4). What permits use is read strictly: an empty list or an
// unknown field is refused, because a misspelt limit would permit more than the person meant.
#include <set>

#include "api/writes/fields.h"
#include "api/writes/line_handler.h"
#include "api/writes/requesters.h"

namespace ishi::api {
namespace {

constexpr std::string_view kFields[] = {"regimes",     "holders",   "recipients", "categories", "purposes",
                                        "record_from", "record_to", "requester",  "relation",   "accepted_at",
                                        "expires_on",  "channel",   "birth_date", "withdraw"};

class ConsentJudge final : public LineHandler {
 public:
  explicit ConsentJudge(const RequestContext& context) : context_(context) {}

  Judged<Outcome> judge(const Line& line, std::vector<EventBody>& bodies) override {
    Outcome outcome;
    const Judged<std::optional<EventIndex>> receipt = receipt_field(line.row, "withdraw");
    if (!receipt) return tl::unexpected(receipt.error());
    const Judged<Timestamp> accepted_at = accepted_at_field(line.row, context_.now, outcome);
    if (!accepted_at) return tl::unexpected(accepted_at.error());
    const Judged<Requester> requester = requester_fields(line, context_.now);
    if (!requester) return tl::unexpected(requester.error());
    const Judged<Channel> channel = channel_field(line, context_.principal);
    if (!channel) return tl::unexpected(channel.error());
    const Judged<EventBody> body = *receipt ? take_back(line, **receipt, *requester, *accepted_at, *channel)
                                            : give(line, *requester, *accepted_at, *channel);
    if (!body) return tl::unexpected(body.error());
    bodies.push_back(*body);
    return outcome;
  }

 private:
  Judged<EventBody> give(const Line& line, const Requester& requester, Timestamp accepted_at, Channel channel) const {
    Judged<Scope> scope = scope_fields(line.row, context_.book, EmptyList::kRefused);
    if (!scope) return tl::unexpected(scope.error());
    const Judged<std::optional<CivilDate>> expires_on = date_field(line.row, "expires_on");
    if (!expires_on) return tl::unexpected(expires_on.error());
    if (*expires_on && **expires_on < jst_date(accepted_at)) return refuse(LineCode::kExpiresBeforeStart, "expires_on");
    if (const auto allowed = check_consent(context_.book, *scope, requester, accepted_at); !allowed) {
      return tl::unexpected(refusal_of(allowed.error()));
    }
    return EventBody(
        ConsentGiven{line.subject.token, std::move(*scope), requester.kind, accepted_at, *expires_on, channel});
  }

  Judged<EventBody> take_back(const Line& line, EventIndex receipt, const Requester& requester, Timestamp accepted_at,
                              Channel channel) {
    const ConsentFact* found = nullptr;
    if (line.subject.status != nullptr) {
      for (const ConsentFact& consent : line.subject.status->consents) {
        if (consent.event == receipt) found = &consent;
      }
    }
    if (found == nullptr) return refuse(LineCode::kConsentNotFound, "withdraw");
    if (found->withdrawn_at || withdrawn_in_this_request_.contains(receipt)) {
      return refuse(LineCode::kAlreadyWithdrawn, "withdraw");
    }
    if (const auto allowed = check_consent_withdrawal(context_.book, *found, requester, accepted_at); !allowed) {
      return tl::unexpected(refusal_of(allowed.error()));
    }
    withdrawn_in_this_request_.insert(receipt);
    return EventBody(ConsentWithdrawn{found->token, {receipt}, requester.kind, accepted_at, channel});
  }

  RequestContext context_;
  std::set<EventIndex> withdrawn_in_this_request_;
};

}  // namespace

constinit const WriteKind kConsents = {
    .name = "consents",
    .fields = kFields,
    .make_handler = [](const RequestContext& context) -> std::unique_ptr<LineHandler> {
      return std::make_unique<ConsentJudge>(context);
    },
};

}  // namespace ishi::api

#include "registry/events/event.h"

#include "registry/assert.h"

namespace ishi {
namespace {

template <typename... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <typename... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

}  // namespace

EventKind kind_of(const EventBody& body) {
  return static_cast<EventKind>(body.index() + 1);
}
static_assert(std::variant_size_v<EventBody> == static_cast<std::size_t>(kEventKindMax));

const char* name_of(EventKind kind) {
  switch (kind) {
    case EventKind::kPolicyPublished: return "policy_published";
    case EventKind::kTokenIdentity: return "token_identity";
    case EventKind::kNoticeGiven: return "notice";
    case EventKind::kNoticeVoided: return "notice_voided";
    case EventKind::kObjection: return "objection";
    case EventKind::kObjectionWithdrawn: return "withdrawal";
    case EventKind::kConsentGiven: return "consent";
    case EventKind::kConsentWithdrawn: return "consent_withdrawn";
    case EventKind::kTokensLinked: return "link";
    case EventKind::kLinksUndone: return "split";
    case EventKind::kDeathRecorded: return "death";
    case EventKind::kDeathRetracted: return "death_retracted";
    case EventKind::kFilterRun: return "filter_run";
    case EventKind::kRecordErased: return "record_erased";
    case EventKind::kPermitApproved: return "permit";
    case EventKind::kTimesHealed: return "times_healed";
  }
  ISHI_ASSERT(false);
  return "";
}

std::vector<Token> subjects_of(const EventBody& body) {
  return std::visit(Overloaded{
                        [](const PolicyPublished&) { return std::vector<Token>{}; },
                        [](const FilterRun&) { return std::vector<Token>{}; },
                        [](const RecordErased&) { return std::vector<Token>{}; },
                        [](const TimesHealed&) { return std::vector<Token>{}; },
                        [](const TokenIdentity& identity) {
                          return std::vector<Token>{identity.exact, identity.loose, identity.household};
                        },
                        [](const TokensLinked& link) {
                          return std::vector<Token>{link.first, link.second};
                        },
                        [](const auto& about_one) { return std::vector<Token>{about_one.token}; },
                    },
                    body);
}

}  // namespace ishi

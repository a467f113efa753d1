#include "registry/events/event.h"

#include <algorithm>
#include <iterator>

#include "registry/assert.h"

namespace ishi {
namespace {

template <typename... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <typename... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

// In the order of EventBody; numbers that are kept for other kinds are missing.
constexpr EventKind kKinds[] = {
    EventKind::kPolicyPublished, EventKind::kTokenIdentity,       EventKind::kNoticeGiven,
    EventKind::kNoticeVoided,    EventKind::kObjection,           EventKind::kObjectionWithdrawn,
    EventKind::kConsentGiven,    EventKind::kConsentWithdrawn,    EventKind::kTokensLinked,
    EventKind::kLinksUndone,     EventKind::kDeathRecorded,       EventKind::kDeathRetracted,
    EventKind::kFilterRun,       EventKind::kRecordErased,        EventKind::kPermitApproved,
    EventKind::kTimesHealed,     EventKind::kReceiptIssued,       EventKind::kLetterCodeIssued,
    EventKind::kErasureOrdered,  EventKind::kErasureAcknowledged, EventKind::kReaffirmDue,
    EventKind::kReaffirmDone,    EventKind::kProvisionRecorded,   EventKind::kConfirmationRecorded,
    EventKind::kVisitsReported,  EventKind::kPatientListReported, EventKind::kFilingPublished,
    EventKind::kHolderChanged,   EventKind::kChangeNotified,      EventKind::kCampaignStarted,
    EventKind::kCampaignStopped, EventKind::kComplaintReceived,   EventKind::kComplaintClosed,
    EventKind::kCaseViewed,      EventKind::kFigurePublished,     EventKind::kPersonDescribed,
};
static_assert(std::size(kKinds) == std::variant_size_v<EventBody>);
static_assert(std::is_sorted(std::begin(kKinds), std::end(kKinds)) && std::end(kKinds)[-1] == kEventKindMax);

template <std::size_t I = 0>
EventBody body_at(std::size_t at) {
  if constexpr (I + 1 < std::variant_size_v<EventBody>) {
    if (at != I) return body_at<I + 1>(at);
  }
  return EventBody(std::in_place_index<I>);
}

}  // namespace

EventKind kind_of(const EventBody& body) {
  return kKinds[body.index()];
}

std::optional<EventBody> empty_body(EventKind kind) {
  const auto* const found = std::find(std::begin(kKinds), std::end(kKinds), kind);
  if (found == std::end(kKinds)) return std::nullopt;
  return body_at(static_cast<std::size_t>(found - std::begin(kKinds)));
}

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
    case EventKind::kReceiptIssued: return "receipt";
    case EventKind::kLetterCodeIssued: return "letter_code";
    case EventKind::kErasureOrdered: return "erasure_ordered";
    case EventKind::kErasureAcknowledged: return "erasure_acknowledged";
    case EventKind::kReaffirmDue: return "reaffirm_due";
    case EventKind::kReaffirmDone: return "reaffirm_done";
    case EventKind::kProvisionRecorded: return "provision";
    case EventKind::kConfirmationRecorded: return "confirmation";
    case EventKind::kVisitsReported: return "visits_reported";
    case EventKind::kPatientListReported: return "patient_list";
    case EventKind::kFilingPublished: return "filing";
    case EventKind::kHolderChanged: return "holder_changed";
    case EventKind::kChangeNotified: return "change_notified";
    case EventKind::kCampaignStarted: return "campaign_started";
    case EventKind::kCampaignStopped: return "campaign_stopped";
    case EventKind::kComplaintReceived: return "complaint";
    case EventKind::kComplaintClosed: return "complaint_closed";
    case EventKind::kCaseViewed: return "case_viewed";
    case EventKind::kFigurePublished: return "figure";
    case EventKind::kPersonDescribed: return "person_described";
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
                        [](const FigurePublished&) { return std::vector<Token>{}; },
                        [](const LetterCodeIssued& letter) {
                          return std::vector<Token>{letter.token, letter.code};
                        },
                        [](const ComplaintReceived& complaint) {
                          std::vector<Token> subjects = {complaint.token};
                          if (complaint.person) subjects.push_back(*complaint.person);
                          return subjects;
                        },
                        [](const CaseViewed& viewed) {
                          return viewed.person ? std::vector<Token>{*viewed.person} : std::vector<Token>{};
                        },
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

bool bears_on_answers(EventKind kind) {
  return kind == EventKind::kTimesHealed || (kind != EventKind::kFilterRun && kind <= EventKind::kRecordErased);
}

std::vector<Token> persons_of(const EventBody& body) {
  switch (kind_of(body)) {
    case EventKind::kLetterCodeIssued: return {std::get<LetterCodeIssued>(body).token};
    case EventKind::kErasureOrdered:
      if (std::get<ErasureOrdered>(body).objection) return subjects_of(body);
      return {};
    case EventKind::kComplaintReceived: {
      const std::optional<Token>& person = std::get<ComplaintReceived>(body).person;
      return person ? std::vector<Token>{*person} : std::vector<Token>{};
    }
    case EventKind::kPermitApproved:
    case EventKind::kErasureAcknowledged:  // of somebody or of everybody: the order says
    case EventKind::kProvisionRecorded:
    case EventKind::kConfirmationRecorded:
    case EventKind::kVisitsReported:
    case EventKind::kPatientListReported:
    case EventKind::kFilingPublished:
    case EventKind::kHolderChanged:
    case EventKind::kChangeNotified:
    case EventKind::kCampaignStarted:
    case EventKind::kCampaignStopped:
    case EventKind::kComplaintClosed: return {};
    default: return subjects_of(body);
  }
}

}  // namespace ishi

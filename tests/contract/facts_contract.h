// What every EventLog keeps of receipts, letters, erasures, filings, complaints …: the kinds of event that change no
// answer. To join in, as for event_log_contract.h:
//   INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, FactsContract, Maker);
#pragma once

#include "registry/commands/promises/issue_receipt.h"
#include "tests/contract/event_log_contract.h"

namespace ishi::testing {

// One of each kind from 17 on, about numbered_token(1) where it is about somebody.
inline std::vector<EventBody> facts() {
  std::vector<EventBody> bodies;
  for (int kind = static_cast<int>(EventKind::kReceiptIssued); kind <= static_cast<int>(kEventKindMax); ++kind) {
    auto body = empty_body(static_cast<EventKind>(kind));
    if (!body) continue;
    std::visit(
        [](auto& fact) {
          if constexpr (requires { fact.token; }) fact.token = numbered_token(1);
        },
        *body);
    if (auto* campaign = std::get_if<CampaignStarted>(&*body))
      campaign->regimes = campaign->template_ids = campaign->ways = {"X"};
    if (auto* letter = std::get_if<LetterCodeIssued>(&*body)) letter->code = numbered_token(2);
    if (auto* complaint = std::get_if<ComplaintReceived>(&*body)) complaint->person = numbered_token(3);
    if (auto* viewed = std::get_if<CaseViewed>(&*body)) viewed->person = numbered_token(4);
    bodies.push_back(*std::move(body));
  }
  return bodies;
}

template <typename Maker>
class FactsContract : public EventLogContract<Maker> {
 protected:
  // The kinds of the events under which the log finds this token.
  std::set<EventKind> kinds_about(const Token& token) {
    std::set<EventKind> kinds;
    const Token asked[] = {token};
    const auto about = this->log().read_about(asked, this->head()).value();
    for (const StoredEvent& stored : about) kinds.insert(kind_of(stored.event.body));
    return kinds;
  }
};
TYPED_TEST_SUITE_P(FactsContract);

TYPED_TEST_P(FactsContract, EachKindIsKeptAsItWasAndFoundByWhomItIsAbout) {
  const std::vector<EventBody> bodies = facts();
  ASSERT_EQ(bodies.size(), 20U);
  const Appended appended = this->append(bodies);
  const auto stored = this->log().read(EventIndex(0), 100).value();
  ASSERT_EQ(stored.size(), bodies.size());
  for (std::size_t i = 0; i < bodies.size(); ++i)
    EXPECT_EQ(stored[i].event, (Event{appended.registered_at, "tester", bodies[i]})) << name_of(kind_of(bodies[i]));
  EXPECT_EQ(this->kinds_about(numbered_token(1)).size(), bodies.size() - 2) << "all but the case and the figure";
  EXPECT_EQ(this->kinds_about(numbered_token(2)), std::set{EventKind::kLetterCodeIssued});
  EXPECT_EQ(this->kinds_about(numbered_token(3)), std::set{EventKind::kComplaintReceived});
  EXPECT_EQ(this->kinds_about(numbered_token(4)), std::set{EventKind::kCaseViewed});
}

TYPED_TEST_P(FactsContract, WhoTookARequestInIsKeptWithIt) {
  Objection objection = objection_of(1, this->clock().now());
  objection.reception =
      Reception{"1312345678", numbered_token(7),
                OnBehalf{"PARENT", Assurance::kSeen, {"FAMILY_REGISTER"}, numbered_token(8), CivilDate(20'000)},
                this->clock().now()};
  NoticeVoided voided{numbered_token(1), "H", "R", CivilDate(20'000)};
  voided.reason = VoidReason::kReturnedMail;
  NoticeGiven notice = notice_to(1);
  notice.details = NoticeDetails{CivilDate(19'990), NoticeEvidence::kPostingList, "L-1", numbered_token(7), "ja"};
  const std::vector<EventBody> bodies = {objection, notice, voided};
  this->append(bodies);
  const auto stored = this->log().read(EventIndex(0), 10).value();
  ASSERT_EQ(stored.size(), 3U);
  for (std::size_t i = 0; i < bodies.size(); ++i) EXPECT_EQ(stored[i].event.body, bodies[i]);
  EXPECT_TRUE(this->about({numbered_token(7)}).empty()) << "nothing is found by who works somewhere";
}

TYPED_TEST_P(FactsContract, WhatHappensIsNeverRegisteredBeforeItHappened) {
  ReceiptIssued receipt;
  receipt.token = numbered_token(1);
  receipt.issued_at = this->clock().now().plus_seconds(1);
  EXPECT_EQ(this->append({receipt}).registered_at, receipt.issued_at);
  receipt.issued_at = this->clock().now().plus_seconds(3'600);
  EXPECT_EQ(this->refusal(request_of({receipt})), "accepted_in_future");
}

TYPED_TEST_P(FactsContract, NoTwoRequestsGetOneReceiptNumberHoweverManyComeAtOnce) {  // T21
  constexpr std::uint64_t kDesks = 8, kOfEach = 25;
  std::atomic<int> failures = 0;
  const auto serve = [&](std::uint64_t desk) {
    for (std::uint64_t i = 0; i < kOfEach; ++i) {
      const std::uint64_t person = desk * kOfEach + i;
      const auto objected = this->log().append(request_of({objection_of(person)}));
      if (!objected) {
        ++failures;
        continue;
      }
      ReceiptIssued receipt;
      receipt.token = numbered_token(person);
      receipt.objection = objected->first;
      receipt.number = receipt_number(objected->first);
      if (!this->log().append(request_of({receipt}))) ++failures;
    }
  };
  {
    std::vector<std::jthread> desks;
    for (std::uint64_t desk = 0; desk < kDesks; ++desk) desks.emplace_back(serve, desk);
  }
  EXPECT_EQ(failures, 0);
  std::set<std::string> numbers;
  const auto events = this->log().read(EventIndex(0), 100'000).value();
  for (const StoredEvent& stored : events)
    if (const auto* receipt = std::get_if<ReceiptIssued>(&stored.event.body)) numbers.insert(receipt->number);
  EXPECT_EQ(numbers.size(), kDesks * kOfEach);
}

REGISTER_TYPED_TEST_SUITE_P(FactsContract, EachKindIsKeptAsItWasAndFoundByWhomItIsAbout, WhoTookARequestInIsKeptWithIt,
                            WhatHappensIsNeverRegisteredBeforeItHappened,
                            NoTwoRequestsGetOneReceiptNumberHoweverManyComeAtOnce);

}  // namespace ishi::testing

// The promises of EventLog, ChangeFeed and Evidence, as tests that every implementation passes. To join in:
//   struct Maker { … EventLog& log(); ChangeFeed& feed(); Evidence& evidence(); FakeClock& clock(); };
//   INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, EventLogContract, Maker);
// A Maker starts with an empty log.
#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "registry/events/event_codec.h"
#include "registry/ports/change_feed.h"
#include "registry/ports/event_log.h"
#include "registry/ports/evidence.h"
#include "registry/ports/permits.h"
#include "tests/support/fake_clock.h"

namespace ishi::testing {

inline Token numbered_token(std::uint64_t number) {
  std::array<std::uint8_t, Token::kSizeBytes> bytes{};
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>((number * 0x9e3779b97f4a7c15U) >> (8 * i));
  for (std::size_t i = 0; i < 8; ++i) bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return Token(bytes);
}
inline NoticeGiven notice_to(std::uint64_t number) {
  return {.token = numbered_token(number),
          .holder = "H",
          .regime = "R",
          .template_id = "T",
          .date = CivilDate(20'000),
          .campaign_id = ""};
}
inline Objection objection_of(std::uint64_t number, Timestamp accepted_at = {}) {
  return {.token = numbered_token(number), .scope = {}, .relation = "", .accepted_at = accepted_at, .reaffirm_on = {}};
}
inline TokensLinked linked(Token first, Token second) {
  return {first, second, LinkSource::kInsurer, std::nullopt};
}
inline AppendRequest request_of(std::vector<EventBody> bodies) {
  return {.bodies = std::move(bodies), .caller = "tester", .key = {}, .sequence = {}, .answer = ""};
}
inline AppendRequest keyed_request(std::vector<EventBody> bodies, std::string key, std::uint8_t body,
                                   std::string answer) {
  AppendRequest request = request_of(std::move(bodies));
  request.key = IdempotencyKey{"tester", std::move(key), Digest{body}};
  request.answer = std::move(answer);
  return request;
}
inline AppendRequest batch_of(std::string source, std::uint64_t sequence, std::vector<EventBody> bodies = {}) {
  AppendRequest request = request_of(std::move(bodies));
  request.sequence = SourceSequence{std::move(source), sequence};
  return request;
}
inline std::vector<std::uint64_t> indexes_of(const std::vector<StoredEvent>& events) {
  std::vector<std::uint64_t> indexes;
  for (const StoredEvent& event : events) indexes.push_back(event.index.value());
  return indexes;
}

template <typename Maker>
class EventLogContract : public ::testing::Test {
 protected:
  EventLog& log() { return maker_.log(); }
  ChangeFeed& feed() { return maker_.feed(); }
  Evidence& evidence() { return maker_.evidence(); }
  FakeClock& clock() { return maker_.clock(); }

  Appended append(AppendRequest request) {
    auto appended = log().append(std::move(request));
    if (!appended) {
      ADD_FAILURE() << appended.error().code << ": " << appended.error().detail;
      return {};
    }
    return *appended;
  }
  Appended append(std::vector<EventBody> bodies) { return append(request_of(std::move(bodies))); }
  std::string refusal(AppendRequest request) {
    auto appended = log().append(std::move(request));
    return appended ? std::string("accepted") : appended.error().code;
  }
  Position head() { return log().head().value().position; }
  std::vector<std::uint64_t> about(std::vector<Token> tokens, std::optional<Position> upto = {}) {
    return indexes_of(log().read_about(tokens, upto.value_or(head())).value());
  }

  Maker maker_;
};
TYPED_TEST_SUITE_P(EventLogContract);

using Indexes = std::vector<std::uint64_t>;

TYPED_TEST_P(EventLogContract, AnEmptyLogIsAtPositionZero) {
  EXPECT_EQ(this->log().head().value(), Head{});
  EXPECT_TRUE(this->log().read(EventIndex(0), 10)->empty());
  EXPECT_TRUE(this->log().sources()->empty());
  EXPECT_EQ(this->log().position_at(this->clock().now()).value(), Position());
  EXPECT_EQ(this->log().latest_policy(Position()).value(), std::nullopt);
  EXPECT_EQ(this->evidence().frontier()->root(), empty_root());
}

TYPED_TEST_P(EventLogContract, WhatIsAppendedReadsBackInOrder) {
  const Appended first = this->append({notice_to(1), objection_of(2)});
  EXPECT_EQ(first.first, EventIndex(0));
  EXPECT_EQ(first.position, Position(2));
  EXPECT_EQ(first.registered_at, this->clock().now());
  this->clock().advance_seconds(5);
  const Appended second = this->append({PolicyPublished{{{"意.toml", std::string("a\0b", 3)}}}});
  EXPECT_EQ(second.first, EventIndex(2));
  const auto events = this->log().read(EventIndex(0), 100).value();
  ASSERT_EQ(indexes_of(events), (Indexes{0, 1, 2}));
  EXPECT_EQ(events[0].event, (Event{first.registered_at, "tester", notice_to(1)}));
  EXPECT_EQ(events[1].event, (Event{first.registered_at, "tester", objection_of(2)}));
  EXPECT_EQ(events[2].event,
            (Event{second.registered_at, "tester", PolicyPublished{{{"意.toml", std::string("a\0b", 3)}}}}));
  EXPECT_EQ(this->log().head().value(), (Head{Position(3), second.registered_at, events[2].commitment}));
  EXPECT_NE(events[2].commitment, Digest{});
  EXPECT_NE(events[2].commitment, events[1].commitment);
}

TYPED_TEST_P(EventLogContract, ReadingStopsAtItsLimitAndAtTheEnd) {
  for (std::uint64_t i = 0; i < 10; ++i) this->append({notice_to(i)});
  EXPECT_EQ(indexes_of(this->log().read(EventIndex(3), 4).value()), (Indexes{3, 4, 5, 6}));
  EXPECT_EQ(indexes_of(this->log().read(EventIndex(8), 100'000).value()), (Indexes{8, 9}));
  EXPECT_TRUE(this->log().read(EventIndex(10), 1)->empty());
  EXPECT_TRUE(this->log().read(EventIndex(UINT64_MAX), 1)->empty());
}

TYPED_TEST_P(EventLogContract, TimeInTheLogNeverGoesBackEvenWhenTheClockDoes) {
  const Timestamp noon = this->clock().now();
  this->append({notice_to(1)});
  this->clock().set(noon.plus_seconds(-3'600));
  EXPECT_EQ(this->append({notice_to(2)}).registered_at, noon);
  this->clock().set(noon.plus_seconds(1));
  EXPECT_EQ(this->append({notice_to(3)}).registered_at, noon.plus_seconds(1));
}

TYPED_TEST_P(EventLogContract, AWishIsNeverRegisteredBeforeItWasAccepted) {
  const Timestamp ahead = this->clock().now().plus_seconds(3);
  EXPECT_EQ(this->append({objection_of(1, ahead)}).registered_at, ahead);
  EXPECT_EQ(this->refusal(request_of({objection_of(1, ahead.plus_seconds(3'600))})), "accepted_in_future");
  EXPECT_EQ(this->head(), Position(1));
  this->clock().set(ahead.plus_seconds(-86'400));  // a clock that was set back makes no future of what is known
  EXPECT_EQ(this->append({objection_of(2, ahead)}).registered_at, ahead);
}

TYPED_TEST_P(EventLogContract, PositionAtCountsWhatWasRegisteredByThen) {
  const Timestamp start = this->clock().now();
  for (std::uint64_t i = 0; i < 20; ++i) {
    this->append({notice_to(i), notice_to(100 + i)});
    this->clock().advance_seconds(10);
  }
  EXPECT_EQ(this->log().position_at(start.plus_seconds(-1)).value(), Position(0));
  for (std::uint64_t i = 0; i < 20; ++i) {
    const Timestamp then = start.plus_seconds(static_cast<std::int64_t>(10 * i));
    EXPECT_EQ(this->log().position_at(then).value(), Position(2 * i + 2));
    EXPECT_EQ(this->log().position_at(Timestamp(then.microseconds() - 1)).value(), Position(2 * i));
  }
  EXPECT_EQ(this->log().position_at(start.plus_seconds(100'000)).value(), Position(40));
}

TYPED_TEST_P(EventLogContract, LatestPolicyIsTheLastBelowAPosition) {
  this->append({PolicyPublished{}, notice_to(1), PolicyPublished{}, notice_to(2)});
  EXPECT_EQ(this->log().latest_policy(Position(0)).value(), std::nullopt);
  EXPECT_EQ(this->log().latest_policy(Position(1)).value(), EventIndex(0));
  EXPECT_EQ(this->log().latest_policy(Position(2)).value(), EventIndex(0));
  EXPECT_EQ(this->log().latest_policy(Position(4)).value(), EventIndex(2));
}

TYPED_TEST_P(EventLogContract, ARequestIsWrittenWholeOrNotAtAll) {
  NoticeGiven bad = notice_to(2);
  bad.holder = std::string(kEventNameBytesMax + 1, 'x');
  EXPECT_EQ(this->refusal(request_of({notice_to(1), bad, notice_to(3)})), "event_too_large");
  EXPECT_EQ(this->head(), Position(0));
  EXPECT_EQ(this->append({notice_to(4)}).first, EventIndex(0));
  EXPECT_TRUE(this->about({numbered_token(1)}).empty());
}

TYPED_TEST_P(EventLogContract, TheSameKeyAndBodyGiveTheFirstAnswerAgain) {
  const Appended first = this->append(keyed_request({notice_to(1), notice_to(2)}, "k", 1, "the answer"));
  EXPECT_FALSE(first.repeated);
  this->clock().advance_seconds(60);
  this->append({notice_to(3)});
  const Appended again = this->append(keyed_request({notice_to(1), notice_to(2)}, "k", 1, "another answer"));
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.first, first.first);
  EXPECT_EQ(again.position, first.position);
  EXPECT_EQ(again.registered_at, first.registered_at);
  EXPECT_EQ(again.answer, "the answer");
  EXPECT_EQ(this->head(), Position(3));
  EXPECT_EQ(this->log().find_answer({"tester", "k", Digest{1}}).value(), "the answer");
}

TYPED_TEST_P(EventLogContract, TheSameKeyWithAnotherBodyIsAConflict) {
  this->append(keyed_request({notice_to(1)}, "k", 1, "a"));
  auto refused = this->log().append(keyed_request({notice_to(1)}, "k", 2, "a"));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(this->log().find_answer({"tester", "k", Digest{2}}).error().kind, ErrorKind::kConflict);
  EXPECT_EQ(this->head(), Position(1));
}

TYPED_TEST_P(EventLogContract, AKeyBelongsToItsCaller) {
  this->append(keyed_request({notice_to(1)}, "k\"\\{,}", 1, "a"));
  AppendRequest other = keyed_request({notice_to(2)}, "k\"\\{,}", 2, "b");
  other.key->caller = "他人 \\ \" ,";
  EXPECT_FALSE(this->append(other).repeated);
  EXPECT_TRUE(this->append(other).repeated);
  EXPECT_EQ(this->log().find_answer({"nobody", "k\"\\{,}", Digest{1}}).value(), std::nullopt);
}

TYPED_TEST_P(EventLogContract, AKeyWithoutEventsIsKeptToo) {
  const std::string answer("\0\xff bytes", 8);
  const Appended kept = this->append(keyed_request({}, "k", 1, answer));
  EXPECT_EQ(kept.position, Position(0));
  EXPECT_EQ(this->append(keyed_request({}, "k", 1, "")).answer, answer);
}

TYPED_TEST_P(EventLogContract, AMalformedKeyIsRefused) {
  EXPECT_EQ(this->refusal(keyed_request({}, "", 1, "")), "bad_idempotency_key");
  EXPECT_EQ(this->refusal(keyed_request({}, "two words", 1, "")), "bad_idempotency_key");
  EXPECT_EQ(this->log().find_answer({"tester", "二", {}}).error().code, "bad_idempotency_key");
}

TYPED_TEST_P(EventLogContract, AJumpInAFeedIsAGapThatLaterBatchesClose) {
  EXPECT_EQ(this->append(batch_of("hospital", 1, {notice_to(1)})).gap_from, std::nullopt);
  EXPECT_EQ(this->append(batch_of("hospital", 5)).gap_from, 2U);
  EXPECT_EQ(this->append(batch_of("hospital", 3, {notice_to(3), notice_to(4)})).gap_from, 2U);
  auto books = this->log().sources().value();
  ASSERT_EQ(books.size(), 1U);
  EXPECT_EQ(books[0].source, "hospital");
  EXPECT_EQ(books[0].highest_sequence, 5U);
  EXPECT_EQ(books[0].batches, 3U);
  EXPECT_EQ(books[0].events, 3U);
  EXPECT_EQ(books[0].last_seen, this->clock().now());
  using Gaps = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
  EXPECT_EQ(books[0].gaps, (Gaps{{2, 2}, {4, 4}}));
  EXPECT_EQ(this->append(batch_of("hospital", 2)).gap_from, std::nullopt);
  EXPECT_EQ(this->append(batch_of("hospital", 4)).gap_from, std::nullopt);
  EXPECT_TRUE(this->log().sources()->at(0).gaps.empty());
}

TYPED_TEST_P(EventLogContract, ABatchOfAFeedIsTakenInOnce) {
  this->append(batch_of("hospital", 1, {notice_to(1)}));
  auto refused = this->log().append(batch_of("hospital", 1, {notice_to(1)}));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(refused.error().code, "sequence_seen");
  EXPECT_EQ(this->head(), Position(1));
  EXPECT_EQ(this->append(batch_of("insurer", 1)).gap_from, std::nullopt);
  EXPECT_EQ(this->log().sources()->size(), 2U);
}

TYPED_TEST_P(EventLogContract, ARepeatedKeyIsAnsweredBeforeTheSequenceIsLookedAt) {
  AppendRequest request = keyed_request({notice_to(1)}, "k", 1, "a");
  request.sequence = SourceSequence{"hospital", 1};
  EXPECT_FALSE(this->append(request).repeated);
  EXPECT_TRUE(this->append(request).repeated);
  EXPECT_EQ(this->log().sources()->at(0).batches, 1U);
}

TYPED_TEST_P(EventLogContract, AboutATokenIsEveryEventThatNamesIt) {
  const Token a = numbered_token(1), b = numbered_token(2);
  this->append({notice_to(1), notice_to(2), objection_of(1), PolicyPublished{}, DeathRecorded{a, {}}});
  EXPECT_EQ(this->about({a}), (Indexes{0, 2, 4}));
  EXPECT_EQ(this->about({b, a, a}), (Indexes{0, 1, 2, 4}));
  EXPECT_EQ(this->about({a}, Position(2)), (Indexes{0}));
  EXPECT_TRUE(this->about({numbered_token(9)}).empty());
  EXPECT_TRUE(this->about({}).empty());
}

TYPED_TEST_P(EventLogContract, APermitIsFoundByItsIdFromItsOwnPositionOn) {
  PermitApproved permit;
  permit.token = permit_token("P-1");
  permit.permit_id = "P-1";
  permit.approved_at = this->clock().now().plus_seconds(-86'400);
  permit.counts_from = PermitStart::kApproval;
  permit.purposes = {"A", "B"};
  this->append({notice_to(1)});
  const Appended first = this->append({permit, notice_to(2)});
  PermitApproved later = permit;
  later.purposes = {"C"};
  this->append({later});
  EXPECT_FALSE(find_permit(this->log(), "P-1", Position(1)).value());
  for (const Position upto : {Position(2), this->head()}) {
    const auto found = find_permit(this->log(), "P-1", upto).value();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->event, EventIndex(1));
    EXPECT_EQ(found->registered_at, first.registered_at);
    EXPECT_EQ(found->permit, permit);
  }
  const Token asked[] = {permit_token("P-2"), permit_token("P-1"), permit_token("P-1")};
  const auto several = find_permits(this->log(), asked, this->head()).value();
  EXPECT_FALSE(several[0]);
  EXPECT_TRUE(several[1] && several[2]);
}

TYPED_TEST_P(EventLogContract, AboutFollowsEveryLinkThatEverWas) {
  const Token a = numbered_token(1), b = numbered_token(2), c = numbered_token(3), d = numbered_token(4);
  this->append({notice_to(1), notice_to(2), notice_to(3), notice_to(4)});  // 0..3
  this->append({linked(a, b), linked(c, b)});                              // 4, 5
  this->append({Unlinked{b, {EventIndex(5)}}, linked(c, d)});              // 6, 7
  EXPECT_EQ(this->about({a}), (Indexes{0, 1, 2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(this->about({d}), (Indexes{0, 1, 2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(this->about({a}, Position(5)), (Indexes{0, 1, 4}));
}

TYPED_TEST_P(EventLogContract, AboutBringsIdentitiesAndTheCardsObjectionsButNotTheHousehold) {
  const Token a = numbered_token(1), b = numbered_token(2), card = numbered_token(10), loose = numbered_token(11);
  this->append({TokenIdentity{a, loose, card, TokenLevel::kExact},
                TokenIdentity{b, numbered_token(12), card, TokenLevel::kExact}});  // 0, 1
  this->append({objection_of(10), notice_to(10), notice_to(2), notice_to(1)});     // 2..5
  this->append({ObjectionWithdrawn{card, {EventIndex(2)}, {}, {}, {}}});           // 6
  EXPECT_EQ(this->about({a}), (Indexes{0, 2, 5, 6}));
  EXPECT_EQ(this->about({b}), (Indexes{1, 2, 4, 6}));
  EXPECT_EQ(this->about({card}), (Indexes{0, 1, 2, 3, 6}));
  EXPECT_EQ(this->about({loose}), (Indexes{0}));
  EXPECT_EQ(this->about({a}, Position(2)), (Indexes{0}));
}

TYPED_TEST_P(EventLogContract, AnIdentityWhoseFormsAreOneTokenIsKeptOnce) {
  const Token a = numbered_token(1);
  this->append({TokenIdentity{a, a, a, TokenLevel::kHousehold}, linked(a, a)});
  EXPECT_EQ(this->about({a}), (Indexes{0, 1}));
}

TYPED_TEST_P(EventLogContract, ManyCallersAtOnceGetEachTheirOwnGaplessPlace) {
  constexpr std::size_t kCallers = 8, kEach = 40;
  std::vector<std::vector<Appended>> answers(kCallers);
  {
    std::vector<std::jthread> callers;
    for (std::size_t c = 0; c < kCallers; ++c) {
      callers.emplace_back([&, c] {
        for (std::size_t i = 0; i < kEach; ++i) {
          std::vector<EventBody> bodies(1 + (i + c) % 3, notice_to(1'000 * c + i));
          auto appended = this->log().append(request_of(std::move(bodies)));
          if (appended) answers[c].push_back(*appended);
        }
      });
    }
  }
  std::set<std::uint64_t> taken;
  for (std::size_t c = 0; c < kCallers; ++c) {
    ASSERT_EQ(answers[c].size(), kEach);
    for (std::size_t i = 0; i < kEach; ++i) {
      const Appended& appended = answers[c][i];
      ASSERT_EQ(appended.position.events() - appended.first.value(), 1 + (i + c) % 3);
      for (std::uint64_t at = appended.first.value(); at < appended.position.events(); ++at) {
        ASSERT_TRUE(taken.insert(at).second);
        const auto stored = this->log().read(EventIndex(at), 1).value();
        ASSERT_EQ(stored.at(0).event.body, EventBody(notice_to(1'000 * c + i)));
      }
      ASSERT_TRUE(i == 0 || answers[c][i - 1].first < appended.first);
    }
  }
  ASSERT_EQ(taken.size(), this->head().events());
  ASSERT_EQ(*taken.rbegin() + 1, taken.size());
}

TYPED_TEST_P(EventLogContract, ARequestThatFailsDoesNotDisturbThoseBesideIt) {
  this->append(batch_of("hospital", 1));
  this->append(keyed_request({}, "used", 1, ""));
  std::atomic<int> accepted = 0, refused = 0, surprises = 0;
  {
    std::vector<std::jthread> callers;
    for (std::uint64_t c = 0; c < 12; ++c) {
      callers.emplace_back([&, c] {
        for (std::uint64_t i = 0; i < 20; ++i) {
          AppendRequest request = request_of({notice_to(1'000 * c + i)});
          if (c % 4 == 0) request = batch_of("hospital", 1, {notice_to(7)});
          if (c % 4 == 1) request = keyed_request({notice_to(7)}, "used", 2, "");
          if (c % 4 == 2) std::get<NoticeGiven>(request.bodies[0]).holder = std::string(5'000, 'x');
          auto appended = this->log().append(std::move(request));
          if (appended.has_value() != (c % 4 == 3)) ++surprises;
          appended ? ++accepted : ++refused;
        }
      });
    }
  }
  EXPECT_EQ(surprises, 0);
  EXPECT_EQ(accepted, 60);
  EXPECT_EQ(refused, 180);
  EXPECT_EQ(this->head(), Position(60));
}

TYPED_TEST_P(EventLogContract, TheSameKeyFromManyCallersAtOnceIsWrittenOnce) {
  std::atomic<int> firsts = 0, repeats = 0;
  {
    std::vector<std::jthread> callers;
    for (int c = 0; c < 12; ++c) {
      callers.emplace_back([&] {
        auto appended = this->log().append(keyed_request({notice_to(1)}, "k", 1, "a"));
        if (appended && appended->position == Position(1)) appended->repeated ? ++repeats : ++firsts;
      });
    }
  }
  EXPECT_EQ(firsts, 1);
  EXPECT_EQ(repeats, 11);
  EXPECT_EQ(this->head(), Position(1));
}

TYPED_TEST_P(EventLogContract, TheFeedTellsAtOnceWhatIsThereAndWaitsForWhatIsNot) {
  EXPECT_EQ(this->feed().wait_beyond(Position(0), std::chrono::milliseconds(0)).value(), Position(0));
  this->append({notice_to(1), notice_to(2)});
  EXPECT_EQ(this->feed().wait_beyond(Position(0), std::chrono::seconds(30)).value(), Position(2));
  EXPECT_EQ(this->feed().wait_beyond(Position(1), std::chrono::seconds(30)).value(), Position(2));
  EXPECT_EQ(this->feed().wait_beyond(Position(2), std::chrono::milliseconds(20)).value(), Position(2));
  std::jthread later([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    this->append({notice_to(3)});
  });
  EXPECT_EQ(this->feed().wait_beyond(Position(2), std::chrono::seconds(30)).value(), Position(3));
}

TYPED_TEST_P(EventLogContract, TheFeedRefusesALogThatIsShorterThanWhatWasSeen) {
  this->append({notice_to(1)});
  EXPECT_EQ(this->feed().wait_beyond(Position(2), std::chrono::milliseconds(0)).error().kind, ErrorKind::kCorrupt);
}

TYPED_TEST_P(EventLogContract, EveryLeafOpensToItsEvent) {
  this->append({notice_to(1), objection_of(2), notice_to(1)});
  const auto leaves = this->evidence().read_leaves(EventIndex(0), 10).value();
  const auto events = this->log().read(EventIndex(0), 10).value();
  ASSERT_EQ(leaves.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(leaves[i].index, EventIndex(i));
    ASSERT_TRUE(leaves[i].salt.has_value());
    EXPECT_EQ(leaves[i].commitment, commitment_of(*leaves[i].salt, leaves[i].event_bytes));
    EXPECT_EQ(decode_event(leaves[i].event_bytes).value(), events[i].event);
  }
  EXPECT_NE(leaves[0].salt, leaves[2].salt);
}

TYPED_TEST_P(EventLogContract, EveryTreeEverShownIsProvedFromTiles) {
  std::map<std::uint64_t, Digest> roots;
  for (const std::size_t more : {1U, 2U, 252U, 1U, 1U, 300U, 40U}) {
    this->append(std::vector<EventBody>(more, notice_to(more)));
    const Frontier frontier = this->evidence().frontier().value();
    ASSERT_EQ(Position(frontier.size()), this->head());
    roots[frontier.size()] = frontier.root();
  }
  const auto leaves = this->evidence().read_leaves(EventIndex(0), 1'000).value();
  for (const auto& [to, root] : roots) {
    const TiledHashReader reader(this->evidence(), to);
    for (std::uint64_t index = 0; index < to; index += 97) {
      auto proof = prove_inclusion(index, to, reader);
      ASSERT_TRUE(proof.has_value()) << proof.error().detail;
      ASSERT_TRUE(check_inclusion(index, to, leaf_hash_of(leaves[index].commitment), *proof, root));
    }
    for (const auto& [from, from_root] : roots) {
      if (from > to) break;
      ASSERT_TRUE(check_consistency(from, from_root, to, root, prove_consistency(from, to, reader).value()));
    }
  }
  const Tile beyond[] = {{0, 2, 100}};
  EXPECT_EQ(this->evidence().read_tiles(beyond).error().kind, ErrorKind::kNotFound);
  const Tile there[] = {{0, 2, 85}, {1, 0, 2}, {0, 1, 256}, {0, 0, 7}};
  const auto tiles = this->evidence().read_tiles(there).value();
  EXPECT_EQ(tiles[0].size(), 85U);
  EXPECT_EQ(tiles[1][1], tile_root(tiles[2]));
  EXPECT_EQ(tiles[3][6], leaf_hash_of(leaves[6].commitment));
}

TYPED_TEST_P(EventLogContract, WhatAnErasureNamesIsSaidNoMoreFromThereOn) {
  auto& log = this->log();
  ASSERT_TRUE(log.append(request_of({notice_to(1), notice_to(1), notice_to(2)})));
  ASSERT_TRUE(log.append(request_of({RecordErased{EventIndex(1), "request"}, RecordErased{EventIndex(1), "again"}})));
  const Token person[] = {numbered_token(1)};
  EXPECT_EQ(indexes_of(log.read_about(person, Position(3)).value()), (std::vector<std::uint64_t>{0, 1}));
  EXPECT_EQ(indexes_of(log.read_about(person, Position(4)).value()), (std::vector<std::uint64_t>{0}));
  EXPECT_EQ(indexes_of(log.read_about(person, Position(5)).value()), (std::vector<std::uint64_t>{0}));
  const auto leaves = this->evidence().read_leaves(EventIndex(0), 10).value();
  EXPECT_TRUE(leaves.at(0).salt);
  EXPECT_FALSE(leaves.at(1).salt);
  EXPECT_TRUE(leaves.at(1).event_bytes.empty());
  EXPECT_EQ(log.read(EventIndex(1), 1)->at(0).event.body, EventBody(notice_to(1)))
      << "nodes may need to know whom it was about";
}

REGISTER_TYPED_TEST_SUITE_P(EventLogContract, AnEmptyLogIsAtPositionZero, WhatIsAppendedReadsBackInOrder,
                            ReadingStopsAtItsLimitAndAtTheEnd, TimeInTheLogNeverGoesBackEvenWhenTheClockDoes,
                            AWishIsNeverRegisteredBeforeItWasAccepted, PositionAtCountsWhatWasRegisteredByThen,
                            LatestPolicyIsTheLastBelowAPosition, ARequestIsWrittenWholeOrNotAtAll,
                            TheSameKeyAndBodyGiveTheFirstAnswerAgain, TheSameKeyWithAnotherBodyIsAConflict,
                            AKeyBelongsToItsCaller, AKeyWithoutEventsIsKeptToo, AMalformedKeyIsRefused,
                            AJumpInAFeedIsAGapThatLaterBatchesClose, ABatchOfAFeedIsTakenInOnce,
                            ARepeatedKeyIsAnsweredBeforeTheSequenceIsLookedAt, AboutATokenIsEveryEventThatNamesIt,
                            APermitIsFoundByItsIdFromItsOwnPositionOn, AboutFollowsEveryLinkThatEverWas,
                            AboutBringsIdentitiesAndTheCardsObjectionsButNotTheHousehold,
                            AnIdentityWhoseFormsAreOneTokenIsKeptOnce, ManyCallersAtOnceGetEachTheirOwnGaplessPlace,
                            ARequestThatFailsDoesNotDisturbThoseBesideIt, TheSameKeyFromManyCallersAtOnceIsWrittenOnce,
                            TheFeedTellsAtOnceWhatIsThereAndWaitsForWhatIsNot,
                            TheFeedRefusesALogThatIsShorterThanWhatWasSeen, EveryLeafOpensToItsEvent,
                            EveryTreeEverShownIsProvedFromTiles, WhatAnErasureNamesIsSaidNoMoreFromThereOn);

}  // namespace ishi::testing

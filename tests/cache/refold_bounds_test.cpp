// The log reads only so many persons at once. A person who shares a form with more than that is denied as ambiguous,
// and everybody else in the same batch is answered.
#include <gtest/gtest.h>

#include <set>
#include <variant>

#include "cache/follow/status_reader.h"
#include "registry/rules/decide.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_log.h"
#include "tests/support/sample_book.h"

namespace ishi::cache {
namespace {

Token numbered_token(std::uint32_t number) {
  std::array<std::uint8_t, Token::kSizeBytes> bytes{};
  for (std::size_t i = 0; i < 4; ++i) bytes[i] = bytes[12 + i] = static_cast<std::uint8_t>(number >> (8 * (3 - i)));
  return Token(bytes);
}

// Refuses to read about more than `tokens_max` at a time.
class NarrowLog final : public EventLog {
 public:
  explicit NarrowLog(const testing::MemoryLog& log) : log_(log) {}
  Result<std::vector<StoredEvent>> read_about(std::span<const Token> tokens, Position upto) const override {
    ++reads;
    auto events = log_.read_about(tokens, upto);
    std::set<Token> persons(tokens.begin(), tokens.end());
    if (events)
      for (const StoredEvent& stored : *events)
        if (const auto* link = std::get_if<TokensLinked>(&stored.event.body))
          persons.insert({link->first, link->second});
    if (persons.size() > tokens_max) return fail(ErrorKind::kTooLarge, "too_many_tokens", "ask about fewer at a time");
    return events;
  }
  Result<Appended> append(AppendRequest) override { return fail(ErrorKind::kUnavailable, "unused", ""); }
  Result<Head> head() const override { return log_.head(); }
  Result<Head> head_at_once() const override { return log_.head_at_once(); }
  Result<std::vector<StoredEvent>> read(EventIndex from, std::size_t limit) const override {
    return log_.read(from, limit);
  }
  Result<Position> position_at(Timestamp at) const override { return log_.position_at(at); }
  Result<std::optional<EventIndex>> latest_policy(Position upto) const override { return log_.latest_policy(upto); }
  Result<std::optional<std::string>> find_answer(const IdempotencyKey& key) const override {
    return log_.find_answer(key);
  }
  Result<std::vector<IntakeSource>> sources() const override { return log_.sources(); }

  std::size_t tokens_max = 100;
  mutable std::size_t reads = 0;

 private:
  const testing::MemoryLog& log_;
};

struct RefoldBounds : ::testing::Test {
  static constexpr std::uint32_t kCrowd = 200, kShared = 9'000, kHousehold = 8'000;

  RefoldBounds() {
    policies.add(EventIndex(0), std::make_shared<PolicyBook>(sample::book()));
    append({PolicyPublished{}});
    std::vector<EventBody> bodies;
    for (std::uint32_t i = 0; i < kCrowd; ++i)  // all written alike
      bodies.push_back(TokenIdentity{numbered_token(i), numbered_token(kShared), numbered_token(kHousehold + i),
                                     TokenLevel::kExact});
    for (std::uint32_t i = 1'000; i < 1'400; ++i)
      bodies.push_back(NoticeGiven{numbered_token(i), sample::kAoba, "NGMIA_ANON", "anon-2024", NoticeMethod::kHanded,
                                   CivilDate::of(2026, 9, 1), ""});
    bodies.push_back(Objection{.token = numbered_token(1'007), .accepted_at = clock.now()});
    append(std::move(bodies));
    barrier.announce(*log.head());
  }
  void append(std::vector<EventBody> bodies) {
    AppendRequest request;
    request.caller = "tester";
    request.bodies = std::move(bodies);
    ASSERT_TRUE(log.append(std::move(request)));
  }

  testing::FakeClock clock;
  testing::MemoryLog log{clock};
  NarrowLog narrow{log};
  Projection empty{{.people_max = 64, .blocks_max = 0, .evict = true}};  // every question goes to the log
  PolicyHistory policies;
  FreshnessBarrier barrier;
  FeedFollower follower{narrow, log, {&empty}, policies, barrier, [](const Error&) {}};
  StatusReader reader{narrow, empty, policies, barrier, follower, clock};
};

TEST_F(RefoldBounds, ACrowdOnOneFormIsDeniedAndItsNeighboursAreAnswered) {
  std::vector<Token> tokens;
  std::vector<TokenForms> forms;
  for (std::uint32_t i = 1'000; i < 1'400; ++i) {
    const bool crowded = i % 100 == 50;
    const Token exact = numbered_token(crowded ? 20'000 + i : i);
    tokens.push_back(exact);
    forms.push_back(
        {exact, numbered_token(30'000 + i), numbered_token(crowded ? kShared : 40'000 + i), TokenLevel::kExact});
  }
  const auto view = reader.view({.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20)});
  ASSERT_TRUE(view.has_value());
  const Question question{
      .regime = "NGMIA_ANON", .holder = sample::kAoba, .categories = {"RECEIPT"}, .as_of = view->evaluated_at};
  std::vector<ReasonCode> codes(tokens.size());
  const auto decided = reader.decide_all(*view, question, tokens, forms, codes);
  ASSERT_TRUE(decided.has_value()) << decided.error().detail;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const ReasonCode expected = i % 100 == 50 ? ReasonCode::kDenyAmbiguous
                                : i == 7      ? ReasonCode::kDenyOptout
                                              : ReasonCode::kAllow;
    EXPECT_EQ(name_of(codes[i]), name_of(expected)) << i;
  }
  EXPECT_LT(narrow.reads, 150U) << "chunks grow again after one that was too large";
}

TEST_F(RefoldBounds, WhoAsksForThePersonsThemselvesIsToldThatTheyAreTooMany) {
  const Token asked = numbered_token(20'000);
  const TokenForms forms{asked, numbered_token(30'000), numbered_token(kShared), TokenLevel::kExact};
  const auto view = reader.view({.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20)});
  const auto found = reader.find(*view, asked, &forms);
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().kind, ErrorKind::kTooLarge);
}

// The follower goes on. No old answer is left about anybody in the crowd.
TEST_F(RefoldBounds, ACrowdLinkedIntoOneHoldsUpNobody) {
  Projection people{{.people_max = 1'000}};
  Position applied;
  const auto follow = [&] {
    const auto events = log.read(applied.next_index(), 1'000).value();
    const auto done = people.apply(narrow, events);
    ASSERT_TRUE(done.has_value()) << done.error().detail;
    applied = log.head()->position;
  };
  follow();
  const auto seen = [&](std::uint32_t number) {
    PersonStatus status;
    return people.find(applied, numbered_token(number), status);
  };
  std::vector<EventBody> links;
  for (std::uint32_t i = 1'101; i < 1'190; ++i)
    links.push_back(TokensLinked{numbered_token(1'100), numbered_token(i), LinkSource::kInsurer, {}});
  append(std::move(links));
  follow();
  EXPECT_EQ(seen(1'150), Projection::Seen::kFound) << "ninety are not too many";
  links.clear();
  for (std::uint32_t i = 1'201; i < 1'290; ++i)
    links.push_back(TokensLinked{numbered_token(1'200), numbered_token(i), LinkSource::kInsurer, {}});
  append(std::move(links));
  append({TokensLinked{numbered_token(1'150), numbered_token(1'250), LinkSource::kInsurer, {}}});
  follow();
  append({Objection{.token = numbered_token(1'100), .accepted_at = clock.now()}});
  follow();
  for (const std::uint32_t number : {1'100U, 1'150U, 1'189U, 1'200U, 1'250U, 1'289U})
    EXPECT_EQ(seen(number), Projection::Seen::kStale) << number << ": the log is asked";
  EXPECT_EQ(seen(1'300), Projection::Seen::kFound);
}

}  // namespace
}  // namespace ishi::cache

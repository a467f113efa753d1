// The node's projection against the plain fold of the log, at the newest and at every earlier Position, on random
// lives: notices, objections, links, splits, household cards, deaths. Also: batches applied twice, in any size.
#include "cache/near/projection.h"

#include <gtest/gtest.h>

#include <random>

#include "cache/follow/status_reader.h"
#include "registry/rules/decide.h"
#include "registry/status/population.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_log.h"
#include "tests/support/sample_book.h"

namespace ishi::cache {
namespace {

std::uint64_t environment_or(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

class World {
 public:
  explicit World(std::uint64_t seed)
      : random_(seed),
        log_(clock_),
        book_(std::make_shared<PolicyBook>(sample::book())),
        people_({.people_max = 256, .crowded_events = seed % 3 == 0 ? 3U : 5'000U}),
        follower_(log_, log_, {&people_}, policies_, barrier_, [](const Error&) {}),
        reader_(log_, people_, policies_, barrier_, follower_, clock_) {
    policies_.add(EventIndex(0), book_);
    append({PolicyPublished{}});
    for (int i = 0; i < 12; ++i) {
      std::uint64_t words[2] = {random_(), random_()};
      tokens_.emplace_back(std::span<const std::uint8_t, 16>(reinterpret_cast<const std::uint8_t*>(words), 16));
    }
    // Four people on one household card (token 10), two of them alike when zeros are dropped (token 11).
    for (std::size_t i = 0; i < 4; ++i)
      forms_.push_back({tokens_[i], tokens_[10], i < 2 ? tokens_[11] : tokens_[i], TokenLevel::kExact});
    forms_.push_back({tokens_[10], tokens_[10], tokens_[11], TokenLevel::kHousehold});
  }

  template <typename T>
  const T& any(const std::vector<T>& list) {
    return list[random_() % list.size()];
  }
  bool chance(unsigned percent) { return random_() % 100 < percent; }
  CivilDate any_date() { return CivilDate::of(2026, 10, 1).plus_days(static_cast<std::int32_t>(random_() % 50)); }
  Timestamp any_instant() {
    return jst_start_of(any_date()).plus_seconds(static_cast<std::int64_t>(random_() % 86'400));
  }

  Scope any_scope() {
    Scope scope;
    if (chance(30)) scope.regimes = {any(regimes_)};
    if (chance(20)) scope.holders = {any(holders_)};
    if (chance(20)) scope.recipients = {sample::kSakura};
    if (chance(20)) scope.categories = {"IMAGE"};
    return scope;
  }

  EventBody any_event() {
    const Token token = any(tokens_);
    switch (random_() % 16) {
      case 0: {
        Objection objection{.token = token, .scope = any_scope(), .accepted_at = any_instant()};
        if (chance(30)) objection.requester = RequesterKind::kGuardianParent, objection.reaffirm_on = any_date();
        if (chance(30)) objection.past_data = PastData::kStopAndErase;
        instants_.push_back(objection.accepted_at);
        return objection;
      }
      case 1: {
        std::vector<EventIndex> own;
        for (std::size_t i = 0; i < events_.size(); ++i)
          if (const auto* made = std::get_if<Objection>(&events_[i].event.body); made && made->token == token)
            own.push_back(EventIndex(i));
        if (own.empty()) return DeathRetracted{token};
        return ObjectionWithdrawn{.token = token, .objections = {any(own)}, .accepted_at = any_instant()};
      }
      case 2: return ConsentGiven{.token = token, .scope = any_scope(), .accepted_at = any_instant()};
      case 3: return TokensLinked{.first = token, .second = any(tokens_)};
      case 4: {
        for (std::size_t i = events_.size(); i-- > 0;)
          if (const auto* link = std::get_if<TokensLinked>(&events_[i].event.body); link && chance(50))
            return Unlinked{link->first, {EventIndex(i)}};
        return DeathRecorded{token, any_date()};
      }
      case 5: return DeathRecorded{token, any_date()};
      case 6: return DeathRetracted{token};
      case 7:
      case 8: {
        const TokenForms& forms = any(forms_);
        return TokenIdentity{forms.exact, forms.loose, forms.household, forms.level};
      }
      case 9: return NoticeVoided{token, any(holders_), any(regimes_), any_date()};
      default: {
        const auto& [regime, letter] = any(letters_);
        return NoticeGiven{
            .token = token, .holder = any(holders_), .regime = regime, .template_id = letter, .date = any_date()};
      }
    }
  }

  void append(std::vector<EventBody> bodies) {
    const auto appended = log_.append({.bodies = std::move(bodies), .caller = "test"});
    ASSERT_TRUE(appended.has_value()) << appended.error().detail;
    const auto fresh = log_.read(EventIndex(events_.size()), 1000);
    ASSERT_TRUE(fresh.has_value());
    events_.insert(events_.end(), fresh->begin(), fresh->end());
  }
  void follow() {
    while (barrier_.applied().position.events() < events_.size()) {
      const std::size_t from = barrier_.applied().position.events();
      const std::size_t count = std::min<std::size_t>(1 + random_() % 7, events_.size() - from);
      const std::span<const StoredEvent> batch(events_.data() + from, count);
      if (chance(20)) {  // interrupted and begun again
        ASSERT_TRUE(people_.apply(log_, batch).has_value());
      }
      ASSERT_TRUE(people_.apply(log_, batch).has_value());
      barrier_.announce({Position(from + count), batch.back().event.registered_at});
      if (chance(30)) {
        ASSERT_TRUE(people_.settle(log_).has_value());
      }
    }
  }

  Question any_question() {
    Question question;
    question.regime = any(regimes_);
    question.holder = any(holders_);
    if (chance(50)) question.recipient = sample::kSakura;
    if (chance(90)) question.categories = {chance(50) ? "IMAGE" : "RECEIPT"};
    if (chance(20) && !question.categories.empty()) question.categories.emplace_back("LAB");
    question.as_of = any_instant();
    if (chance(30) && !instants_.empty()) question.as_of = any(instants_).plus_seconds(chance(50) ? 0 : -1);
    if (chance(10)) {
      question.override_code = "LAW";
      question.ground = "test";
    }
    return question;
  }

  void compare_with_the_plain_fold() {
    const Position at(1 + random_() % events_.size());
    Population plain;
    for (std::size_t i = 0; i < at.events(); ++i) plain.apply(events_[i].index, events_[i].event);
    const auto view = reader_.view_at(at);
    ASSERT_TRUE(view.has_value()) << view.error().detail;
    const Question question = any_question();
    if (!check_question(*book_, question)) return;
    ++compared_;

    std::vector<ReasonCode> got(tokens_.size());
    ASSERT_TRUE(reader_.decide_all(*view, question, tokens_, {}, got).has_value());
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const Match match = plain.resolve(tokens_[i], std::nullopt, std::nullopt);
      ASSERT_EQ(name_of(got[i]), name_of(decide(*book_, question, match).code))
          << "token " << i << " at " << at.events();
    }
    View hurried = *view;
    hurried.at_once = true;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      ReasonCode code{};
      if (const auto decided = reader_.decide_all(hurried, question, {&tokens_[i], 1}, {}, {&code, 1}); decided) {
        ++at_once_;
        ASSERT_EQ(name_of(code), name_of(got[i])) << "token " << i << " at " << at.events();
      } else {
        ASSERT_EQ(decided.error(), would_wait());
      }
    }
    std::vector<Token> asked;
    for (const TokenForms& forms : forms_) asked.push_back(forms.exact);
    got.resize(asked.size());
    ASSERT_TRUE(reader_.decide_all(*view, question, asked, forms_, got).has_value());
    for (std::size_t i = 0; i < asked.size(); ++i) {
      Match match = plain.resolve(asked[i], forms_[i].household, forms_[i].loose);
      if (match.level == TokenLevel::kExact && !match.persons.empty()) match.level = forms_[i].level;
      ASSERT_EQ(name_of(got[i]), name_of(decide(*book_, question, match).code))
          << "form " << i << " at " << at.events();
      const auto found = reader_.find(*view, asked[i], &forms_[i]);
      ASSERT_TRUE(found.has_value());
      ASSERT_EQ(found->persons.size(), match.persons.size());
      for (std::size_t k = 0; k < match.persons.size(); ++k) {
        ASSERT_EQ(found->persons[k].notices, match.persons[k].notices);
        ASSERT_EQ(found->persons[k].objections, match.persons[k].objections);
        PersonStatus all = found->persons[k];
        all.as_of = match.persons[k].as_of;  // that of a part of the log may be older
        ASSERT_TRUE(all == match.persons[k])
            << found->persons[k].as_of.events() << " " << match.persons[k].as_of.events();
      }
    }
  }

  std::mt19937_64 random_;
  testing::FakeClock clock_{"2026-11-20T12:00:00+09:00"};
  testing::MemoryLog log_;
  std::shared_ptr<const PolicyBook> book_;
  PolicyHistory policies_;
  FreshnessBarrier barrier_;
  Projection people_;
  FeedFollower follower_;
  StatusReader reader_;
  std::vector<Token> tokens_;
  std::vector<TokenForms> forms_;
  std::vector<StoredEvent> events_;
  std::vector<Timestamp> instants_;  // of objections
  std::size_t compared_ = 0, at_once_ = 0;
  const std::vector<std::string> regimes_{"NGMIA_ANON", "NGMIA_PSEUDO", "PUBDB_NDB", "APPI_CONSENT"};
  const std::vector<std::string> holders_{sample::kAoba, sample::kBotan, sample::kChidori, sample::kDaichi,
                                          sample::kEbisu};
  const std::vector<std::pair<std::string, std::string>> letters_{{"NGMIA_ANON", "anon-2024"},
                                                                  {"NGMIA_ANON", "anon-no-image"},
                                                                  {"NGMIA_PSEUDO", "pseudo-2024"},
                                                                  {"NGMIA_ANON", "anon-2018"}};
};

TEST(Projection, AnswersAsThePlainFoldDoesAtEveryPosition) {
  const std::uint64_t seed = environment_or("ISHI_SEED", std::random_device{}());
  SCOPED_TRACE("ISHI_SEED=" + std::to_string(seed));
  const std::uint64_t worlds = environment_or("ISHI_HUNT_WORLDS", 60);
  std::size_t compared = 0, at_once = 0;
  for (std::uint64_t world_number = 0; world_number < worlds; ++world_number) {
    World world(seed + world_number);
    for (int round = 0; round < 25; ++round) {
      std::vector<EventBody> bodies;
      const std::uint64_t batch = 1 + world.random_() % 6;
      for (std::uint64_t i = 0; i < batch; ++i) bodies.push_back(world.any_event());
      world.append(std::move(bodies));
      world.follow();
      for (int k = 0; k < 4; ++k) world.compare_with_the_plain_fold();
      if (::testing::Test::HasFatalFailure()) FAIL() << "world " << world_number << " round " << round;
    }
    compared += world.compared_;
    at_once += world.at_once_;
  }
  EXPECT_GT(compared, worlds * 10);
  EXPECT_GT(at_once, compared) << "of those who must not wait, many are answered all the same";
}

TEST(Projection, OneWhoObjectsOnceIsAnsweredByTheTableAlone) {
  World world(4);
  const Token& token = world.tokens_[0];
  const Timestamp accepted = *parse_timestamp("2026-10-10T10:00:00+09:00");
  const NoticeGiven notice{.token = token,
                           .holder = sample::kAoba,
                           .regime = "NGMIA_ANON",
                           .template_id = "anon-2024",
                           .date = CivilDate::of(2026, 9, 1)};
  world.append({notice, Objection{.token = token, .accepted_at = accepted}});
  world.follow();
  EXPECT_EQ(world.people_.stats().in_overflow, 0U);
  world.log_.break_with(Error{ErrorKind::kUnavailable, "store_away", "the database is away"});
  const auto view = world.reader_.view_at(Position(3));
  ASSERT_TRUE(view.has_value());
  const auto asked_at = [&](Timestamp as_of) {
    Question question{.regime = "NGMIA_ANON", .holder = sample::kAoba, .categories = {"RECEIPT"}, .as_of = as_of};
    ReasonCode code{};
    EXPECT_TRUE(world.reader_.decide_all(*view, question, {&token, 1}, {}, {&code, 1}).has_value());
    return code;
  };
  EXPECT_EQ(asked_at(accepted), ReasonCode::kDenyOptout);
  EXPECT_EQ(asked_at(accepted.plus_seconds(-1)), ReasonCode::kAllow);  // the same day, a second too early
  EXPECT_EQ(asked_at(accepted.plus_seconds(86'400)), ReasonCode::kDenyOptout);
  EXPECT_EQ(asked_at(accepted.plus_seconds(-86'400)), ReasonCode::kAllow);
}

TEST(Projection, TakenBackItIsAPersonWithAPastAgain) {
  World world(5);
  const Token& token = world.tokens_[0];
  const Timestamp accepted = *parse_timestamp("2026-10-10T10:00:00+09:00");
  world.append({Objection{.token = token, .accepted_at = accepted}});
  world.follow();
  EXPECT_EQ(world.people_.stats().in_overflow, 0U);
  world.append(
      {ObjectionWithdrawn{.token = token, .objections = {EventIndex(1)}, .accepted_at = accepted.plus_seconds(60)}});
  world.follow();
  EXPECT_EQ(world.people_.stats().in_overflow, 1U);
  PersonStatus status;
  ASSERT_EQ(world.people_.find(Position(3), token, status), Projection::Seen::kFound);
  ASSERT_EQ(status.objections.size(), 1U);
  EXPECT_EQ(status.objections[0].withdrawn_at, accepted.plus_seconds(60));
}

TEST(StatusReader, AnAcknowledgedObjectionIsSeenByEveryStrictQuestionAfterIt) {
  World world(1);
  world.append({NoticeGiven{.token = world.tokens_[0],
                            .holder = sample::kAoba,
                            .regime = "NGMIA_ANON",
                            .template_id = "anon-2024",
                            .date = CivilDate::of(2026, 9, 1)}});
  world.follow();
  world.follower_.start();
  Question question{
      .regime = "NGMIA_ANON", .holder = sample::kAoba, .categories = {"RECEIPT"}, .as_of = world.clock_.now()};
  const Freshness strict{.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20)};
  ReasonCode code{};
  auto view = world.reader_.view(strict);
  ASSERT_TRUE(view.has_value());
  ASSERT_TRUE(world.reader_.decide_all(*view, question, {&world.tokens_[0], 1}, {}, {&code, 1}).has_value());
  EXPECT_EQ(code, ReasonCode::kAllow);
  world.append({Objection{.token = world.tokens_[0], .accepted_at = world.clock_.now()}});
  view = world.reader_.view(strict);
  ASSERT_TRUE(view.has_value());
  ASSERT_TRUE(world.reader_.decide_all(*view, question, {&world.tokens_[0], 1}, {}, {&code, 1}).has_value());
  EXPECT_EQ(code, ReasonCode::kDenyOptout);
}

TEST(StatusReader, WhoMustNotWaitHearsWhatTheTableKnowsAndNothingOld) {
  World world(6);
  const Token& notified = world.tokens_[0];
  const Token& unknown = world.tokens_[7];
  world.append({NoticeGiven{.token = notified,
                            .holder = sample::kAoba,
                            .regime = "NGMIA_ANON",
                            .template_id = "anon-2024",
                            .date = CivilDate::of(2026, 9, 1)}});
  world.follow();
  const auto at_once = [&] {
    return world.reader_.view(
        {.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(2), .at_once = true});
  };
  const auto view = at_once();
  ASSERT_TRUE(view.has_value());
  EXPECT_TRUE(view->at_once);
  world.log_.break_with(Error{ErrorKind::kUnavailable, "store_away", "the database is away"});
  const Question question{
      .regime = "NGMIA_ANON", .holder = sample::kAoba, .categories = {"RECEIPT"}, .as_of = world.clock_.now()};
  for (const Token* token : {&notified, &unknown}) {
    ReasonCode code{};
    ASSERT_TRUE(world.reader_.decide_all(*view, question, {token, 1}, {}, {&code, 1}).has_value());
    EXPECT_EQ(code, token == &notified ? ReasonCode::kAllow : ReasonCode::kDenyUnknown);
    EXPECT_TRUE(world.reader_.find(*view, *token, nullptr).has_value());
  }
  world.log_.break_with({});
  world.append(
      {Objection{.token = notified, .accepted_at = world.clock_.now()}});  // acknowledged, and not applied here
  EXPECT_EQ(at_once().error(), would_wait());
  EXPECT_EQ(world.barrier_.stats().late, 0U) << "he will ask again with more patience";
  world.follow();
  // Asked at the view's Position about somebody whom the table has moved past: that is the log's to answer.
  ReasonCode code{};
  EXPECT_EQ(world.reader_.decide_all(*view, question, {&notified, 1}, {}, {&code, 1}).error(), would_wait());
  EXPECT_EQ(world.reader_.find(*view, notified, nullptr).error(), would_wait());
}

TEST(StatusReader, AStoreThatIsAwayMeansNoAnswerNotAnOldOne) {
  World world(2);
  world.follow();
  world.log_.break_with(Error{ErrorKind::kUnavailable, "store_away", "the database is away"});
  const auto view = world.reader_.view({.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(1)});
  ASSERT_FALSE(view.has_value());
  EXPECT_EQ(view.error().kind, ErrorKind::kUnavailable);
}

TEST(StatusReader, APositionInTheFutureIsRefused) {
  World world(3);
  world.follow();
  EXPECT_EQ(world.reader_.view_at(Position(1000)).error().code, "known_at_in_the_future");
}

// Else every such question would hold one of a few threads until its deadline.
TEST(StatusReader, APositionThatWasNeverGivenOutIsNotWaitedFor) {
  World world(3);
  world.follow();
  const auto view =
      world.reader_.view({.at_least = Position(1'000), .deadline = std::chrono::steady_clock::time_point::max()});
  ASSERT_FALSE(view.has_value());
  EXPECT_EQ(view.error().code, "not_fresh_yet");
}

}  // namespace
}  // namespace ishi::cache

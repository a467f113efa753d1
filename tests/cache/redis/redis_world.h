// A registry of a dozen people who do everything at once, a node that follows it, and a Redis beside it. The node's
// own table is complete; the reader's is empty, so that every question goes to Redis first and to the log for the rest.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <thread>

#include "cache/follow/status_reader.h"
#include "cache/shared/redis_follower.h"
#include "registry/rules/decide.h"
#include "registry/status/population.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_log.h"
#include "tests/support/sample_book.h"

namespace ishi::cache {

// Every world has a time of its own: no two logs were stamped alike.
inline RedisSettings quick_settings(const std::string& addresses, bool cluster = false) {
  RedisSettings settings;
  settings.addresses = *parse_redis_addresses(addresses);
  settings.cluster = cluster;
  settings.people_expected = 1'000;
  settings.deadline = std::chrono::milliseconds(200);
  settings.retry_wait_min = std::chrono::milliseconds(1);
  settings.retry_wait_max = std::chrono::milliseconds(20);
  return settings;
}

// Whether it comes to be within a time that is long for a machine and short for a person. Answers are right at every
// moment; that Redis is used again takes a few milliseconds after each new connection.
template <typename Done>
bool eventually(Done&& done) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!done()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

// One server of the registry: all of it applied here, and written to Redis. A forgetful one forgets whom an event
// touches.
class Node {
 public:
  Node(testing::MemoryLog& log, const RedisSettings& settings, bool forgetful = false)
      : log_(log), near_({.people_max = 4'096, .evict = forgetful}), tier_(settings), follower_(log, near_, tier_) {
    follower_.start();
  }
  // Applies the log to its end, `batch_max` events at a time.
  void follow(std::size_t batch_max = 5) {
    for (;;) {
      const auto events = log_.read(applied_.position.next_index(), batch_max);
      ASSERT_TRUE(events.has_value());
      if (events->empty()) return;
      ASSERT_TRUE(near_.apply(log_, *events).has_value());
      ASSERT_TRUE(follower_.apply(log_, *events).has_value());
      applied_ = {Position::after(events->back().index), events->back().event.registered_at};
    }
  }
  // Until every shard is at the end of what was followed. False: not within `patience`.
  bool wait_until_in_step(std::chrono::seconds patience = std::chrono::seconds(20)) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < deadline) {
      std::size_t ready = 0;
      for (const auto& shard : tier_.read_shards())  // may open a connection, which invalidates shards
        if (shard && *shard && (*shard)->applied >= applied_.position) ++ready;
      for (std::size_t shard = 0; shard < kRedisShards; ++shard) ready += tier_.verified(shard) ? 1 : 0;
      if (ready == 2 * kRedisShards) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
  }

  testing::MemoryLog& log_;
  Head applied_;
  Projection near_;
  RedisCache tier_;
  RedisFollower follower_;
};

class RedisWorld {
 public:
  RedisWorld(std::uint64_t seed, const RedisSettings& settings)
      : random_(seed),
        settings_(settings),
        clock_(Timestamp(1'796'100'000'000'000 + static_cast<std::int64_t>(seed % 1'000'003) * 1'000'003), 7),
        log_(clock_),
        book_(std::make_shared<PolicyBook>(sample::book())),
        node_(std::make_unique<Node>(log_, settings)),
        empty_({.people_max = 64, .blocks_max = 0, .evict = true}),
        followed_nothing_(log_, log_, {&empty_}, policies_, barrier_, [](const Error&) {}) {
    policies_.add(EventIndex(0), book_);
    append({PolicyPublished{}});
    for (int i = 0; i < 24; ++i) {
      std::uint64_t words[2] = {random_(), random_()};
      tokens_.emplace_back(std::span<const std::uint8_t, 16>(reinterpret_cast<const std::uint8_t*>(words), 16));
    }
  }

  bool chance(unsigned percent) { return random_() % 100 < percent; }
  template <typename T>
  const T& any(const std::vector<T>& list) {
    return list[random_() % list.size()];
  }
  CivilDate any_date() { return CivilDate::of(2026, 10, 1).plus_days(static_cast<std::int32_t>(random_() % 50)); }
  Timestamp any_instant() {
    return jst_start_of(any_date()).plus_seconds(static_cast<std::int64_t>(random_() % 86'400));
  }

  EventBody any_event() {
    const Token token = any(tokens_);
    const std::uint64_t number = events_.size();
    switch (random_() % 14) {
      case 0:
      case 1: {
        Objection made;
        made.token = token;
        if (chance(40)) made.scope.regimes = {"NGMIA_ANON"};
        if (chance(20)) made.scope.recipients = {std::string(1 + random_() % 300, 'r')};  // some take several pieces
        made.accepted_at = any_instant();
        return made;
      }
      case 2:
        return ObjectionWithdrawn{
            token, {EventIndex(random_() % number)}, RequesterKind::kSelf, any_instant(), Channel::kMail};
      case 3: return ConsentGiven{token, {}, RequesterKind::kSelf, any_instant(), std::nullopt, Channel::kMail};
      case 4: return TokensLinked{token, any(tokens_), LinkSource::kInsurer, std::nullopt};
      case 5:
        for (std::size_t i = events_.size(); i-- > 0;)
          if (const auto* link = std::get_if<TokensLinked>(&events_[i].event.body); link && chance(50))
            return Unlinked{link->first, {EventIndex(i)}};
        return DeathRecorded{token, any_date()};
      case 6: return chance(50) ? EventBody(DeathRecorded{token, any_date()}) : EventBody(DeathRetracted{token});
      case 7: return TokenIdentity{token, tokens_[22], tokens_[20 + random_() % 2], TokenLevel::kExact};
      case 8: return NoticeVoided{token, sample::kAoba, "NGMIA_ANON", any_date()};
      default:
        return NoticeGiven{token,
                           chance(70) ? sample::kAoba : sample::kBotan,
                           chance(70) ? "NGMIA_ANON" : "NGMIA_PSEUDO",
                           chance(50) ? "anon-2024" : "pseudo-2024",
                           NoticeMethod::kHanded,
                           any_date(),
                           ""};
    }
  }
  void append(std::vector<EventBody> bodies) {
    AppendRequest request;
    request.bodies = std::move(bodies);
    request.caller = "test";
    const auto appended = log_.append(std::move(request));
    ASSERT_TRUE(appended.has_value()) << appended.error().detail;
    const auto fresh = log_.read(EventIndex(events_.size()), 1'000);
    ASSERT_TRUE(fresh.has_value());
    events_.insert(events_.end(), fresh->begin(), fresh->end());
  }
  void live(int events) {
    std::vector<EventBody> bodies;
    for (; events > 0; --events) bodies.push_back(any_event());
    append(std::move(bodies));
  }
  void follow() {
    node_->follow(1 + random_() % 7);
    barrier_.announce(node_->applied_);
  }
  // The node dies; another one starts from nothing.
  void restart_node() {
    node_.reset();
    node_ = std::make_unique<Node>(log_, settings_);
    node_->follow();
  }

  Question any_question() {
    Question question;
    question.regime = chance(60) ? "NGMIA_ANON" : "NGMIA_PSEUDO";
    question.holder = chance(70) ? sample::kAoba : sample::kBotan;
    question.categories = {"RECEIPT"};
    question.as_of = any_instant();
    return question;
  }
  void ask_at(Position position) {
    Population plain;
    for (std::size_t i = 0; i < position.events(); ++i) plain.apply(events_[i].index, events_[i].event);
    StatusReader reader(log_, empty_, policies_, barrier_, followed_nothing_, clock_);
    reader.set_shared_cache(&node_->tier_, nullptr);
    const auto view = reader.view_at(position);
    ASSERT_TRUE(view.has_value()) << view.error().detail;
    const Question question = any_question();
    std::vector<ReasonCode> got(tokens_.size());
    ASSERT_TRUE(reader.decide_all(*view, question, tokens_, {}, got).has_value());
    const auto found = reader.find_many(*view, tokens_);
    ASSERT_TRUE(found.has_value());
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const Match match = plain.resolve(tokens_[i], std::nullopt, std::nullopt);
      ASSERT_EQ(name_of(got[i]), name_of(decide(*book_, question, match).code))
          << "token " << i << " at " << position.events();
      ASSERT_EQ((*found)[i].persons.size(), match.persons.size()) << "token " << i << " at " << position.events();
      for (std::size_t k = 0; k < match.persons.size(); ++k) {
        PersonStatus here = (*found)[i].persons[k];
        here.as_of = match.persons[k].as_of;  // an entry may be older than the last event that changed nothing in it
        ASSERT_EQ(here, match.persons[k])
            << "token " << i << " at " << position.events() << " of " << node_->applied_.position.events()
            << ", entry as of " << (*found)[i].persons[k].as_of.events() << " instead of "
            << match.persons[k].as_of.events() << ", card " << here.household_card;
      }
    }
  }
  void ask_anything() {
    ask_at(node_->applied_.position);
    if (chance(50)) ask_at(Position(1 + random_() % node_->applied_.position.events()));
  }

  std::mt19937_64 random_;
  const RedisSettings settings_;
  ishi::testing::FakeClock clock_;
  testing::MemoryLog log_;
  std::shared_ptr<const PolicyBook> book_;
  PolicyHistory policies_;
  FreshnessBarrier barrier_;
  std::unique_ptr<Node> node_;
  Projection empty_;
  FeedFollower followed_nothing_;
  std::vector<Token> tokens_;
  std::vector<StoredEvent> events_;
};

}  // namespace ishi::cache

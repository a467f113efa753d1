// decide() over the Population against the naive twin, over worlds made at random and over all short ones. The seed
// is printed; ISHI_HUNT_SEED repeats a run and ISHI_HUNT_STEPS makes it longer.
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "registry/rules/decide.h"
#include "registry/status/population.h"
#include "tests/support/naive_twin.h"
#include "tests/support/random_world.h"
#include "tests/support/sample_book.h"
#include "tests/support/told_world.h"

namespace ishi {
namespace {

using twin::Asked;
using twin::NaiveTwin;
using twin::RandomWorld;

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::string said(const Decision& decision) {
  std::string text(name_of(decision.code));
  if (decision.allowed_from) text += " until " + to_iso(*decision.allowed_from);
  return text;
}

TEST(Twin, AgreesOnRandomWorldsAtEveryPosition) {
  const std::uint64_t first_seed = number_from_environment("ISHI_HUNT_SEED", std::random_device{}());
  const std::uint64_t steps = number_from_environment("ISHI_HUNT_STEPS", 250'000);
  std::cout << "ISHI_HUNT_SEED=" << first_seed << " ISHI_HUNT_STEPS=" << steps << "\n";
  std::set<ReasonCode> met;
  std::map<std::string, std::set<ReasonCode>> met_under;  // the law that ships
  std::uint64_t step = 0;
  for (std::uint64_t seed = first_seed; step < steps; ++seed) {
    RandomWorld world(seed);
    Population population;
    NaiveTwin naive;
    const std::uint64_t events = 4 + seed % 40;
    for (std::uint64_t number = 0; number < events; ++number) {
      const Event event{Timestamp(static_cast<std::int64_t>(number)), "test", world.event(number)};
      population.apply(EventIndex(number), event);
      naive.add(event);
      for (int round = 0; round < 12; ++round, ++step) {
        const Question question = world.question();
        const Asked asked = world.asked();
        const Match match = population.resolve(asked.exact, asked.household, asked.loose);
        const Decision decision = decide(world.book(), question, match);
        const Decision second = naive.ask(world.book(), question, asked, naive.size());
        met.insert(decision.code);
        if (world.under_shipped_law()) met_under[question.regime].insert(decision.code);
        ASSERT_EQ(said(decision), said(second)) << "seed " << seed << " after event " << number << ", "
                                                << question.regime << " as of " << to_iso(question.as_of);
        if (match.level != TokenLevel::kExact || match.persons.size() > 1) {
          ASSERT_FALSE(may_use(decision.code)) << "seed " << seed;
        }
      }
    }
  }
  EXPECT_EQ(met.size(), 15U) << "every reason but INVALID_ID must have been met";
  for (const auto& [code, regime] : twin::shipped_book("option_1").regimes) {
    EXPECT_GE(met_under[code].size(), 2U) << code << " ships, and was not met with different answers";
  }
}

TEST(Twin, AgreesOnWhatCanBeAsked) {
  const std::uint64_t first_seed = number_from_environment("ISHI_HUNT_SEED", std::random_device{}());
  std::cout << "ISHI_HUNT_SEED=" << first_seed << "\n";
  std::map<std::string, int> refusals;
  for (std::uint64_t seed = first_seed; seed < first_seed + 400; ++seed) {
    RandomWorld world(seed);
    for (int round = 0; round < 50; ++round) {
      const Question question = world.any_question();
      const Result<void> checked = check_question(world.book(), question);
      ++refusals[checked ? "" : checked.error().code];
      ASSERT_EQ(checked.has_value(), twin::answerable(world.book(), question))
          << "seed " << seed << ", " << question.regime << " " << (checked ? "" : checked.error().code);
    }
  }
  for (const char* code : {"", "unknown_regime", "regime_not_in_force", "holder_missing", "unknown_holder",
                           "unknown_recipient", "unknown_purpose", "unknown_category", "categories_needed",
                           "unknown_override", "ground_missing", "condition_missing"}) {
    EXPECT_GT(refusals[code], 0) << code;
  }
}

TEST(Twin, AgreesOnWhatWasKnownThen) {
  const std::uint64_t first_seed = number_from_environment("ISHI_HUNT_SEED", std::random_device{}());
  std::cout << "ISHI_HUNT_SEED=" << first_seed << "\n";
  for (std::uint64_t seed = first_seed; seed < first_seed + 150; ++seed) {
    RandomWorld world(seed);
    std::vector<Event> events;
    NaiveTwin naive;
    for (std::uint64_t number = 0; number < 30; ++number) {
      events.push_back({Timestamp(static_cast<std::int64_t>(number)), "test", world.event(number)});
      naive.add(events.back());
    }
    for (std::size_t known_at = 0; known_at <= events.size(); ++known_at) {
      Population population;
      for (std::size_t number = 0; number < known_at; ++number) population.apply(EventIndex(number), events[number]);
      for (int round = 0; round < 5; ++round) {
        const Question question = world.question();
        const Asked asked = world.asked();
        const Match match = population.resolve(asked.exact, asked.household, asked.loose);
        ASSERT_EQ(said(decide(world.book(), question, match)), said(naive.ask(world.book(), question, asked, known_at)))
            << "seed " << seed << " known at " << known_at;
      }
    }
  }
}

// Every sequence of up to four of these events, on two cards of one household.
TEST(Twin, AgreesOnEveryShortHistory) {
  const PolicyBook book = sample::book();
  const Token a = cases::token_of_name("a"), b = cases::token_of_name("b"), home = cases::token_of_name("home");
  const Token loose_a = cases::token_of_name("a~"), loose_b = cases::token_of_name("b~");
  const CivilDate told = CivilDate::of(2026, 5, 1);
  const Timestamp may = jst_start_of(CivilDate::of(2026, 5, 10)), june = jst_start_of(CivilDate::of(2026, 6, 10));
  const auto choices_at = [&](std::uint64_t number) {
    Objection by_a, by_home;
    by_a.token = a;
    by_home.token = home;
    by_a.accepted_at = by_home.accepted_at = may;
    std::vector<EventIndex> all;
    for (std::uint64_t earlier = 0; earlier < number; ++earlier) all.push_back(EventIndex(earlier));
    if (all.empty()) all.push_back(EventIndex(7));
    return std::vector<EventBody>{
        NoticeGiven{a, sample::kAoba, "NGMIA_ANON", "anon-2024", NoticeMethod::kHanded, told, ""},
        NoticeVoided{a, sample::kAoba, "NGMIA_ANON", told},
        by_a,
        by_home,
        ObjectionWithdrawn{b, all, RequesterKind::kSelf, june, Channel::kPhone},
        TokensLinked{a, b, LinkSource::kInsurer, std::nullopt},
        Unlinked{b, all},
        TokenIdentity{a, loose_a, home, TokenLevel::kExact},
        TokenIdentity{b, loose_b, home, TokenLevel::kExact},
        TokenIdentity{home, loose_b, home, TokenLevel::kHousehold},
        DeathRecorded{b, CivilDate::of(2026, 5, 20)},
        RecordErased{EventIndex(0), "retention"},
    };
  };
  std::vector<Question> questions;
  for (const Timestamp as_of : {jst_start_of(CivilDate::of(2026, 5, 31)), june}) {
    for (const char* regime : {"NGMIA_ANON", "PUBDB_NDB"}) {
      Question question;
      question.regime = regime;
      question.holder = sample::kAoba;
      question.as_of = as_of;
      questions.push_back(question);
    }
  }
  const std::vector<Asked> asked = {{a, home, loose_a}, {b, home, loose_b}, {home, home, loose_b}};
  const std::size_t choices = choices_at(0).size();
  std::size_t histories = 1;
  for (std::size_t length = 0; length <= 4; ++length, histories *= choices) {
    for (std::size_t history = 0; history < histories; ++history) {
      Population population;
      NaiveTwin naive;
      std::size_t rest = history;
      for (std::uint64_t number = 0; number < length; ++number, rest /= choices) {
        const Event event{Timestamp(), "test", choices_at(number)[rest % choices]};
        population.apply(EventIndex(number), event);
        naive.add(event);
      }
      for (const Question& question : questions) {
        for (const Asked& one : asked) {
          const Match match = population.resolve(one.exact, one.household, one.loose);
          ASSERT_EQ(said(decide(book, question, match)), said(naive.ask(book, question, one, length)))
              << "history " << history << " of length " << length << ", " << question.regime;
        }
      }
    }
  }
}

TEST(Twin, WouldNoticeADifference) {
  NaiveTwin naive;
  Objection objection;
  objection.token = cases::token_of_name("a");
  naive.add({Timestamp(), "test", objection});
  Question question;
  question.regime = "PUBDB_NDB";
  question.as_of = jst_start_of(CivilDate::of(2026, 5, 31));
  const PolicyBook book = sample::book();
  const Population empty;
  EXPECT_NE(said(decide(book, question, empty.resolve(objection.token, {}, {}))),
            said(naive.ask(book, question, {objection.token, {}, {}}, naive.size())));
}

}  // namespace
}  // namespace ishi

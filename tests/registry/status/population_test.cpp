// The projection: what it knows, that a part of the log is enough for one person, and that its digest is a digest.
#include "registry/status/population.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "registry/merkle/sha256.h"
#include "tests/support/random_world.h"
#include "tests/support/told_world.h"

namespace ishi {
namespace {

const CivilDate kMay = CivilDate::of(2026, 5, 1);

Token named(std::string_view name) {
  return cases::token_of_name(name);
}
NoticeGiven notice(std::string_view name, std::string holder = "1312345679") {
  return {named(name), std::move(holder), "NGMIA_ANON", "anon-2024", NoticeMethod::kHanded, kMay, ""};
}
Objection objection(std::string_view name) {
  Objection made;
  made.token = named(name);
  return made;
}
TokensLinked link(std::string_view one, std::string_view other) {
  return {named(one), named(other), LinkSource::kInsurer, std::nullopt};
}
TokenIdentity card(std::string_view name, std::string_view household) {
  return {named(name), named(std::string(name) + "~"), named(household), TokenLevel::kExact};
}

Population replay(const std::vector<EventBody>& bodies) {
  Population population;
  for (const EventBody& body : bodies) {
    population.apply(population.position().next_index(), Event{Timestamp(), "test", body});
  }
  return population;
}

std::uint64_t seed_of_this_run() {
  const char* wished = std::getenv("ISHI_HUNT_SEED");
  const std::uint64_t seed = wished == nullptr ? std::random_device{}() : std::strtoull(wished, nullptr, 10);
  std::cout << "ISHI_HUNT_SEED=" << seed << "\n";
  return seed;
}

TEST(Population, KnowsNothingOfATokenItHasNotHeardOf) {
  const Population population = replay({card("hanako", "sato")});
  EXPECT_TRUE(population.find(named("hanako")));
  EXPECT_FALSE(population.find(named("sato"))) << "a household's number alone is nobody";
  EXPECT_FALSE(population.find(named("hanako~")));
  EXPECT_EQ(population.token_count(), 1U);
}

TEST(Population, SaysWhenThePersonWasLastTouched) {
  const Population population = replay({notice("a"), link("a", "b"), notice("c"), objection("b")});
  EXPECT_EQ(population.find(named("a"))->as_of, Position(4));
  EXPECT_EQ(population.find(named("c"))->as_of, Position(3));
  EXPECT_EQ(population.position(), Position(4));
}

TEST(Population, ASplitTouchesBothSides) {
  const Population population = replay({link("a", "b"), Unlinked{named("a"), {EventIndex(0)}}});
  EXPECT_EQ(population.find(named("a"))->as_of, Position(2));
  EXPECT_EQ(population.find(named("b"))->as_of, Position(2));
}

TEST(Population, ASplitNamesItsOwnLinksOnly) {
  const Population population = replay({link("a", "b"), notice("c"), Unlinked{named("c"), {EventIndex(0)}}});
  EXPECT_EQ(population.find(named("a"))->tokens.size(), 2U);
}

TEST(Population, ALinkMadeAgainAfterASplitHolds) {
  const Population population = replay({link("a", "b"), Unlinked{named("a"), {EventIndex(0)}}, link("b", "a")});
  EXPECT_EQ(population.find(named("a"))->tokens.size(), 2U);
  EXPECT_EQ(population.find(named("a"))->links.size(), 1U);
}

TEST(Population, SameNoticeTwiceIsOneFact) {
  EXPECT_EQ(replay({notice("a"), notice("a")}).find(named("a"))->notices.size(), 1U);
}

TEST(Population, AWithdrawalOfSomethingLaterIsNonsense) {
  const Population population =
      replay({ObjectionWithdrawn{named("a"), {EventIndex(1)}, RequesterKind::kSelf, Timestamp(), Channel::kPhone},
              objection("a")});
  EXPECT_FALSE(population.find(named("a"))->objections.front().withdrawn_at);
}

TEST(Population, ResolvesInOrderOfStrength) {
  const Population population = replay({card("hanako", "sato"), card("taro", "sato"), notice("hanako")});
  EXPECT_EQ(population.resolve(named("hanako"), named("sato"), {}).level, TokenLevel::kExact);
  const Match household = population.resolve(named("sato"), named("sato"), named("hanako~"));
  EXPECT_EQ(household.level, TokenLevel::kHousehold);
  EXPECT_EQ(household.persons.size(), 2U);
  EXPECT_TRUE(population.resolve(named("jiro"), named("sato"), {}).persons.empty()) << "R10: a branch is a new person";
  const Match loose = population.resolve(named("jiro"), named("suzuki"), named("hanako~"));
  EXPECT_EQ(loose.level, TokenLevel::kLoose);
  EXPECT_EQ(loose.persons.size(), 1U);
  EXPECT_TRUE(population.resolve(named("jiro"), named("suzuki"), named("jiro~")).persons.empty());
  EXPECT_EQ(population.resolve(named("sato"), {}, {}).persons.size(), 2U) << "a weak form given as a token";
}

TEST(Population, LinkedMembersOfAHouseholdAreOnePerson) {
  const Population population = replay({card("old", "sato"), card("new", "sato"), link("old", "new")});
  EXPECT_EQ(population.resolve(named("sato"), named("sato"), {}).persons.size(), 1U);
}

TEST(Population, DigestSeesEveryFact) {
  const std::vector<EventBody> bodies = {
      notice("a"),
      card("a", "home"),
      objection("a"),
      ObjectionWithdrawn{named("a"), {EventIndex(2)}, RequesterKind::kSelf, Timestamp(1), Channel::kPhone},
      link("a", "b"),
      DeathRecorded{named("a"), kMay},
  };
  std::set<Digest> digests;
  for (std::size_t left_out = 0; left_out <= bodies.size(); ++left_out) {
    std::vector<EventBody> rest = bodies;
    if (left_out < bodies.size()) rest[left_out] = PolicyPublished{};
    digests.insert(replay(rest).digest());
  }
  EXPECT_EQ(digests.size(), bodies.size() + 1);
  EXPECT_EQ(replay(bodies).digest(), replay(bodies).digest());
}

TEST(Population, DigestDoesNotDependOnTheOrderInWhichTokensWereMet) {
  Population one, other;
  const auto tell = [](Population& population, std::uint64_t index, const EventBody& body) {
    population.skip_to(EventIndex(index));
    population.apply(EventIndex(index), Event{Timestamp(), "test", body});
  };
  tell(one, 3, card("x", "home"));
  tell(one, 5, notice("a"));
  tell(other, 3, card("x", "home"));
  tell(other, 4, PolicyPublished{});
  tell(other, 5, notice("a"));
  EXPECT_EQ(one.digest(), other.digest());
  // The household is met before its member here, and after it there; what is known is the same.
  EXPECT_EQ(replay({PolicyPublished{}, card("x", "home")}).digest(), [&] {
    Population late;
    tell(late, 1, card("x", "home"));
    return late.digest();
  }());
}

// Erasing an event and replaying a log from which it is gone come to the same.
TEST(Population, ErasedIsAsIfItHadNeverBeen) {
  const std::uint64_t first_seed = seed_of_this_run();
  for (std::uint64_t seed = first_seed; seed < first_seed + 200; ++seed) {
    twin::RandomWorld world(seed);
    std::vector<EventBody> bodies;
    for (std::uint64_t number = 0; number < 25; ++number) {
      EventBody body = world.event(number);
      bodies.push_back(std::holds_alternative<RecordErased>(body) ? EventBody(PolicyPublished{}) : body);
    }
    const std::size_t target = seed % bodies.size();
    std::vector<EventBody> with_erasure = bodies, without = bodies;
    with_erasure.push_back(RecordErased{EventIndex(target), "retention"});
    without[target] = RecordErased{EventIndex(target), ""};  // how the log reads what it no longer has
    without.push_back(RecordErased{EventIndex(target), "retention"});
    const Population erased = replay(with_erasure), never = replay(without);
    EXPECT_EQ(erased.digest(), never.digest()) << "seed " << seed;
    EXPECT_EQ(erased.token_count(), never.token_count()) << "seed " << seed;
  }
}

// What EventLog::read_about promises is enough: the events of a person's tokens, of every token ever linked to them,
// and what was said on their households' cards.
TEST(Population, APersonsOwnEventsAreEnough) {
  const std::uint64_t first_seed = seed_of_this_run();
  for (std::uint64_t seed = first_seed; seed < first_seed + 300; ++seed) {
    twin::RandomWorld world(seed);
    std::vector<EventBody> bodies;
    for (std::uint64_t number = 0; number < 30; ++number) {
      EventBody body = world.event(number);
      bodies.push_back(std::holds_alternative<RecordErased>(body) ? EventBody(PolicyPublished{}) : body);
    }
    const Population whole = replay(bodies);
    const Token asked = world.asked().exact;
    std::set<Token> persons{asked};
    for (std::size_t before = 0; before != persons.size();) {
      before = persons.size();
      for (const EventBody& body : bodies) {
        const auto* linked = std::get_if<TokensLinked>(&body);
        if (linked && (persons.contains(linked->first) || persons.contains(linked->second))) {
          persons.insert({linked->first, linked->second});
        }
      }
    }
    std::set<Token> households;
    for (const EventBody& body : bodies) {
      const auto* identity = std::get_if<TokenIdentity>(&body);
      if (identity && persons.contains(identity->exact)) households.insert(identity->household);
    }
    Population part;
    for (std::uint64_t number = 0; number < bodies.size(); ++number) {
      const auto subjects = subjects_of(bodies[number]);
      const auto any_in = [&](const std::set<Token>& tokens) {
        return std::any_of(subjects.begin(), subjects.end(),
                           [&](const Token& token) { return tokens.contains(token); });
      };
      const bool said_on_card = (std::holds_alternative<Objection>(bodies[number]) ||
                                 std::holds_alternative<ObjectionWithdrawn>(bodies[number])) &&
                                any_in(households);
      if (!any_in(persons) && !said_on_card) continue;
      part.skip_to(EventIndex(number));
      part.apply(EventIndex(number), Event{Timestamp(), "test", bodies[number]});
    }
    EXPECT_EQ(part.find(asked), whole.find(asked)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace ishi

// The population shows the numbers of LAW.md 13. Counted on the people themselves, at scales where one per cent
// can be told from chance.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <set>
#include <string>

#include "api/synth/world/history.h"
#include "api/synth/world/neighbourhood.h"
#include "api/synth/world/world.h"
#include "registry/identifiers/check_digit.h"
#include "registry/identifiers/insurance_id.h"

namespace ishi::synth {
namespace {

WorldParameters parameters(Scenario scenario, double scale, std::uint64_t seed = 1) {
  WorldParameters made;
  made.scenario = scenario;
  made.scale = scale;
  made.seed = seed;
  return made;
}

template <typename Visit>
void for_everybody(const World& world, Visit visit) {
  for (const NeighbourhoodPlace& place : world.country().neighbourhoods()) {
    for (const Person& person : world.country().people_of(place)) visit(person);
  }
}

// Within one per cent, or within what rounding to whole people makes of small numbers.
void expect_near(double counted, double expected, double people_of_slack, const std::string& what) {
  EXPECT_LE(std::abs(counted - expected), std::max(expected * 0.01, people_of_slack))
      << what << ": " << counted << " for " << expected;
}

// The nation as the ministries publish it: written here once more, so that no table of the generator is its own judge.
constexpr double kNationMillions = 123.8;
constexpr std::array<double, 21> kMillionsOfBand{
    3.94, 4.70,  5.19, 5.48,  6.20, 6.50, 6.42, 6.90, 7.55,  8.80, 9.70,
    8.50, 7.678, 7.35, 8.116, 8.00, 5.95, 4.10, 2.08, 0.552, 0.095};  // 0-4, 5-9, …, 100 and over
double women_of_band(std::size_t band) {
  if (band < 3) return 0.487;
  if (band < 13) return 0.490;
  if (band < 15) return 0.545;
  return band < 18 ? 0.605 : 0.76;
}
struct BandShares {
  double nhi, assistance, late75;  // the others are employees and their families
};
constexpr BandShares kChildren{.13, .010, 0}, kAdults{.15, .005, 0}, kForties{.155, .0095, 0}, kOld{0, .035, .965};
constexpr std::array<BandShares, 21> kSharesOfBand{kChildren,
                                                   kChildren,
                                                   kChildren,
                                                   {.14, .009, 0},
                                                   {.20, .004, 0},
                                                   kAdults,
                                                   kAdults,
                                                   kAdults,
                                                   kForties,
                                                   kForties,
                                                   {.165, .014, 0},
                                                   {.185, .018, 0},
                                                   {.30, .021, 0},
                                                   {.58, .026, .010},
                                                   {.74, .030, .020},
                                                   kOld,
                                                   kOld,
                                                   kOld,
                                                   kOld,
                                                   kOld,
                                                   kOld};
double share_of_band(std::size_t band, Scheme scheme) {
  const BandShares& shares = kSharesOfBand[band];
  const double employees = std::max(0.0, 1 - shares.nhi - shares.assistance - shares.late75);
  switch (scheme) {
    case Scheme::kNhi: return shares.nhi;
    case Scheme::kAssistance: return shares.assistance;
    case Scheme::kLate75: return shares.late75;
    case Scheme::kKyokai: return employees * 50.9 / 99.9;
    case Scheme::kKumiai: return employees * 36.2 / 99.9;
    case Scheme::kKyosai: return employees * 12.8 / 99.9;
  }
  return 0;
}
constexpr std::array<double, 47> kThousandsOfPrefecture{
    5043, 1164, 1144, 2244, 896,  1011, 1742, 2805, 1885, 1889, 7332, 6250, 14178, 9224, 2097, 994,
    1097, 738,  792,  1989, 1913, 3524, 7465, 1710, 1401, 2521, 8757, 5337, 1285,  880,  531,  642,
    1831, 2714, 1281, 685,  917,  1276, 656,  5092, 788,  1250, 1696, 1085, 1030,  1531, 1466};

class City : public ::testing::Test {
 protected:
  static constexpr double kPeople = 300'000;
  static void SetUpTestSuite() { world_ = new World(*World::create(parameters(Scenario::kCity, 1.0))); }
  static void TearDownTestSuite() { delete world_; }
  static World* world_;
};
World* City::world_ = nullptr;

TEST_F(City, HasTheNationsAgesSexesSchemesAndDeaths) {
  std::map<std::pair<std::size_t, Sex>, double> ages;
  std::map<std::pair<std::size_t, Scheme>, double> schemes;
  double deaths = 0, people = 0;
  for_everybody(*world_, [&](const Person& person) {
    ++people;
    ++ages[{band_of(person.age), person.sex}];
    ++schemes[{band_of(person.age), person.scheme}];
    deaths += person.died_on ? 1 : 0;
  });
  ASSERT_EQ(people, kPeople);
  for (std::size_t band = 0; band < kAgeBandCount; ++band) {
    const double share = kMillionsOfBand[band] / kNationMillions * kPeople;
    expect_near(ages[std::pair(band, Sex::kFemale)], share * women_of_band(band), 3,
                "women, band " + std::to_string(band));
    expect_near(ages[std::pair(band, Sex::kMale)], share * (1 - women_of_band(band)), 3,
                "men, band " + std::to_string(band));
    for (std::size_t s = 0; s < kSchemeCount; ++s) {
      const Scheme scheme = static_cast<Scheme>(s);
      expect_near(schemes[std::pair(band, scheme)], share * share_of_band(band, scheme), 3,
                  std::string(name_of(scheme)) + ", band " + std::to_string(band));
    }
  }
  expect_near(deaths, 1.605378 / kNationMillions * kPeople, 10, "deaths");
}

TEST_F(City, AgesAgreeWithBirthDatesAndLivesWithTheirDates) {
  for_everybody(*world_, [&](const Person& person) {
    const CivilDate today = world_->parameters().today;
    ASSERT_LE(reaches_age_on(person.birth, person.age), today);
    ASSERT_GT(reaches_age_on(person.birth, person.age + 1), today);
    if (person.died_on) {
      ASSERT_GE(*person.died_on, person.birth);
      ASSERT_LT(*person.died_on, today);
    }
    if (person.change) {
      ASSERT_LE(person.change->on, today);
    }
    if (person.change && person.died_on) {
      ASSERT_LE(person.change->on, person.died_on->plus_days(1));
    }
  });
}

TEST_F(City, LivesInHouseholdsOfTheNationsSizes) {
  std::map<std::uint64_t, int> households;
  for_everybody(*world_, [&](const Person& person) { ++households[person.household]; });
  std::map<int, double> sizes;
  for (const auto& [household, size] : households) ++sizes[std::min(size, 5)];
  const double all = static_cast<double>(households.size());
  const std::map<int, double> shares{{1, .38}, {2, .28}, {3, .17}, {4, .12}, {5, .05}};
  for (const auto& [size, share] : shares)
    expect_near(sizes[size], share * all, 100, "households of " + std::to_string(size));
}

TEST_F(City, HasAsManyDependantsAsTheFundsReport) {
  std::map<Scheme, double> members, dependants;
  for_everybody(*world_, [&](const Person& person) {
    ++members[person.scheme];
    if (person.dependant) ++dependants[person.scheme];
  });
  expect_near(dependants[Scheme::kKyokai] / (members[Scheme::kKyokai] - dependants[Scheme::kKyokai]), 0.59, 0,
              "KYOKAI");
  expect_near(dependants[Scheme::kKumiai] / (members[Scheme::kKumiai] - dependants[Scheme::kKumiai]), 0.70, 0,
              "KUMIAI");
}

TEST_F(City, GivesEveryoneACardOfTheirOwnWithRightCheckDigits) {
  std::set<std::string> seen;
  const auto check = [&](const Card& card, Scheme scheme, bool present) {
    ASSERT_EQ(card.insurer.size(), 8u);
    ASSERT_TRUE(luhn_valid(card.insurer)) << card.insurer;
    const auto id = parse_insurance_id(card.insurer, card.symbol, card.number, card.branch);
    ASSERT_TRUE(id.has_value()) << card.insurer << " " << card.symbol << " " << card.number << " " << card.branch;
    ASSERT_TRUE(id->check_digit_ok);
    ASSERT_EQ(card.branch.empty(), id->personal_without_branch());
    ASSERT_TRUE(seen.insert(canonical_loose(*id)).second) << "two people share " << canonical_exact(*id);
    if (!present) return;
    if (scheme == Scheme::kLate75) {
      ASSERT_EQ(card.number.size(), 8u);
      ASSERT_TRUE(luhn_valid(card.number));
      ASSERT_TRUE(card.insurer.starts_with("39") && card.symbol.empty());
    }
    if (scheme == Scheme::kAssistance) {
      ASSERT_TRUE(card.insurer.starts_with("12") && luhn_valid(card.number) && card.number.size() == 7);
    }
    if (scheme == Scheme::kKyokai) {
      ASSERT_TRUE(card.insurer.starts_with("0122") && card.symbol.size() == 8);
    }
    if (scheme == Scheme::kNhi) {
      ASSERT_TRUE(card.insurer.starts_with("0022") && card.number.size() == 7);
    }
  };
  for_everybody(*world_, [&](const Person& person) {
    check(person.card, person.scheme, true);
    // Between two offices of one prefecture the 75s keep their number, so a card of before may be another's neighbour.
    if (person.change && !(person.scheme == Scheme::kLate75 && person.change->kind == ChangeKind::kMove)) {
      check(person.change->previous, person.scheme, false);
    }
  });
}

TEST_F(City, ChangesCardsAsOftenAsTheNation) {
  double changes = 0, seventy_five = 0, april = 0, fortnight = 0, six_weeks = 0, never = 0;
  for_everybody(*world_, [&](const Person& person) {
    if (!person.change) return;
    ++changes;
    seventy_five += person.change->kind == ChangeKind::kSeventyFifthBirthday ? 1 : 0;
    april += static_cast<unsigned>(person.change->on.year_month_day().month()) == 4 ? 1 : 0;
    if (!person.change->linked_on)
      ++never;
    else {
      const int days = person.change->linked_on->days_since_epoch() - person.change->on.days_since_epoch();
      fortnight += days <= 14 ? 1 : 0;
      six_weeks += days <= 45 ? 1 : 0;
    }
  });
  EXPECT_GT(changes / kPeople, 0.09);  // 11 to 13 million of 123.8
  EXPECT_LT(changes / kPeople, 0.105);
  EXPECT_NEAR(seventy_five * kNationMillions / kPeople, 1.6, 0.1);
  EXPECT_NEAR(april / changes, 0.25, 0.02);  // three times the mean of all months
  EXPECT_NEAR(fortnight / changes, 0.60, 0.02);
  EXPECT_NEAR(six_weeks / changes, 0.89, 0.02);
  EXPECT_NEAR(never / changes, 0.02, 0.002);
}

TEST_F(City, TellsPeopleAndHearsFromThemAtTheStatedRates) {
  Historian historian(*world_);
  std::map<NoticeMethod, double> methods;
  std::map<std::size_t, double> notified_by;
  std::map<RequesterKind, double> requesters;
  double people_told = 0, first_notices = 0, voided = 0, waiting = 0, told_objectors = 0, untold_objectors = 0,
         notices = 0;
  for_everybody(*world_, [&](const Person& person) {
    const Life life = historian.of(person);
    people_told += life.notices.empty() ? 0 : 1;
    std::set<std::size_t> by;
    bool still_waiting = false, over = false, any = false;
    for (const SynthNotice& given : life.notices) {
      ++notices;
      voided += given.voided ? 1 : 0;
      any |= !given.voided;
      (given.date.plus_days(30) >= world_->parameters().today ? still_waiting : over) = true;
      if (by.insert(given.institution).second) {
        ++first_notices;
        ++methods[given.method];
        ++notified_by[given.institution];
      }
    }
    waiting += still_waiting && !over ? 1 : 0;
    if (life.objection) {
      ++(any ? told_objectors : untold_objectors);
      ++requesters[life.objection->requester];
    }
  });
  EXPECT_NEAR(methods[NoticeMethod::kHanded] / first_notices, 0.35, 0.0035);
  EXPECT_NEAR(methods[NoticeMethod::kComposite] / first_notices, 0.50, 0.005);
  EXPECT_NEAR(methods[NoticeMethod::kPosted] / first_notices, 0.10, 0.001);
  EXPECT_NEAR(voided / notices, 0.01, 0.0002);
  EXPECT_GT(waiting / people_told, 0.005);
  EXPECT_LT(waiting / people_told, 0.15);
  EXPECT_NEAR(told_objectors / people_told, 0.001, 0.00006);
  EXPECT_LT(untold_objectors, 40);
  const double objectors = told_objectors + untold_objectors;
  EXPECT_NEAR(requesters[RequesterKind::kSelf] / objectors, 0.88, 0.03);
  EXPECT_NEAR(requesters[RequesterKind::kBereaved] / objectors, 0.04, 0.01);
  EXPECT_NEAR(requesters[RequesterKind::kGuardianParent] / objectors, 0.07, 0.02);
}

TEST(Nation, FillsItsPrefecturesAtOneTenThousandth) {
  const auto world = World::create(parameters(Scenario::kNation, 0.0001));
  ASSERT_TRUE(world.has_value());
  std::map<int, double> prefectures;
  std::map<std::pair<std::size_t, Sex>, double> ages;
  double people = 0;
  for_everybody(*world, [&](const Person& person) {
    ++people;
    ++prefectures[person.prefecture];
    ++ages[{band_of(person.age), person.sex}];
  });
  EXPECT_EQ(people, 12'380);
  for (int prefecture = 1; prefecture <= kPrefectureCount; ++prefecture) {
    expect_near(prefectures[prefecture], kThousandsOfPrefecture[static_cast<std::size_t>(prefecture) - 1] * 0.1, 1,
                "prefecture " + std::to_string(prefecture));
  }
  for (std::size_t band = 0; band < kAgeBandCount; ++band) {
    expect_near(ages[std::pair(band, Sex::kFemale)], kMillionsOfBand[band] * 100 * women_of_band(band), 4,
                "women, band " + std::to_string(band));
  }
}

TEST(Nation, IsRefusedAtScalesThatMakeNoSense) {
  EXPECT_FALSE(World::create(parameters(Scenario::kNation, 0.0)).has_value());
  EXPECT_FALSE(World::create(parameters(Scenario::kNation, 1.5)).has_value());
  EXPECT_FALSE(World::create(parameters(Scenario::kNation, 1e-7)).has_value());
}

TEST(Nation, ANeighbourhoodCanBeMadeAloneAnywhere) {
  const auto world = World::create(parameters(Scenario::kNation, 1.0));  // 123.8 M people, of whom we meet a few
  ASSERT_TRUE(world.has_value());
  const auto& places = world->country().neighbourhoods();
  for (const std::size_t at : {std::size_t{0}, places.size() / 3, places.size() - 1}) {
    const auto once = world->country().people_of(places[at]), again = world->country().people_of(places[at]);
    ASSERT_EQ(once.size(), places[at].population);
    for (std::size_t i = 0; i < once.size(); ++i) ASSERT_EQ(once[i].card, again[i].card);
  }
}

}  // namespace
}  // namespace ishi::synth

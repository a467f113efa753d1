// Rules about regimes, adjustments and settings: what only makes sense together, and that order never matters.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/registry/policy/reading.h"

namespace ishi {
namespace {

using namespace policy_testing;

std::string regime(const std::string& code, const std::string& more) {
  return "[[regime]]\ncode = \"" + code + "\"\nname_ja = \"x\"\nname_en = \"x\"\nlaw_reference = \"x\"\n" + more + "\n";
}
const char* const kYes = "control = \"OPT_IN\"\nunknown_id = \"DENY\"\ndeciders = [\"SELF\"]\nvalid_from = 2020-01-01";
const char* const kNo = "control = \"OPTOUT\"\nunknown_id = \"ALLOW\"\ndeciders = [\"SELF\"]\nvalid_from = 2020-01-01";

void expect_complaint(const PolicyReading& reading, const std::string& field, const std::string& says) {
  EXPECT_FALSE(reading.book);
  ASSERT_EQ(reading.complaints.size(), 1U) << describe(reading);
  EXPECT_EQ(reading.complaints[0].field, field);
  EXPECT_NE(reading.complaints[0].message.find(says), std::string::npos) << describe(reading);
}

TEST(Regime, OfNoticesOrConsentNeverAllowsTheUnknown) {
  expect_complaint(read_with("[[regime_adjustment]]\nmatch = \"TOLD\"\nunknown_id = \"ALLOW\"\n"),
                   "regime[1].unknown_id", "own.toml line 1");
  expect_complaint(read_with(regime("YES", replaced(kYes, "DENY", "ALLOW"))), "regime[1].unknown_id",
                   "has not consented");
}

TEST(Regime, R23RulesForTheDeadGoWithNoticesOnly) {
  expect_complaint(read_with(regime("NO", std::string(kNo) + "\ndeceased_unnotified = \"DENY\"")),
                   "regime[1].deceased_unnotified", "NOTICE_OPTOUT");
  expect_complaint(read_with(regime("YES", std::string(kYes) + "\ndeath_in_wait = \"ALLOW_AFTER_WAIT\"")),
                   "regime[1].death_in_wait", "NOTICE_OPTOUT");
}

TEST(Regime, R23PublicationIsFiledOnlyWhereItsLawSaysSo) {
  const std::string published = replaced(kNo, "OPTOUT", "PUBLIC_OPTOUT");
  const PolicyReading reading =
      read_with(regime("OPEN", published) + regime("FILED", published + "\nfiling_required = true"));
  ASSERT_TRUE(reading.book) << describe(reading);
  EXPECT_FALSE(reading.book->find_regime("OPEN")->filing_required);
  EXPECT_TRUE(reading.book->find_regime("FILED")->filing_required);
}

TEST(Regime, OfACategoryNamesIt) {
  expect_complaint(read_with(regime("OWN", std::string(kYes) + "\nown_categories = true")), "regime[1].own_categories",
                   "needs categories");
  const PolicyReading reading =
      read_with(regime("OWN", std::string(kYes) + "\nown_categories = true\ncategories = [\"IMAGE\"]"));
  ASSERT_TRUE(reading.book) << describe(reading);
  EXPECT_TRUE(reading.book->find_regime("OWN")->own_categories);
}

TEST(Regime, InheritsFromOthersThatInheritFromNone) {
  expect_complaint(read_with(regime("HEIR", std::string(kNo) + "\ninherits = [\"NOBODY\"]")), "regime[1].inherits",
                   "is no regime");
  expect_complaint(read_with(regime("HEIR", std::string(kNo) + "\ninherits = [\"HEIR\"]")), "regime[1].inherits",
                   "inherits itself");
  expect_complaint(read_with(regime("HEIR", std::string(kNo) + "\ninherits = [\"TOLD\"]") +
                             regime("THIRD", std::string(kNo) + "\ninherits = [\"HEIR\"]")),
                   "regime[2].inherits", "inherits itself");
  const PolicyReading reading = read_with(regime("HEIR", std::string(kNo) + "\ninherits = [\"TOLD\"]"));
  ASSERT_TRUE(reading.book) << describe(reading);
  EXPECT_EQ(reading.book->find_regime("HEIR")->inherits, std::set<std::string>{"TOLD"});
}

TEST(Regime, AnExceptionMayBeTiedToPurposesAndConditions) {
  const std::string exception = "\n[[regime.override]]\ncode = \"E\"\ntext = \"x\"\n";
  const PolicyReading reading =
      read_with(regime("NO", kNo + exception + "purposes = [\"PURPOSE_1\"]\nconditions = [\"NEEDED\", \"URGENT\"]"));
  ASSERT_TRUE(reading.book) << describe(reading);
  const OverrideRule* rule = reading.book->find_regime("NO")->find_override("E");
  EXPECT_EQ(rule->conditions, (std::set<std::string>{"NEEDED", "URGENT"}));
  EXPECT_EQ(rule->purposes, std::set<std::string>{"PURPOSE_1"});
  expect_complaint(read_with(regime("NO", kNo + exception + "purposes = [\"FUN\"]")),
                   "regime[1].override[1].purposes[1]", "is no purpose");
}

TEST(Regime, WithoutDecidersIsAMistakeUnlessNobodyDecides) {
  expect_complaint(read_with(regime("NO", replaced(kNo, "deciders = [\"SELF\"]\n", ""))), "regime[1].deciders",
                   "who may decide");
  expect_complaint(read_with(regime("LAW", replaced(kNo, "OPTOUT", "STATUTORY"))), "regime[1].deciders",
                   "must be empty");
}

TEST(Regime, OfAStatuteKnowsNoObjections) {
  const PolicyReading reading =
      read_with(regime("LAW", "control = \"STATUTORY\"\nunknown_id = \"ALLOW\"\nvalid_from = 2016-01-01"));
  ASSERT_TRUE(reading.book) << describe(reading);
  EXPECT_FALSE(reading.book->find_regime("LAW")->objections_apply);
  EXPECT_TRUE(reading.book->find_regime("TOLD")->objections_apply);
}

TEST(Regime, LeavesNoAgeWithoutSomeoneToDecide) {
  expect_complaint(read_with(regime("YES", std::string(kYes) + "\nself_age = 16\nguardian_age_max = 14")),
                   "regime[1].guardian_age_max", "at least self_age - 1 (15)");
  expect_complaint(read_with(regime("YES", std::string(kYes) + "\nself_age = 16\nguardian_age_max = 18")),
                   "regime[1].guardian_age_max", "below book.majority_age (18)");
  EXPECT_TRUE(read_with(regime("YES", std::string(kYes) + "\nself_age = 16\nguardian_age_max = 15")).book);
}

TEST(Regime, EndsAfterItBegins) {
  expect_complaint(read_with(regime("YES", std::string(kYes) + "\nvalid_to = 2020-01-01")), "regime[1].valid_to",
                   "must be after valid_from (2020-01-01)");
}

TEST(Regime, OfNoticesNeedsAWait) {
  expect_complaint(read_with(regime("N",
                                    "control = \"NOTICE_OPTOUT\"\nunknown_id = \"DENY\"\ndeciders = [\"SELF\"]\n"
                                    "valid_from = 2020-01-01")),
                   "regime[1].wait", "is missing");
}

TEST(Regime, WhereNothingIsFiledRequiresNoFiling) {
  expect_complaint(read_with(regime("YES", std::string(kYes) + "\nfiling_required = true")),
                   "regime[1].filing_required", "only goes with");
}

TEST(Override, LiftsTheObjectionUnlessItSaysMore) {
  const PolicyReading reading = read_with(
      regime("NO", std::string(kNo) + "\n[[regime.override]]\ncode = \"A\"\ntext = \"a\"\n[[regime.override]]\ncode = "
                                      "\"B\"\ntext = \"b\"\nlifts = [\"DENY_UNKNOWN\", \"DENY_WAITING\"]"));
  ASSERT_TRUE(reading.book) << describe(reading);
  const Regime& made = *reading.book->find_regime("NO");
  EXPECT_EQ(made.find_override("A")->lifts, std::set<ReasonCode>{ReasonCode::kDenyOptout});
  EXPECT_EQ(made.find_override("B")->lifts, (std::set<ReasonCode>{ReasonCode::kDenyUnknown, ReasonCode::kDenyWaiting}));
}

TEST(Override, NeverLiftsADoubtAboutThePersonOrABlockedRecipient) {
  for (const char* code : {"DENY_AMBIGUOUS", "DENY_OPTOUT_AMBIG", "DENY_WEAK_MATCH", "DENY_RECIPIENT_BLOCKED",
                           "INVALID_ID", "ALLOW", "OVERRIDE", "deny_optout"}) {
    const PolicyReading reading = read_with(regime(
        "NO", std::string(kNo) + "\n[[regime.override]]\ncode = \"A\"\ntext = \"a\"\nlifts = [\"" + code + "\"]"));
    expect_complaint(reading, "regime[1].override[1].lifts[1]", "cannot be lifted");
  }
}

TEST(Override, OfOneRegimeHasItsCodeOnce) {
  const std::string rule = "\n[[regime.override]]\ncode = \"A\"\ntext = \"a\"";
  expect_complaint(read_with(regime("NO", kNo + rule + rule)), "regime[1].override[2].code", "already");
}

TEST(Adjustment, ReachesEveryRegimeThatItsPatternMatches) {
  const PolicyReading reading =
      read_with(regime("DB_A", kNo) + regime("DB_B", kNo) + regime("DBX", kNo) +
                "[[regime_adjustment]]\nmatch = \"DB_*\"\nunknown_id = \"DENY\"\nnotice_portable = true\n");
  ASSERT_TRUE(reading.book) << describe(reading);
  EXPECT_EQ(reading.book->find_regime("DB_A")->unknown_id, UnknownIdRule::kDeny);
  EXPECT_EQ(reading.book->find_regime("DB_B")->unknown_id, UnknownIdRule::kDeny);
  EXPECT_TRUE(reading.book->find_regime("DB_B")->notice_portable);
  EXPECT_EQ(reading.book->find_regime("DBX")->unknown_id, UnknownIdRule::kAllow);
}

TEST(Adjustment, OfTheNarrowerPatternWinsInAnyOrder) {
  const std::string all = "[[regime_adjustment]]\nmatch = \"*\"\nself_age = 15\n";
  const std::string some = "[[regime_adjustment]]\nmatch = \"DB_*\"\nself_age = 14\n";
  const std::string one = "[[regime_adjustment]]\nmatch = \"DB_A\"\nself_age = 13\n";
  std::vector<std::string> orders{all, some, one};
  std::sort(orders.begin(), orders.end());
  do {
    const PolicyReading reading =
        read_with(orders[0] + regime("DB_A", kNo) + orders[1] + regime("DB_B", kNo) + orders[2]);
    ASSERT_TRUE(reading.book) << describe(reading);
    EXPECT_EQ(reading.book->find_regime("TOLD")->self_age, 15);
    EXPECT_EQ(reading.book->find_regime("DB_B")->self_age, 14);
    EXPECT_EQ(reading.book->find_regime("DB_A")->self_age, 13);
  } while (std::next_permutation(orders.begin(), orders.end()));
}

TEST(Adjustment, OfTheSameFieldByTheSamePatternTwiceIsAMistake) {
  const std::string once = "[[regime_adjustment]]\nmatch = \"TOLD\"\nself_age = 15\n";
  expect_complaint(read_with(once + once), "regime_adjustment[2].self_age", "own.toml line 3");
}

TEST(Adjustment, ThatMatchesNothingOrIsNoPatternIsAMistake) {
  expect_complaint(read_with("[[regime_adjustment]]\nmatch = \"TOLL*\"\nself_age = 15\n"), "regime_adjustment[1].match",
                   "matches no regime");
  expect_complaint(read_with("[[regime_adjustment]]\nmatch = \"T*D\"\nself_age = 15\n"), "regime_adjustment[1].match",
                   "one * at its end");
}

TEST(Adjustment, NamesItselfWhenItMakesARegimeWrong) {
  const PolicyReading reading = read_with("\n\n[[regime_adjustment]]\nmatch = \"TOLD\"\nguardian_age_max = 3\n");
  expect_complaint(reading, "regime[1].guardian_age_max", "adjusted in own.toml line 3");
  EXPECT_EQ(reading.complaints[0].document, "base.toml");
  EXPECT_EQ(reading.complaints[0].line, 13U);
}

TEST(Settings, StayWithinTheirBounds) {
  expect_complaint(read_with("[book]\ndecision_valid_seconds = 86401\n"), "book.decision_valid_seconds", "1..86400");
  expect_complaint(read_with("[book]\ncomposite_methods_min = 0\n"), "book.composite_methods_min", "1..10");
  expect_complaint(read_with("[book]\nmail_delivery_days = 5.5\n"), "book.mail_delivery_days", "a whole number");
  expect_complaint(read_with("[book]\ncategories = [\"IMAGE\"]\n"), "book.categories[1]", "base.toml line 10");
  expect_complaint(read_with("[book.legal_version_from]\nV2022 = 2017-01-01\n"), "book.legal_version_from",
                   "after the one before");
  const PolicyReading reading = read_with("[book]\ndecision_valid_seconds = 3600\ncategories = [\"GENOME\"]\n");
  ASSERT_TRUE(reading.book) << describe(reading);
  EXPECT_EQ(reading.book->decision_valid_seconds, 3600);
  EXPECT_EQ(reading.book->categories.size(), 3U) << "lists of several documents add up";
}

TEST(Settings, SayOnceWhoMayTakeBackWhoseObjection) {
  const std::string rule = "[[withdrawal_rule]]\nmade_by = \"SELF\"\nwithdrawn_by = [\"SELF\"]\n";
  EXPECT_EQ(read_with(rule).book->withdrawal_rules.size(), 1U);
  expect_complaint(read_with(rule + rule), "withdrawal_rule[2].made_by", "own.toml line 1");
  expect_complaint(read_with(replaced(rule, "[\"SELF\"]", "[\"MYSELF\"]")), "withdrawal_rule[1].withdrawn_by[1]",
                   "GUARDIAN_PARENT");
}

TEST(Letters, OfTheFirstVersionServeOnWhenCompleted) {
  const std::string letter =
      "[[template]]\nid = \"old\"\nregime = \"TOLD\"\nlegal_version = \"V2018\"\n"
      "effective_from = 2019-04-01\n";
  EXPECT_FALSE(read_with(letter).book);
  EXPECT_TRUE(read_with(letter + "effective_to = 2022-04-01\n").book);
  EXPECT_FALSE(read_with(letter + "effective_to = 2022-04-02\n").book);
  EXPECT_TRUE(read_with(letter + "supplementary_items = true\n").book);
}

TEST(Letters, CannotSpeakOfARegimeThatCameLater) {
  const std::string later = regime("LATER", replaced(kNo, "2020-01-01", "2024-04-01"));
  expect_complaint(read_with(later + "[[template]]\nid = \"old\"\nregime = \"LATER\"\nlegal_version = \"V2022\"\n"
                                     "effective_from = 2023-04-01\n"),
                   "template[1].legal_version", "must be V2024 or later");
}

TEST(Successions, EndAtAnInstitutionOfTheBook) {
  const std::string institution = "[[institution]]\ncode = \"1312345679\"\nname = \"x\"\n";
  const auto alias = [](const std::string& from, const std::string& to) {
    return "[[institution_alias]]\nold_code = \"" + from + "\"\nnew_code = \"" + to + "\"\nfrom = 2026-04-01\n";
  };
  EXPECT_TRUE(read_with(institution + alias("2710000015", "2312345008") + alias("2312345008", "1312345679")).book);
  expect_complaint(read_with(institution + alias("2710000015", "2312345008")), "institution_alias.new_code",
                   "is no institution");
  expect_complaint(read_with(institution + alias("2710000015", "2312345008") + alias("2312345008", "2710000015")),
                   "institution_alias", "succeeds itself");
  expect_complaint(read_with(institution + alias("2710000015", "2710000015")), "institution_alias", "succeeds itself");
  expect_complaint(read_with("[[operator]]\ncode = \"A\"\nname = \"x\"\nregimes = []\ncertified_from = 2024-01-01\n"
                             "[[operator_alias]]\nold_code = \"B\"\nnew_code = \"C\"\nfrom = 2026-04-01\n"),
                   "operator_alias.new_code", "is no operator");
}

TEST(Callers, HaveAKeyOfTheirOwnAndItIsNeverRepeated) {
  const auto caller = [](const std::string& id, const std::string& digest) {
    return "[[caller]]\nid = \"" + id + "\"\nrole = \"REGISTRY_OPS\"\nkey_sha256 = \"" + digest + "\"\n";
  };
  const std::string digest(64, 'b');
  expect_complaint(read_with(caller("a", digest) + caller("b", digest)), "caller[2].key_sha256", "own.toml line 1");
  const PolicyReading reading = read_with(caller("a", "the-key-itself"));
  expect_complaint(reading, "caller[1].key_sha256", "sha256sum");
  EXPECT_EQ(describe(reading).find("the-key-itself"), std::string::npos);
}

TEST(Documents, MayComeInAnyOrder) {
  const std::vector<PolicyDocument> one{{"a.toml", "[[regime_adjustment]]\nmatch = \"TOLD\"\nself_age = 14\n"},
                                        kSmallest};
  const std::vector<PolicyDocument> other{one[1], one[0]};
  EXPECT_EQ(read_policy(one).book->find_regime("TOLD")->self_age, 14);
  EXPECT_EQ(read_policy(other).book->find_regime("TOLD")->self_age, 14);
  const std::string twice = "[[regime_adjustment]]\nmatch = \"X\"\n";
  const std::vector<PolicyDocument> wrong{{"b.toml", twice}, kSmallest, {"a.toml", twice}};
  const std::vector<PolicyDocument> wrong_too{wrong[2], wrong[0], wrong[1]};
  EXPECT_EQ(read_policy(wrong).complaints, read_policy(wrong_too).complaints);
  EXPECT_EQ(read_policy(wrong).complaints.size(), 2U);
}

TEST(Documents, NeedAProfileAndARegime) {
  const std::vector<PolicyDocument> empty{{"empty.toml", ""}};
  const PolicyReading reading = read_policy(empty);
  ASSERT_EQ(reading.complaints.size(), 2U) << describe(reading);
  EXPECT_NE(reading.complaints[0].message.find("option_*.toml"), std::string::npos);
  EXPECT_NE(reading.complaints[1].message.find("regimes.toml"), std::string::npos);
  EXPECT_EQ(read_policy({}).complaints.size(), 1U);
}

TEST(Documents, WithTheSameNameAreConfusing) {
  const std::vector<PolicyDocument> documents{kSmallest, kSmallest};
  const PolicyReading reading = read_policy(documents);
  ASSERT_EQ(reading.complaints.size(), 1U) << describe(reading);
  EXPECT_NE(reading.complaints[0].message.find("this name"), std::string::npos);
}

}  // namespace
}  // namespace ishi

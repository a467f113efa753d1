// The files in ops/policy: each option is whole, and the five differ where LAW.md 7.2 and 9.1 say so.
#include <gtest/gtest.h>

#include "tests/registry/policy/reading.h"

namespace ishi {
namespace {

using namespace policy_testing;

std::shared_ptr<const PolicyBook> option(const std::string& name, const std::string& reforms = "") {
  std::vector<PolicyDocument> documents{shipped("regimes.toml"), shipped("option_" + name + ".toml")};
  std::string& profile = documents[1].text;
  const std::string off = "reforms = []";
  EXPECT_NE(profile.find(off), std::string::npos) << name;
  if (!reforms.empty()) profile.replace(profile.find(off), off.size(), "reforms = [" + reforms + "]");
  const PolicyReading reading = read_policy(documents);
  EXPECT_TRUE(reading.book) << describe(reading);
  return reading.book;
}
const char* const kOptions[] = {"1", "2_1", "2_2", "3", "4"};

TEST(Shipped, OptionsAreWholeAndHoldEveryRegime) {
  for (const char* name : kOptions) {
    const auto book = option(name);
    ASSERT_TRUE(book);
    EXPECT_EQ(book->profile.code, std::string("option_") + name);
    EXPECT_EQ(book->regimes.size(), 25U);
    for (const char* code :
         {"NGMIA_ANON", "NGMIA_PSEUDO",  "NGMIA_LINK",    "APPI_CONSENT", "APPI_EXC",      "ETHICS_OPTOUT",
          "PUBDB_NDB",  "PUBDB_KAIGO",   "PUBDB_DPC",     "PUBDB_SHOGAI", "PUBDB_NANBYO",  "PUBDB_SHOMAN",
          "PUBDB_IDB",  "PUBDB_NEXTGEN", "PUBDB_VACCINE", "PUBDB_EMR",    "PUBDB_CHECKUP", "CANCER_REG",
          "EMR_SHARE",  "EHDS_71",       "GENOME",        "BIOBANK",      "REGISTRY",      "PHR"}) {
      ASSERT_NE(book->find_regime(code), nullptr) << code;
      EXPECT_FALSE(book->find_regime(code)->law_reference.empty()) << code;
    }
  }
}

TEST(Shipped, PublicDatabasesAskNobodyUntilAProfileTakesTheReformAsLaw) {
  for (const char* name : kOptions) {
    const auto today = option(name), reformed = option(name, "\"PUBLIC_DATABASE_OPTOUT\"");
    for (const auto& [code, regime] : today->regimes) {
      if (!code.starts_with("PUBDB_")) continue;
      EXPECT_EQ(regime.control, ControlModel::kStatutory) << name << " " << code;
      EXPECT_FALSE(regime.objections_apply) << name << " " << code;
      EXPECT_EQ(regime.unknown_id, UnknownIdRule::kAllow) << name << " " << code;
      const Regime& later = *reformed->find_regime(code);
      EXPECT_EQ(later.control, ControlModel::kOptOut) << name << " " << code;
      EXPECT_TRUE(later.objections_apply && later.deciders.contains(RequesterKind::kBereaved)) << name << " " << code;
    }
  }
}

TEST(Shipped, UnknownPeopleAreAllowedInPublicDatabasesExceptUnderTheConsortium) {
  for (const char* name : kOptions) {
    const UnknownIdRule expected = name == std::string("4") ? UnknownIdRule::kDeny : UnknownIdRule::kAllow;
    const auto book = option(name, "\"PUBLIC_DATABASE_OPTOUT\"");  // must outlive the loop over it
    for (const auto& [code, regime] : book->regimes) {
      const bool ours = code.starts_with("PUBDB_") || code == "EMR_SHARE";
      if (ours || code.starts_with("NGMIA_")) {
        EXPECT_EQ(regime.unknown_id, ours ? expected : UnknownIdRule::kDeny) << name << " " << code;
      }
    }
  }
}

TEST(Shipped, AReformThatNoAdjustmentKnowsIsAMistake) {
  PolicyDocument profile = shipped("option_1.toml");
  profile.text.replace(profile.text.find("reforms = []"), 12, "reforms = [\"PUBLIC_DATABASES\"]");
  const PolicyReading reading = read_policy(std::vector<PolicyDocument>{shipped("regimes.toml"), profile});
  EXPECT_NE(describe(reading).find("'PUBLIC_DATABASES' is no reform of this book"), std::string::npos)
      << describe(reading);
}

TEST(Shipped, NoticesAreTheHoldersOwnUnlessTheStateTellsEveryone) {
  const std::pair<const char*, bool> portable[] = {
      {"1", true}, {"2_1", false}, {"2_2", false}, {"3", true}, {"4", false}};
  for (const auto& [name, expected] : portable) {
    EXPECT_EQ(option(name)->find_regime("NGMIA_ANON")->notice_portable, expected) << name;
    EXPECT_EQ(option(name)->find_regime("NGMIA_PSEUDO")->notice_portable, expected) << name;
  }
  EXPECT_TRUE(option("2_1")->find_regime("PUBDB_NDB")->notice_portable);
}

TEST(Shipped, OptionsDifferInWhoWritesAndAsks) {
  EXPECT_FALSE(option("1")->profile.objection_writers.contains("OPERATOR_RELAY"));
  EXPECT_TRUE(option("2_2")->profile.objection_writers.contains("OPERATOR_RELAY"));
  EXPECT_FALSE(option("2_1")->profile.batch_readers.contains("REVIEWER"));
  EXPECT_TRUE(option("2_2")->profile.batch_readers.contains("REVIEWER"));
  EXPECT_EQ(option("3")->profile.notice_writers, std::set<std::string>{"STATE"});
  EXPECT_EQ(option("4")->profile.notice_writers, std::set<std::string>{"HOLDER"});
  EXPECT_EQ(option("4")->profile.controller_kind, "CONSORTIUM");
  EXPECT_EQ(option("4")->profile.federation_peers.size(), 3U);
  for (const char* name : {"1", "2_1", "2_2", "3"}) EXPECT_TRUE(option(name)->profile.federation_peers.empty()) << name;
}

TEST(Shipped, RegimesSayWhatTheirLawSays) {
  const auto book = option("2_2");
  const Regime& anonymous = *book->find_regime("NGMIA_ANON");
  EXPECT_EQ(anonymous.control, ControlModel::kNoticeOptOut);
  EXPECT_TRUE(anonymous.filing_required);
  EXPECT_EQ(anonymous.wait, (WaitRule{WaitMode::kDays, 30, 1}));
  EXPECT_TRUE(anonymous.deciders.contains(RequesterKind::kBereaved));
  EXPECT_FALSE(anonymous.deciders.contains(RequesterKind::kAgent)) << "off unless an operator turns it on";
  EXPECT_EQ(anonymous.deceased_unnotified, DeceasedUnnotified::kDeny);
  EXPECT_TRUE(anonymous.find_override("LAW")->lifts.contains(ReasonCode::kDenyNoNotice));
  EXPECT_EQ(book->find_regime("NGMIA_PSEUDO")->valid.from, CivilDate::of(2024, 4, 1));
  EXPECT_EQ(book->find_regime("EHDS_71")->cutoff, Cutoff::kPermitApprovalTime);
  EXPECT_EQ(book->find_regime("EHDS_71")->valid.from, CivilDate::of(2029, 3, 26));
  EXPECT_EQ(book->find_regime("CANCER_REG")->control, ControlModel::kStatutory);
  EXPECT_FALSE(book->find_regime("CANCER_REG")->objections_apply);
  EXPECT_EQ(book->find_regime("ETHICS_OPTOUT")->control, ControlModel::kPublicOptOut);
  for (const char* code : {"APPI_CONSENT", "APPI_EXC", "GENOME", "BIOBANK", "REGISTRY", "PHR"}) {
    EXPECT_EQ(book->find_regime(code)->control, ControlModel::kOptIn) << code;
    EXPECT_EQ(book->find_regime(code)->unknown_id, UnknownIdRule::kDeny) << code;
  }
  EXPECT_EQ(book->find_regime("CANCER_REG_PRIVATE")->control, ControlModel::kOptIn);
  EXPECT_TRUE(anonymous.find_override("LAW")->lifts.contains(ReasonCode::kDenyNoticeContent)) << "R16";
  EXPECT_EQ(book->find_regime("NGMIA_LINK")->inherits, (std::set<std::string>{"NGMIA_ANON", "NGMIA_PSEUDO"}));
  EXPECT_TRUE(book->find_regime("GENOME")->own_categories);
  EXPECT_EQ(book->find_regime("EHDS_71")->find_override("ART_71_4")->conditions.size(), 3U);
  EXPECT_EQ(book->find_regime("GENOME")->categories, std::set<std::string>{"GENOME"});
}

TEST(Shipped, ExceptionsFromConsentNeedTheirGroundAndResearchersRespectANo) {
  const auto book = option("1");
  const Regime& exceptions = *book->find_regime("APPI_EXC");
  EXPECT_EQ(exceptions.overrides.size(), 7U) << "27(1) i to vii";
  EXPECT_TRUE(exceptions.find_override("LIFE")->lifts.contains(ReasonCode::kDenyOptout));
  EXPECT_FALSE(exceptions.find_override("ACADEMIC_JOINT")->lifts.contains(ReasonCode::kDenyOptout));
}

TEST(Shipped, NoGuardianTakesBackWhatAPersonSaidAlone) {
  const auto book = option("1");
  ASSERT_EQ(book->withdrawal_rules.size(), 7U) << "one for each kind of requester";
  EXPECT_EQ(book->withdrawal_rules[0].made_by, RequesterKind::kSelf);
  EXPECT_FALSE(book->withdrawal_rules[0].withdrawn_by.contains(RequesterKind::kGuardianParent));
  EXPECT_FALSE(book->withdrawal_rules[0].withdrawn_by.contains(RequesterKind::kGuardianMinor));
}

TEST(Shipped, ExampleOfLocalThingsGoesWithEveryOption) {
  for (const char* name : kOptions) {
    const std::vector<PolicyDocument> documents{shipped("local.example.toml"), shipped("regimes.toml"),
                                                shipped(std::string("option_") + name + ".toml")};
    const PolicyReading reading = read_policy(documents);
    ASSERT_TRUE(reading.book) << describe(reading);
    EXPECT_EQ(reading.book->institutions.size(), 2U);
    EXPECT_EQ(reading.book->callers.size(), 4U);
  }
}

TEST(Shipped, OptionsExcludeOneAnother) {
  const std::vector<PolicyDocument> documents{shipped("regimes.toml"), shipped("option_1.toml"),
                                              shipped("option_3.toml")};
  const PolicyReading reading = read_policy(documents);
  EXPECT_FALSE(reading.book);
  EXPECT_NE(describe(reading).find("option_3.toml:5: profile: "), std::string::npos) << describe(reading);
}

}  // namespace
}  // namespace ishi

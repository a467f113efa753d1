// What case files cannot say: how long an answer may be relied on, and the reasons as data.
#include "registry/rules/decide.h"

#include <gtest/gtest.h>

#include "registry/rules/reasons.h"
#include "tests/support/sample_book.h"

namespace ishi {
namespace {

Question question(std::string regime, std::string holder = "", std::string recipient = "") {
  Question made;
  made.regime = std::move(regime);
  made.holder = std::move(holder);
  made.recipient = std::move(recipient);
  made.categories = {"RECEIPT"};
  return made;
}
Timestamp at(int year, unsigned month, unsigned day) {
  return jst_start_of(CivilDate::of(year, month, day));
}

TEST(ValidUntil, IsADayWhereNothingEnds) {
  const Timestamp now = at(2026, 5, 1).plus_seconds(3600);
  EXPECT_EQ(valid_until(sample::book(), question("PUBDB_NDB"), now), now.plus_seconds(86'400));
}

TEST(ValidUntil, IsNeverLongerThanADayWhateverTheBookSays) {
  PolicyBook book = sample::book();
  book.decision_valid_seconds = 1'000'000;
  EXPECT_EQ(valid_until(book, question("PUBDB_NDB"), at(2026, 5, 1)), at(2026, 5, 2));
  book.decision_valid_seconds = 60;
  EXPECT_EQ(valid_until(book, question("PUBDB_NDB"), at(2026, 5, 1)), at(2026, 5, 1).plus_seconds(60));
}

TEST(ValidUntil, EndsWithTheFiling) {
  const Timestamp evening = at(2026, 6, 30).plus_seconds(20 * 3600);
  EXPECT_EQ(valid_until(sample::book(), question("NGMIA_ANON", sample::kBotan), evening), at(2026, 7, 1));
  EXPECT_EQ(valid_until(sample::book(), question("NGMIA_PSEUDO", sample::kBotan), evening),
            evening.plus_seconds(86'400));
}

TEST(ValidUntil, EndsWithTheCertificationAndTheHospital) {
  const Timestamp evening = at(2026, 8, 31).plus_seconds(3600);
  EXPECT_EQ(valid_until(sample::book(), question("NGMIA_ANON", sample::kAoba, sample::kUme), evening), at(2026, 9, 1));
  const Timestamp in_may = at(2026, 5, 31).plus_seconds(3600);
  EXPECT_EQ(valid_until(sample::book(), question("NGMIA_ANON", sample::kEbisu), in_may), at(2026, 6, 1));
}

TEST(ValidUntil, EndsWithTheRegimeAndTheLetter) {
  PolicyBook book = sample::book();
  book.regimes.at("PUBDB_NDB").valid.to = CivilDate::of(2026, 5, 2);
  const Timestamp noon = at(2026, 5, 1).plus_seconds(12 * 3600);
  EXPECT_EQ(valid_until(book, question("PUBDB_NDB"), noon), at(2026, 5, 2));
  book.templates.at("anon-2024").effective.to = CivilDate::of(2026, 5, 2);
  EXPECT_EQ(valid_until(book, question("NGMIA_ANON", sample::kAoba), noon), at(2026, 5, 2));
}

TEST(ValidUntil, OfAConsentIsTheNextMidnightAtTheLatest) {
  EXPECT_EQ(valid_until(sample::book(), question("APPI_CONSENT"), at(2026, 5, 1).plus_seconds(1)), at(2026, 5, 2));
}

TEST(Reasons, TheSmallestCodeWins) {
  Reasons reasons;
  reasons.add(ReasonCode::kDenyRecipientBlocked);
  reasons.add_wait(CivilDate::of(2026, 5, 1));
  EXPECT_EQ(reasons.choose(nullptr), (Decision{ReasonCode::kDenyWaiting, CivilDate::of(2026, 5, 1)}));
  reasons.add(ReasonCode::kDenyOptout);
  EXPECT_EQ(reasons.choose(nullptr), (Decision{ReasonCode::kDenyOptout, std::nullopt}));
}

TEST(Reasons, OfTwoWaitsTheLongerCounts) {
  Reasons reasons;
  reasons.add_wait(CivilDate::of(2026, 6, 1));
  reasons.add_wait(CivilDate::of(2026, 5, 1));
  EXPECT_EQ(reasons.choose(nullptr).allowed_from, CivilDate::of(2026, 6, 1));
}

TEST(Reasons, AnExceptionLiftsWhatItNamesAndNothingBehindIt) {
  const OverrideRule law{"LAW", "", {ReasonCode::kDenyOptout, ReasonCode::kDenyWeakMatch}};
  Reasons reasons;
  EXPECT_EQ(reasons.choose(&law).code, ReasonCode::kAllow);
  reasons.add(ReasonCode::kDenyOptout);
  EXPECT_EQ(reasons.choose(&law).code, ReasonCode::kOverride);
  reasons.add(ReasonCode::kDenyWeakMatch);
  EXPECT_EQ(reasons.choose(&law).code, ReasonCode::kDenyWeakMatch) << "who it is cannot be settled by an exception";
}

TEST(Decision, OnlyAllowAndOverrideMayUse) {
  for (int number = 0; number < static_cast<int>(kReasonCodeCount); ++number) {
    const auto code = static_cast<ReasonCode>(number);
    EXPECT_EQ(may_use(code), number == 0 || number == 15) << name_of(code);
  }
  EXPECT_EQ(name_of(ReasonCode::kDenyOptoutAmbiguous), "DENY_OPTOUT_AMBIG");
}

}  // namespace
}  // namespace ishi

#include "registry/policy/policy_book.h"

#include <gtest/gtest.h>

namespace ishi {
namespace {

void succeed(PolicyBook& book, const std::string& from, const std::string& to, bool announced,
             CivilDate on = CivilDate::of(2026, 4, 1)) {
  book.institution_aliases[from] = {from, to, on, announced};
}

TEST(Succession, LeadsToTheCodeInForceOverAnyNumberOfSteps) {
  PolicyBook book;
  succeed(book, "A", "B", true);
  succeed(book, "B", "C", false);
  EXPECT_EQ(book.current_institution("A"), "C");
  EXPECT_EQ(book.current_institution("B"), "C");
  EXPECT_EQ(book.current_institution("C"), "C");
  EXPECT_EQ(book.current_institution("unheard of"), "unheard of");
  book.operator_aliases["OLD"] = {"OLD", "NEW", CivilDate::of(2026, 4, 1)};
  EXPECT_EQ(book.current_operator("OLD"), "NEW");
  EXPECT_EQ(book.current_operator("NEW"), "NEW");
}

TEST(Succession, HasNoEffectBeforeItsDay) {
  PolicyBook book;
  succeed(book, "A", "B", true, CivilDate::of(2026, 4, 1));
  EXPECT_EQ(book.current_institution("A", CivilDate::of(2026, 3, 31)), "A");
  EXPECT_EQ(book.current_institution("A", CivilDate::of(2026, 4, 1)), "B");
  EXPECT_FALSE(book.notice_carries_over("A", "B", CivilDate::of(2026, 3, 31)));
  EXPECT_TRUE(book.notice_carries_over("A", "B", CivilDate::of(2026, 4, 1)));
}

TEST(Succession, CarriesNoticesOverOnlyWhenEveryStepWasTold) {
  PolicyBook book;
  succeed(book, "A", "B", true);
  succeed(book, "B", "C", true);
  EXPECT_TRUE(book.notice_carries_over("A", "C"));
  EXPECT_TRUE(book.notice_carries_over("B", "C"));
  EXPECT_TRUE(book.notice_carries_over("C", "C"));
  book.institution_aliases["B"].change_notice_recorded = false;
  EXPECT_FALSE(book.notice_carries_over("A", "C"));
  EXPECT_FALSE(book.notice_carries_over("B", "C"));
}

TEST(Succession, CannotBeAvoidedByAskingWithTheOldCode) {
  PolicyBook book;
  succeed(book, "A", "B", false);
  EXPECT_FALSE(book.notice_carries_over("A", "A"));
  EXPECT_TRUE(book.notice_carries_over("B", "A"));
}

TEST(Succession, NeverRunsBackwardsOrSideways) {
  PolicyBook book;
  succeed(book, "A", "C", true);
  succeed(book, "B", "C", true);
  EXPECT_FALSE(book.notice_carries_over("C", "D"));
  EXPECT_FALSE(book.notice_carries_over("D", "C"));
  EXPECT_TRUE(book.notice_carries_over("C", "A")) << "A is C today";
}

TEST(Succession, ThatGoesInCirclesStillAnswers) {
  PolicyBook book;
  succeed(book, "A", "B", true);
  succeed(book, "B", "A", true);
  EXPECT_FALSE(book.current_institution("A").empty());
  EXPECT_FALSE(book.notice_carries_over("C", "A"));
}

TEST(Book, FindsWhatItHasAndNothingElse) {
  PolicyBook book;
  book.regimes["R"].code = "R";
  book.regimes["R"].overrides = {{"LAW", "by law", {ReasonCode::kDenyOptout}}};
  book.templates["T"].id = "T";
  ASSERT_NE(book.find_regime("R"), nullptr);
  EXPECT_NE(book.find_regime("R")->find_override("LAW"), nullptr);
  EXPECT_EQ(book.find_regime("R")->find_override("law"), nullptr);
  EXPECT_EQ(book.find_regime("r"), nullptr);
  EXPECT_NE(book.find_template("T"), nullptr);
  EXPECT_EQ(book.find_template(""), nullptr);
}

TEST(Range, HoldsItsFirstDayAndNotItsLastMark) {
  const DateRange range{CivilDate::of(2026, 4, 1), CivilDate::of(2026, 5, 1)};
  EXPECT_FALSE(range.contains(CivilDate::of(2026, 3, 31)));
  EXPECT_TRUE(range.contains(CivilDate::of(2026, 4, 1)));
  EXPECT_TRUE(range.contains(CivilDate::of(2026, 4, 30)));
  EXPECT_FALSE(range.contains(CivilDate::of(2026, 5, 1)));
}

}  // namespace
}  // namespace ishi

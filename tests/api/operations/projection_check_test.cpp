#include "api/operations/projection_check.h"

#include <gtest/gtest.h>

#include "tests/api/filter/status_over_log.h"
#include "tests/support/fake_clock.h"
#include "tests/support/sample_book.h"

namespace ishi::api {
namespace {

struct ProjectionCheck : ::testing::Test {
  ishi::testing::FakeClock clock;
  ishi::testing::MemoryLog truth{clock}, other{clock};
  ishi::testing::StatusOverLog held{other, clock, std::make_shared<PolicyBook>(sample::book())};
  Token person = *Token::parse_hex("000102030405060708090a0b0c0d0e0f");

  void append(ishi::testing::MemoryLog& log, EventBody body) {
    AppendRequest request;
    request.caller = "test";
    request.bodies.push_back(std::move(body));
    ASSERT_TRUE(log.append(std::move(request)));
  }
  NoticeGiven notice(CivilDate date) { return {person, "H", "R", "T", NoticeMethod::kHanded, date, ""}; }
  bool same() {
    View view;
    view.position = truth.head()->position;
    view.book = std::make_shared<PolicyBook>(sample::book());
    return holds_what_the_log_says(truth, held, view, person).value();
  }
};

TEST_F(ProjectionCheck, TellsAPersonWhoIsHeldAsTheLogSaysFromOneWhoIsNot) {
  EXPECT_TRUE(same()) << "nobody, and nobody";
  append(truth, notice(CivilDate::of(2026, 9, 1)));
  append(other, notice(CivilDate::of(2026, 9, 1)));
  EXPECT_TRUE(same());
  append(truth, notice(CivilDate::of(2026, 9, 2)));
  append(other, notice(CivilDate::of(2026, 9, 3)));
  EXPECT_FALSE(same());
}

TEST_F(ProjectionCheck, SomebodyWhoIsMissingDiffers) {
  append(truth, notice(CivilDate::of(2026, 9, 1)));
  append(other, PolicyPublished{});
  EXPECT_FALSE(same());
}

}  // namespace
}  // namespace ishi::api

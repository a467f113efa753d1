#include "registry/ports/append_checks.h"

#include <random>
#include <set>

#include <gtest/gtest.h>

namespace ishi {
namespace {

using Gaps = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

TEST(SourceBooks, BatchesInOrderLeaveNoGap) {
  IntakeSource books;
  for (std::uint64_t i = 1; i <= 5; ++i) EXPECT_EQ(take_sequence(books, i).value(), std::nullopt);
  EXPECT_TRUE(books.gaps.empty());
  EXPECT_EQ(books.highest_sequence, 5U);
}

TEST(SourceBooks, AJumpIsAGapAndABatchInItsMiddleSplitsIt) {
  IntakeSource books;
  EXPECT_EQ(take_sequence(books, 10).value(), 1U);
  EXPECT_EQ(books.gaps, (Gaps{{1, 9}}));
  EXPECT_EQ(take_sequence(books, 5).value(), 1U);
  EXPECT_EQ(books.gaps, (Gaps{{1, 4}, {6, 9}}));
  EXPECT_EQ(take_sequence(books, 6).value(), std::nullopt);
  EXPECT_EQ(take_sequence(books, 9).value(), 7U);
  EXPECT_EQ(books.gaps, (Gaps{{1, 4}, {7, 8}}));
}

TEST(SourceBooks, ABatchSeenBeforeIsAConflict) {
  IntakeSource books;
  ASSERT_TRUE(take_sequence(books, 2).has_value());
  ASSERT_TRUE(take_sequence(books, 1).has_value());
  for (const std::uint64_t again : {1U, 2U}) EXPECT_EQ(take_sequence(books, again).error().kind, ErrorKind::kConflict);
}

TEST(SourceBooks, RandomArrivalsAgreeWithASetOfNumbers) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 200; ++round) {
    IntakeSource books;
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 60; ++i) {
      const std::uint64_t sequence = 1 + random() % 50;
      auto taken = take_sequence(books, sequence);
      ASSERT_EQ(taken.has_value(), seen.insert(sequence).second);
      if (taken) {
        std::uint64_t missing_from = sequence;
        while (missing_from > 1 && !seen.contains(missing_from - 1)) --missing_from;
        ASSERT_EQ(*taken, missing_from < sequence ? std::optional(missing_from) : std::nullopt);
      }
      ASSERT_EQ(books.highest_sequence, *seen.rbegin());
      std::set<std::uint64_t> missing;
      for (const auto& [first, last] : books.gaps) {
        for (std::uint64_t n = first; n <= last; ++n) ASSERT_TRUE(missing.insert(n).second);
      }
      for (std::uint64_t n = 1; n <= *seen.rbegin(); ++n) ASSERT_EQ(missing.contains(n), !seen.contains(n));
    }
  }
}

TEST(SourceBooks, GapsAreBounded) {
  IntakeSource books;
  for (std::uint64_t i = 1; i <= kSourceGapsMax; ++i) ASSERT_TRUE(take_sequence(books, 3 * i + 1).has_value());
  const IntakeSource before = books;
  EXPECT_EQ(take_sequence(books, 3 * kSourceGapsMax + 10).error().code, "too_many_gaps");
  EXPECT_EQ(take_sequence(books, 2).error().code, "too_many_gaps");
  EXPECT_EQ(books.gaps, before.gaps);
  EXPECT_EQ(books.highest_sequence, before.highest_sequence);
  EXPECT_TRUE(take_sequence(books, 1).has_value());
}

TEST(Registration, IsNeverBeforeTheWishWasAccepted) {
  const Timestamp now(1'000'000'000);
  Objection objection{.token = {}, .scope = {}, .relation = "", .accepted_at = now, .reaffirm_on = {}};
  EXPECT_EQ(earliest_registration({objection}, now).value(), now);
  objection.accepted_at = now.plus_seconds(60);
  EXPECT_EQ(earliest_registration({objection, DeathRetracted{}}, now).value(), now.plus_seconds(60));
  objection.accepted_at = now.plus_seconds(61);
  EXPECT_EQ(earliest_registration({objection}, now).error().code, "accepted_in_future");
}

TEST(AppendRequests, MalformedOnesAreRefused) {
  const auto code = [](const AppendRequest& request) {
    auto checked = check_append_request(request);
    return checked ? std::string("good") : checked.error().code;
  };
  AppendRequest request;
  EXPECT_EQ(code(request), "good");
  request.key = IdempotencyKey{"c", "k 1", {}};
  EXPECT_EQ(code(request), "bad_idempotency_key");
  request.key->key = std::string(201, 'k');
  EXPECT_EQ(code(request), "bad_idempotency_key");
  request.key->key.pop_back();
  EXPECT_EQ(code(request), "good");
  request.sequence = SourceSequence{"hospital", 0};
  EXPECT_EQ(code(request), "bad_sequence");
  request.sequence = SourceSequence{"", 1};
  EXPECT_EQ(code(request), "bad_source");
  request.sequence = std::nullopt;
  request.bodies.assign(kAppendEventsMax + 1, DeathRetracted{});
  EXPECT_EQ(code(request), "too_many_events");
}

}  // namespace
}  // namespace ishi

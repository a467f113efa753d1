// PostgreSQL is killed (SIGKILL, all its processes) while many callers append. Whatever was acknowledged must be
// there afterwards, once, and the log must go on by itself when the database is back.
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "tests/contract/event_log_contract.h"
#include "tests/sql/store.h"

namespace ishi::testing {
namespace {

TEST(Crash, NothingAcknowledgedIsLostAndTheLogGoesOnByItself) {
  PostgresInstance postgres;
  Store store(postgres);
  std::mutex mutex;
  std::map<std::string, Appended> acknowledged;
  std::atomic<bool> stop = false;
  std::atomic<int> surprises = 0;
  std::vector<std::jthread> callers;
  const std::shared_ptr<void> stop_before_joining(nullptr, [&stop](void*) { stop = true; });
  for (std::uint64_t c = 0; c < 6; ++c) {
    callers.emplace_back([&, c] {
      for (std::uint64_t i = 0; !stop; ++i) {
        const std::string key = std::to_string(c) + "-" + std::to_string(i);
        // A caller whose outcome is unknown, or who was turned away, retries with the same key.
        while (true) {
          auto appended = store.log->append(
              keyed_request({notice_to(1'000'000 * c + i), objection_of(1'000'000 * c + i)}, key, 1, key));
          if (appended) {
            const std::lock_guard lock(mutex);
            acknowledged[key] = *appended;
            break;
          }
          if (appended.error().kind != ErrorKind::kUnavailable && appended.error().kind != ErrorKind::kOutcomeUnknown)
            ++surprises;
          if (stop) return;
          std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
      }
    });
  }
  const auto acknowledged_count = [&] {
    const std::lock_guard lock(mutex);
    return acknowledged.size();
  };
  for (int round = 0; round < 3; ++round) {
    const std::size_t before = acknowledged_count();
    while (acknowledged_count() < before + 60) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    postgres.kill_hard();
    postgres.start();
  }
  const std::size_t before = acknowledged_count();
  while (acknowledged_count() < before + 60) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  stop = true;
  callers.clear();

  EXPECT_EQ(surprises, 0);
  std::set<std::uint64_t> places;
  for (const auto& [key, appended] : acknowledged) {
    ASSERT_TRUE(places.insert(appended.first.value()).second) << key;
    ASSERT_EQ(store.log->find_answer({"tester", key, Digest{1}}).value(), key);
    ASSERT_EQ(appended.position.events(), appended.first.value() + 2);
  }
  const Position head = store.log->head()->position;
  std::uint64_t next = 0;
  std::set<Token> seen;
  while (next < head.events()) {
    const auto events = store.log->read(EventIndex(next), 1'000).value();
    ASSERT_FALSE(events.empty());
    for (const StoredEvent& event : events) {
      ASSERT_EQ(event.index.value(), next++);
      const auto* notice = std::get_if<NoticeGiven>(&event.event.body);
      ASSERT_TRUE(notice == nullptr || seen.insert(notice->token).second) << "written twice";
    }
  }
  EXPECT_GE(seen.size(), acknowledged.size());
}

TEST(Crash, ReadersAndFeedComeBackAfterAnOrderlyRestart) {
  PostgresInstance postgres;
  Store store(postgres);
  ASSERT_TRUE(store.log->append(request_of({notice_to(1)})).has_value());
  ASSERT_EQ(store.feed->wait_beyond(Position(0), std::chrono::seconds(30)).value(), Position(1));
  postgres.stop();
  EXPECT_EQ(store.log->head().error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(store.log->append(request_of({notice_to(2)})).error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(store.feed->wait_beyond(Position(1), std::chrono::milliseconds(50)).error().kind, ErrorKind::kUnavailable);
  postgres.start();
  EXPECT_EQ(store.log->head()->position, Position(1));
  EXPECT_EQ(store.log->append(request_of({notice_to(2)}))->position, Position(2));
  EXPECT_EQ(store.feed->wait_beyond(Position(1), std::chrono::seconds(30)).value(), Position(2));
}

TEST(Crash, ARestartBetweenTwoCallsIsNoticedByNobody) {
  PostgresInstance postgres;
  Store store(postgres);
  ASSERT_TRUE(store.log->append(request_of({notice_to(1)})).has_value());
  ASSERT_TRUE(store.log->head().has_value());
  postgres.stop();
  postgres.start();
  EXPECT_EQ(store.log->append(request_of({notice_to(2)}))->position, Position(2));
  EXPECT_EQ(store.log->read(EventIndex(0), 10)->size(), 2U);
}

}  // namespace
}  // namespace ishi::testing

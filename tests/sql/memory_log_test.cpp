#include "tests/support/memory_log.h"
#include "tests/contract/event_log_contract.h"
#include "tests/contract/facts_contract.h"
#include "tests/contract/healed_times_contract.h"
#include "tests/contract/intake_books_contract.h"

namespace ishi::testing {
namespace {

struct MemoryMaker {
  EventLog& log() { return memory; }
  ChangeFeed& feed() { return memory; }
  Evidence& evidence() { return memory; }
  IntakeBooks& books() { return memory; }
  FakeClock& clock() { return fake_clock; }
  FakeClock fake_clock;
  MemoryLog memory{fake_clock};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, EventLogContract, MemoryMaker);
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, FactsContract, MemoryMaker);
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, HealedTimesContract, MemoryMaker);
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, IntakeBooksContract, MemoryMaker);

TEST(MemoryLog, FailsAsToldUntilMended) {
  MemoryMaker maker;
  maker.memory.break_with(Error{ErrorKind::kUnavailable, "away", ""});
  EXPECT_EQ(maker.memory.append(request_of({notice_to(1)})).error().code, "away");
  EXPECT_EQ(maker.memory.head().error().code, "away");
  EXPECT_EQ(maker.memory.wait_beyond(Position(), std::chrono::seconds(30)).error().code, "away");
  maker.memory.break_with(std::nullopt);
  EXPECT_EQ(maker.memory.head()->position, Position(0));
}

TEST(MemoryLog, AnErasedEventReadsAsItsOwnErasure) {
  MemoryMaker maker;
  ASSERT_TRUE(maker.memory.append(request_of({notice_to(1)})).has_value());
  maker.memory.erase(EventIndex(0));
  EXPECT_EQ(maker.memory.read(EventIndex(0), 1)->at(0).event.body, EventBody(RecordErased{EventIndex(0), ""}));
  EXPECT_FALSE(maker.memory.read_leaves(EventIndex(0), 1)->at(0).salt.has_value());
}

}  // namespace
}  // namespace ishi::testing

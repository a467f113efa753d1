// Memory at its bound, under the worst mix: many more people than fit, questions about the same few, at random, and in
// long scans that would wash everything out, while people object. No answer may be wrong, the table may not grow, and
// neither may the process. The log is one that needs no memory per event: who was told and who objected is computed.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <thread>

#include "cache/follow/status_reader.h"
#include "registry/assert.h"
#include "tests/support/fake_clock.h"
#include "tests/support/sample_book.h"

namespace ishi::cache {
namespace {

constexpr std::uint64_t kPeople = 200'000;
constexpr std::size_t kBatch = 2'000;
const Timestamp kNow = *parse_timestamp("2026-11-20T12:00:00+09:00");

std::uint64_t mixed(std::uint64_t number) {
  number = (number ^ (number >> 31)) * 0x7fb5d329728ea185ULL;
  number = (number ^ (number >> 27)) * 0x81dadef4bc2dd44dULL;
  return number ^ (number >> 33);
}
// The person's number is in four bytes; the others look random, as those of tokens do.
Token token_of(std::uint64_t person) {
  const std::uint64_t words[2] = {mixed(person + 1), person | mixed(person + 2) << 32};
  return Token(std::span<const std::uint8_t, 16>(reinterpret_cast<const std::uint8_t*>(words), 16));
}
std::uint64_t person_of(const Token& token) {
  std::uint32_t person = 0;
  std::memcpy(&person, token.bytes().data() + 8, 4);
  return person;
}

// Event 0 is a policy, event 1 + i tells person i, and then come objections, each person at most once.
class ComputedLog final : public EventLog {
 public:
  ComputedLog() : objected_(kPeople), objectors_(kPeople) {}

  void object(std::uint64_t person) {
    if (objected_[person].load() != 0) return;
    const std::uint64_t index = end_.load();
    if (index - 1 - kPeople >= objectors_.size()) return;
    objectors_[index - 1 - kPeople] = person;
    objected_[person].store(index);
    end_.store(index + 1);
  }
  bool objects(std::uint64_t person, Position at) const {
    const std::uint64_t index = objected_[person].load();
    return index != 0 && index < at.events();
  }
  Result<Head> head() const override { return Head{Position(end_.load()), kNow}; }
  Result<Head> head_at_once() const override { return head(); }
  Result<std::vector<StoredEvent>> read(EventIndex from, std::size_t limit) const override {
    std::vector<StoredEvent> events;
    for (std::uint64_t i = from.value(); i < end_.load() && events.size() < limit; ++i) events.push_back(event(i));
    return events;
  }
  Result<std::vector<StoredEvent>> read_about(std::span<const Token> tokens, Position upto) const override {
    std::vector<std::uint64_t> wanted;
    for (const Token& token : tokens) {
      const std::uint64_t person = person_of(token);
      if (person >= kPeople) continue;
      wanted.push_back(1 + person);
      if (objects(person, upto)) wanted.push_back(objected_[person].load());
    }
    std::sort(wanted.begin(), wanted.end());
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
    std::vector<StoredEvent> events;
    for (const std::uint64_t i : wanted)
      if (i < upto.events()) events.push_back(event(i));
    return events;
  }
  Result<Appended> append(AppendRequest) override { return unsupported(); }
  Result<Position> position_at(Timestamp) const override { return unsupported(); }
  Result<std::optional<EventIndex>> latest_policy(Position) const override { return std::optional(EventIndex(0)); }
  Result<std::optional<std::string>> find_answer(const IdempotencyKey&) const override { return unsupported(); }
  Result<std::vector<IntakeSource>> sources() const override { return unsupported(); }

 private:
  static tl::unexpected<Error> unsupported() {
    return fail(ErrorKind::kUnsupported, "unsupported", "not in this test");
  }
  StoredEvent event(std::uint64_t index) const {
    Event event{kNow, "test", FilterRun{}};
    if (index >= 1 && index <= kPeople)
      event.body = NoticeGiven{.token = token_of(index - 1),
                               .holder = sample::kAoba,
                               .regime = "NGMIA_ANON",
                               .template_id = "anon-2024",
                               .date = CivilDate::of(2026, 9, 1)};
    if (index > kPeople)
      event.body = Objection{.token = token_of(objectors_[index - 1 - kPeople]), .accepted_at = kNow};
    return {EventIndex(index), std::move(event)};
  }

  std::vector<std::atomic<std::uint64_t>> objected_;  // the event; 0 = not yet
  std::vector<std::uint64_t> objectors_;
  std::atomic<std::uint64_t> end_{1 + kPeople};
};

std::size_t resident_bytes() {
  std::size_t pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

class World {
 public:
  World()
      : people_(near_limits(kPeople, kNearBytesMin)),
        reader_(log_, people_, policies_, barrier_, follower_, clock_, 1) {
    policies_.add(EventIndex(0), std::make_shared<PolicyBook>(sample::book()));
    reader_.set_shared_cache(nullptr, &people_);
    follow();
  }
  void follow() {
    for (;;) {
      const auto events = log_.read(barrier_.applied().position.next_index(), 5'000);
      if (events->empty()) return;
      ISHI_ASSERT(people_.apply(log_, *events).has_value());
      barrier_.announce({Position::after(events->back().index), kNow});
    }
  }
  void ask(std::span<const std::uint64_t> persons) const {
    std::vector<Token> tokens;
    for (const std::uint64_t person : persons) tokens.push_back(token_of(person));
    std::vector<ReasonCode> codes(tokens.size());
    const auto view = reader_.view({.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60)});
    ASSERT_TRUE(view.has_value()) << view.error().detail;
    const Question question{.regime = "NGMIA_ANON", .holder = sample::kAoba, .categories = {"RECEIPT"}, .as_of = kNow};
    const auto decided = reader_.decide_all(*view, question, tokens, {}, codes);
    ASSERT_TRUE(decided.has_value()) << decided.error().detail;
    for (std::size_t i = 0; i < codes.size(); ++i) {
      const ReasonCode wanted = persons[i] >= kPeople                      ? ReasonCode::kDenyNoNotice
                                : log_.objects(persons[i], view->position) ? ReasonCode::kDenyOptout
                                                                           : ReasonCode::kAllow;
      if (wanted == ReasonCode::kDenyNoNotice ? may_use(codes[i]) : codes[i] != wanted)
        FAIL() << "person " << persons[i] << " at " << view->position.events() << ": " << name_of(codes[i]);
    }
  }

  testing::FakeClock clock_{kNow};
  ComputedLog log_;
  PolicyHistory policies_;
  FreshnessBarrier barrier_;
  Projection people_;
  struct NoFeed final : ChangeFeed {
    Result<Position> wait_beyond(Position seen, std::chrono::milliseconds) override { return seen; }
  } feed_;
  FeedFollower follower_{log_, feed_, {&people_}, policies_, barrier_, [](const Error&) {}};
  StatusReader reader_;
};

TEST(NearMemoryDoesNotGrow, UnderScansAndWritesAtItsBound) {
  const char* hunt = std::getenv("ISHI_HUNT_STEPS");
#if defined(__SANITIZE_THREAD__)
  constexpr std::uint64_t kRoundsUsually = 48;  // each takes ten times as long; fewer would evict nobody
#else
  constexpr std::uint64_t kRoundsUsually = 120;
#endif
  const std::uint64_t rounds = hunt ? std::strtoull(hunt, nullptr, 10) : kRoundsUsually;
  World world;
  ASSERT_FALSE(world.people_.complete());
  const std::size_t memory = world.people_.stats().memory_bytes;
  ASSERT_LT(memory, 2 * kNearBytesMin);
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    std::mt19937_64 random(3);
    while (!stop) {
      for (int i = 0; i < 5; ++i) world.log_.object(random() % (kPeople / 4));
      world.follow();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  std::size_t settled = 0, most = 0;
  std::vector<std::thread> askers;
  std::atomic<std::uint64_t> next{0};
  for (int which = 0; which < 2; ++which)
    askers.emplace_back([&, which] {
      std::mt19937_64 random(static_cast<std::uint64_t>(which));
      std::vector<std::uint64_t> persons(kBatch);
      std::uint64_t scan = 0;
      for (std::uint64_t round = 0; (round = next++) < rounds && !::testing::Test::HasFatalFailure();) {
        for (std::uint64_t& person : persons) switch (round % 4) {
            case 0: person = scan++ % kPeople; break;  // everybody, once: nothing of it will be asked again
            case 1: person = random() % (kPeople * 11 / 10); break;  // anybody, and some whom nobody knows
            default: person = random() % 4'000; break;               // those asked about again and again
          }
        world.ask(persons);
        if (which == 0 && round >= rounds / 3) {
          if (settled == 0) settled = resident_bytes();
          most = std::max(most, resident_bytes());
        }
      }
    });
  for (std::thread& asker : askers) asker.join();
  stop = true;
  writer.join();
  const Projection::Stats stats = world.people_.stats();
  const StatusReader::Stats asked = world.reader_.stats();
  std::cout << "tokens " << stats.tokens << ", evictions " << stats.evictions << ", fills " << stats.fills
            << ", refused " << stats.fills_refused << ", hits " << asked.near_hits << ", misses " << asked.near_misses
            << ", resident " << settled << " then at most " << most << "\n";
  EXPECT_EQ(asked.near_hits + asked.near_misses, rounds * kBatch);
  EXPECT_GT(stats.evictions, 0U);
  EXPECT_EQ(stats.in_overflow, 0U);
  EXPECT_GT(asked.near_hits, asked.near_misses / 4) << "the scans have washed out those asked about again and again";
  EXPECT_EQ(stats.memory_bytes, memory);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_LT(most, settled + (8U << 20));
#endif
}

}  // namespace
}  // namespace ishi::cache

// The near tier at the size of a nation: everybody put into the table, looked up again, every answer checked; and, with
// --snapshot, through the projection into a file and back. ctest runs a small town of it.
//
//   near_scale [--people N] [--snapshot FILE]
//
// Notices: 1.8 a person. One person in twenty objects to everything. Times are processor time of this thread unless
// said: other load on the machine does not show.
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <random>

#include "cache/follow/status_reader.h"
#include "cache/snapshot/snapshot.h"
#include "registry/assert.h"
#include "tests/support/fake_clock.h"
#include "tests/support/sample_book.h"

namespace ishi {
namespace {

using cache::NearEntry;
const Timestamp kNow = *parse_timestamp("2026-11-20T12:00:00+09:00");

double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}
double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
std::size_t resident_bytes() {
  std::size_t pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}
std::size_t huge_page_kilobytes() {
  std::ifstream lines("/proc/self/smaps_rollup");
  for (std::string word; lines >> word;) {
    std::size_t kilobytes = 0;
    if (word == "AnonHugePages:" && lines >> kilobytes) return kilobytes;
  }
  return 0;
}

std::uint64_t mixed(std::uint64_t number) {
  number += 0x9e3779b97f4a7c15ULL;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9ULL;
  number = (number ^ (number >> 27)) * 0x94d049bb133111ebULL;
  return number ^ (number >> 31);
}
// Bytes 8..11 are the person's number, the others look random.
Token token_of(std::uint64_t person) {
  const std::uint64_t words[2] = {mixed(person), person | mixed(~person) << 32};
  return Token(std::span<const std::uint8_t, 16>(reinterpret_cast<const std::uint8_t*>(words), 16));
}
std::uint64_t person_of(const Token& token) {
  std::uint32_t person = 0;
  std::memcpy(&person, token.bytes().data() + 8, 4);
  return person;
}
bool objects(std::uint64_t person) {
  return person % 20 == 19;
}

NearEntry entry_of(std::uint64_t person) {
  const std::uint64_t dice = mixed(person ^ 0x5a5a5a5a);
  NearEntry entry;
  entry.state = NearEntry::State::kNotices;
  entry.as_of = Position(person + 1);
  const std::uint64_t share = dice % 100;  // 40, 43, 14 and 3 in a hundred have one to four: 1.8
  entry.count = share < 40 ? 1 : share < 83 ? 2 : share < 97 ? 3 : 4;
  if (objects(person)) {
    entry.state = NearEntry::State::kObjects;
    entry.count = std::min<std::uint8_t>(entry.count, 3);
    entry.objection = {EventIndex(person), ObjectionTermsId(static_cast<std::uint16_t>(dice >> 8)),
                       static_cast<std::uint16_t>(dice >> 24), Timestamp(static_cast<std::int64_t>(dice))};
  }
  for (unsigned i = 0; i < entry.count; ++i)
    entry.notices[i] = {TermsId(static_cast<std::uint32_t>((dice >> i) % 100'000)),
                        static_cast<std::uint16_t>(dice >> (8 + i))};
  return entry;
}
bool same(const NearEntry& a, const NearEntry& b) {
  bool equal = a.state == b.state && a.count == b.count && a.as_of == b.as_of;
  for (unsigned i = 0; equal && i < a.count; ++i)
    equal = a.notices[i].terms == b.notices[i].terms && a.notices[i].date == b.notices[i].date;
  return equal && (a.state != NearEntry::State::kObjects ||
                   (a.objection.event == b.objection.event && a.objection.terms == b.objection.terms &&
                    a.objection.day == b.objection.day && a.objection.accepted_at == b.objection.accepted_at));
}

int measure_table(std::uint64_t people) {
  const std::size_t before = resident_bytes();
  cache::NearTable table({.people_max = people});
  double began = processor_seconds();
  std::uint64_t notices = 0, objectors = 0;
  for (std::uint64_t person = 0; person < people; ++person) {
    const NearEntry entry = entry_of(person);
    notices += entry.count;
    objectors += objects(person);
    if (!table.put(token_of(person), entry)) return std::cerr << "no room for person " << person << "\n", 1;
  }
  const double filling = processor_seconds() - began;
  const std::size_t resident = resident_bytes() - before;
  std::printf(
      "%lu people, %.2f notices each, %lu object: table %.2f GB, resident %.2f GB (%.1f bytes a person), huge pages "
      "%.2f GB\n",
      people, static_cast<double>(notices) / static_cast<double>(people), objectors,
      static_cast<double>(table.memory_bytes()) / 1e9, static_cast<double>(resident) / 1e9,
      static_cast<double>(resident) / static_cast<double>(people),
      static_cast<double>(huge_page_kilobytes()) * 1024 / 1e9);
  std::printf("filled at %.1f M people a second\n", static_cast<double>(people) / filling / 1e6);

  constexpr std::size_t kAsked = 1'000'000;
  std::mt19937_64 random(1);
  std::size_t wrong = 0;
  double looking = 0;
  for (int round = 0; round < 5; ++round) {
    std::vector<Token> tokens;
    std::vector<std::uint64_t> persons;
    for (std::size_t i = 0; i < kAsked; ++i) {
      persons.push_back(random() % (people + people / 20));  // one in twenty-one is unknown
      tokens.push_back(token_of(persons.back()));
    }
    std::uint64_t sum = 0;
    began = processor_seconds();
    table.visit_many(
        tokens,
        [&](std::size_t, const cache::NearBrief& person) {
          sum += person.low ^ person.high;
          return true;
        },
        [&](std::size_t, const NearEntry& entry) { sum += entry.as_of.events(); });
    looking += processor_seconds() - began;
    if (sum == 0) ++wrong;
    table.get_many(tokens, [&](std::size_t i, const NearEntry& got) {
      wrong += !same(got, persons[i] < people ? entry_of(persons[i]) : NearEntry{});
    });
  }
  std::printf("looked up at %.1f M tokens a second and thread; %zu of %zu wrong\n", 5.0 * kAsked / looking / 1e6, wrong,
              5 * kAsked);
  return wrong == 0 ? 0 : 1;
}

// Two events a person: a notice, and another one, an objection, or nothing that concerns them.
class ComputedLog final : public EventLog {
 public:
  explicit ComputedLog(std::uint64_t people) : people_(people) {}
  Result<Head> head() const override { return Head{Position(2 * people_), kNow}; }
  Result<Head> head_at_once() const override { return head(); }
  Result<std::vector<StoredEvent>> read(EventIndex from, std::size_t limit) const override {
    std::vector<StoredEvent> events;
    for (std::uint64_t i = from.value(); i < 2 * people_ && events.size() < limit; ++i) events.push_back(event(i));
    return events;
  }
  Result<std::vector<StoredEvent>> read_about(std::span<const Token> tokens, Position upto) const override {
    std::vector<std::uint64_t> wanted;
    for (const Token& token : tokens)
      for (const std::uint64_t i : {2 * person_of(token), 2 * person_of(token) + 1})
        if (i < std::min(upto.events(), 2 * people_)) wanted.push_back(i);
    std::sort(wanted.begin(), wanted.end());
    std::vector<StoredEvent> events;
    for (const std::uint64_t i : wanted) events.push_back(event(i));
    return events;
  }
  Result<Appended> append(AppendRequest) override { return unsupported(); }
  Result<Position> position_at(Timestamp) const override { return unsupported(); }
  Result<std::optional<EventIndex>> latest_policy(Position) const override { return unsupported(); }
  Result<std::optional<std::string>> find_answer(const IdempotencyKey&) const override { return unsupported(); }
  Result<std::vector<IntakeSource>> sources() const override { return unsupported(); }

 private:
  static tl::unexpected<Error> unsupported() { return fail(ErrorKind::kUnsupported, "unsupported", "not measured"); }
  StoredEvent event(std::uint64_t index) const {
    const std::uint64_t person = index / 2;
    Event event{kNow, "bench", FilterRun{}};
    NoticeGiven notice{.token = token_of(person),
                       .holder = sample::kAoba,
                       .regime = "NGMIA_ANON",
                       .template_id = "anon-2024",
                       .method = NoticeMethod::kHanded,
                       .date = CivilDate::of(2026, 5, 1),
                       .campaign_id = ""};
    if (index % 2 == 0) {
      event.body = notice;
    } else if (objects(person)) {
      Objection objection;
      objection.token = token_of(person);
      objection.accepted_at = kNow.plus_seconds(-86'400);
      event.body = objection;
    } else if (person % 20 < 16) {
      notice.holder = sample::kBotan;
      event.body = notice;
    }
    return {EventIndex(index), std::move(event)};
  }
  const std::uint64_t people_;
};

int measure_restart(std::uint64_t people_count, const std::string& path) {
  const ComputedLog log(people_count);
  const testing::FakeClock clock(kNow);
  const Head head{Position(2 * people_count), kNow};
  {
    cache::Projection people({.people_max = people_count});
    const double began = processor_seconds();
    for (EventIndex at(0); at.value() < head.position.events();) {
      const auto events = log.read(at, 5'000);
      if (!people.apply(log, *events)) return 1;
      at = EventIndex(at.value() + events->size());
    }
    std::printf("%lu people folded in %.1f s of processor, %zu in the overflow map\n", people_count,
                processor_seconds() - began, people.stats().in_overflow);
    const double cpu = processor_seconds(), wall = wall_seconds();
    if (auto written = cache::write_snapshot(path, log, {&people}, cache::PolicyHistory(), head, [] { return true; });
        !written)
      return std::cerr << written.error().detail << "\n", 1;
    std::printf("written in %.1f s (%.1f s of processor), %.2f GB\n", wall_seconds() - wall, processor_seconds() - cpu,
                static_cast<double>(std::ifstream(path, std::ios::ate | std::ios::binary).tellg()) / 1e9);
  }
  const double cpu = processor_seconds(), wall = wall_seconds();
  cache::Projection people({.people_max = people_count});
  cache::PolicyHistory policies;
  if (auto loaded = cache::load_snapshot(path, log, {&people}, policies); !loaded)
    return std::cerr << loaded.error().detail << "\n", 1;
  policies.add(EventIndex(0), std::make_shared<PolicyBook>(sample::book()));
  cache::FreshnessBarrier barrier;
  barrier.announce(head);
  struct NoFeed final : ChangeFeed {
    Result<Position> wait_beyond(Position seen, std::chrono::milliseconds) override { return seen; }
  } feed;
  cache::FeedFollower follower(log, feed, {&people}, policies, barrier, [](const Error&) {});
  const cache::StatusReader reader(log, people, policies, barrier, follower, clock);
  const Question question{.regime = "NGMIA_ANON",
                          .holder = sample::kAoba,
                          .recipient = "",
                          .purpose = "",
                          .categories = {"RECEIPT"},
                          .point = FilterPoint::kExtraction,
                          .as_of = kNow,
                          .override_code = "",
                          .ground = ""};
  std::vector<Token> tokens;
  for (std::uint64_t person = 0; person < 1'000; ++person) tokens.push_back(token_of(person * 7919 % people_count));
  std::vector<ReasonCode> codes(tokens.size());
  const auto view = reader.view(
      {.staleness_max = {}, .at_least = {}, .deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5)});
  if (!view || !reader.decide_all(*view, question, tokens, {}, codes)) return 1;
  std::printf("first strict answer after %.1f s (%.1f s of processor)\n", wall_seconds() - wall,
              processor_seconds() - cpu);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i)
    wrong += codes[i] != (objects(person_of(tokens[i])) ? ReasonCode::kDenyOptout : ReasonCode::kAllow);
  unlink(path.c_str());
  std::printf("%zu of %zu wrong\n", wrong, tokens.size());
  return wrong == 0 ? 0 : 1;
}

}  // namespace
}  // namespace ishi

int main(int count, char** arguments) {
  std::uint64_t people = 20'000;
  std::string snapshot;
  CLI::App app("The near tier at the size of a nation");
  app.add_option("--people", people)->check(CLI::Range(std::uint64_t{1'000}, std::uint64_t{1'000'000'000}));
  app.add_option("--snapshot", snapshot, "fold, write this file, start from it");
  CLI11_PARSE(app, count, arguments);
  return snapshot.empty() ? ishi::measure_table(people) : ishi::measure_restart(people, snapshot);
}

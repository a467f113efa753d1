// The near table against a std::map, with random steps; and torn reads hunted with a writer under the readers.
#include "cache/near/near_table.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <random>
#include <thread>

namespace ishi::cache {
namespace {

std::uint64_t seed_from_environment() {
  const char* text = std::getenv("ISHI_SEED");
  return text ? std::strtoull(text, nullptr, 10) : std::random_device{}();
}
std::size_t steps_from_environment(std::size_t usual) {
  const char* text = std::getenv("ISHI_HUNT_STEPS");
  return text ? std::strtoull(text, nullptr, 10) : usual;
}

Token token_of(std::uint64_t number) {
  std::uint64_t words[2];
  std::mt19937_64 mix(number);
  words[0] = mix();
  words[1] = mix();
  return Token(std::span<const std::uint8_t, 16>(reinterpret_cast<const std::uint8_t*>(words), 16));
}

NearEntry random_entry(std::mt19937_64& random, std::uint64_t as_of) {
  NearEntry entry;
  entry.as_of = Position(as_of);
  if (random() % 10 == 0) {
    entry.state = NearEntry::State::kElsewhere;
    return entry;
  }
  entry.state = NearEntry::State::kNotices;
  if (random() % 5 == 0) {
    entry.state = NearEntry::State::kObjects;
    entry.objection = {EventIndex(random() >> 24), ObjectionTermsId(static_cast<std::uint16_t>(random())),
                       static_cast<std::uint16_t>(random()), Timestamp(static_cast<std::int64_t>(random()))};
  }
  entry.count = static_cast<std::uint8_t>(random() % (entry.room() + 1));
  for (unsigned i = 0; i < entry.count; ++i)
    entry.notices[i] = {TermsId(static_cast<std::uint32_t>(random() % TermsId::kCountMax)),
                        static_cast<std::uint16_t>(random())};
  return entry;
}

void expect_same(const NearEntry& wanted, const NearEntry& got) {
  ASSERT_EQ(wanted.state, got.state);
  ASSERT_EQ(wanted.as_of, got.as_of);
  ASSERT_EQ(wanted.count, got.count);
  for (unsigned i = 0; i < wanted.count; ++i) {
    ASSERT_EQ(wanted.notices[i].terms, got.notices[i].terms);
    ASSERT_EQ(wanted.notices[i].date, got.notices[i].date);
  }
  ASSERT_EQ(wanted.objection.event, got.objection.event);
  ASSERT_EQ(wanted.objection.terms, got.objection.terms);
  ASSERT_EQ(wanted.objection.day, got.objection.day);
  ASSERT_EQ(wanted.objection.accepted_at, got.objection.accepted_at);
}

TEST(NearTable, ForgetsNothingAndInventsNothingWhileItIsWhole) {
  const std::uint64_t seed = seed_from_environment();
  SCOPED_TRACE("ISHI_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  constexpr std::size_t kPeople = 3000;
  NearTable table({.people_max = kPeople, .blocks_max = kPeople});
  std::map<std::uint64_t, NearEntry> model;
  const std::size_t steps = steps_from_environment(200'000);
  for (std::size_t step = 1; step <= steps; ++step) {
    const std::uint64_t person = random() % (kPeople * 5 / 4);
    const auto choice = random() % 10;
    if (choice < 5 && (model.size() < kPeople || model.contains(person))) {
      const NearEntry entry = random_entry(random, step);
      ASSERT_TRUE(table.put(token_of(person), entry));
      model[person] = entry;
    } else if (choice == 5) {
      table.erase(token_of(person));
      model.erase(person);
    } else {
      const auto known = model.find(person);
      expect_same(known == model.end() ? NearEntry{} : known->second, table.get(token_of(person)));
    }
    ASSERT_EQ(table.size(), model.size());
  }
  for (const auto& [person, entry] : model) expect_same(entry, table.get(token_of(person)));
}

TEST(NearTable, AFullTableRefusesInsteadOfForgetting) {
  NearTable table({.people_max = 100});
  std::size_t stored = 0;
  std::mt19937_64 random(1);
  NearEntry entry;
  entry.state = NearEntry::State::kNotices;
  while (table.put(token_of(stored), entry)) ++stored;
  ASSERT_GE(stored, 100U);
  for (std::size_t i = 0; i < stored; ++i) ASSERT_EQ(table.get(token_of(i)).state, NearEntry::State::kNotices);
}

TEST(NearTable, AnEvictingTableStaysInItsMemoryAndNeverAnswersWrong) {
  const std::uint64_t seed = seed_from_environment();
  SCOPED_TRACE("ISHI_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  constexpr std::size_t kRoom = 1000;
  NearTable table({.people_max = kRoom, .blocks_max = kRoom, .evict = true});
  const std::size_t memory = table.memory_bytes();
  std::map<std::uint64_t, NearEntry> model;
  std::size_t hits = 0;
  for (std::size_t step = 1; step <= steps_from_environment(200'000); ++step) {
    // Nine of ten questions are about one person in ten: those should stay.
    const std::uint64_t person = random() % 10 ? random() % (kRoom / 2) : random() % (kRoom * 5);
    if (random() % 2) {
      const NearEntry entry = random_entry(random, step);
      if (table.put(token_of(person), entry)) model[person] = entry;
    } else {
      const NearEntry got = table.get(token_of(person));
      if (got.state == NearEntry::State::kAbsent) continue;
      ++hits;
      expect_same(model.at(person), got);
    }
  }
  EXPECT_EQ(table.memory_bytes(), memory);
  EXPECT_LE(table.size(), kRoom + 2);
  EXPECT_GT(table.evictions(), 0U);
  EXPECT_GT(hits, 0U);
}

// Every entry written is consistent with itself (all dates equal, count from the date): a torn read would show.
TEST(NearTable, ReadersUnderAWriterSeeWholeEntriesOnly) {
  constexpr std::size_t kPeople = 64;  // few, so that readers and writer meet in the same buckets
  NearTable table({.people_max = kPeople, .blocks_max = 256});
  std::atomic<bool> stop{false};
  const auto entry_for = [](std::uint64_t step) {
    NearEntry entry;
    entry.state = NearEntry::State::kNotices;
    entry.as_of = Position(step);
    if (step % 4 == 0) {
      entry.state = NearEntry::State::kObjects;
      entry.objection = {EventIndex(step), ObjectionTermsId(static_cast<std::uint16_t>(step)),
                         static_cast<std::uint16_t>(step), Timestamp(static_cast<std::int64_t>(step))};
    }
    entry.count = static_cast<std::uint8_t>(step % (entry.room() + 1));
    for (unsigned i = 0; i < entry.count; ++i)
      entry.notices[i] = {TermsId(static_cast<std::uint32_t>(step % TermsId::kCountMax)),
                          static_cast<std::uint16_t>(step)};
    return entry;
  };
  std::vector<std::thread> readers;
  std::atomic<std::uint64_t> seen{0};
  for (int i = 0; i < 3; ++i)
    readers.emplace_back([&, i] {
      std::mt19937_64 random(static_cast<std::uint64_t>(i));
      std::map<std::uint64_t, std::uint64_t> last;
      const auto check = [&](std::uint64_t person, const NearEntry& got) {
        if (got.state == NearEntry::State::kAbsent) return;
        ASSERT_GE(got.as_of.events(), last[person]) << "an entry went back in time";
        last[person] = got.as_of.events();
        const std::uint64_t step = got.as_of.events();
        ASSERT_EQ(got.count, step % (got.room() + 1));
        ASSERT_EQ(got.state == NearEntry::State::kObjects, step % 4 == 0);
        if (got.state == NearEntry::State::kObjects) {
          ASSERT_EQ(got.objection.event.value(), step);
          ASSERT_EQ(got.objection.accepted_at.microseconds(), static_cast<std::int64_t>(step));
          ASSERT_EQ(got.objection.terms.value(), static_cast<std::uint16_t>(step));
        }
        for (unsigned k = 0; k < got.count; ++k) {
          ASSERT_EQ(got.notices[k].date, static_cast<std::uint16_t>(got.as_of.events()));
          ASSERT_EQ(got.notices[k].terms.value(), got.as_of.events() % TermsId::kCountMax);
        }
        ++seen;
      };
      std::vector<Token> everybody;
      for (std::uint64_t person = 0; person < kPeople; ++person) everybody.push_back(token_of(person));
      while (!stop) {
        for (int k = 0; k < 200; ++k) {
          const std::uint64_t person = random() % kPeople;
          check(person, table.get(everybody[person]));
        }
        table.get_many(everybody, check);
      }
    });
  std::mt19937_64 random(9);
  for (std::uint64_t step = 1; step < steps_from_environment(300'000); ++step)
    ASSERT_TRUE(table.put(token_of(random() % kPeople), entry_for(step)));
  stop = true;
  for (auto& reader : readers) reader.join();
  EXPECT_GT(seen, 0U);
}

}  // namespace
}  // namespace ishi::cache

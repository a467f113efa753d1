#include <sys/mman.h>

#include <atomic>
#include <thread>

#include "cache/near/near_table.h"
#include "tests/bench/measure.h"
#include "tests/bench/peers.h"

namespace ishi::bench {
namespace {

template <typename Work>
double seconds_with(unsigned threads, Work&& work) {
  const Stopwatch watch;
  std::vector<std::jthread> crew;
  for (unsigned i = 1; i < threads; ++i) crew.emplace_back([&, i] { work(i); });
  work(0U);
  crew.clear();
  return watch.seconds();
}

}  // namespace

double memory_roof(std::uint64_t people, unsigned threads) {
  constexpr std::size_t kLooks = 4'000'000, kGroup = 32;
  const std::size_t lines = people * 40 / 64 + 1;
  void* memory = ::mmap(nullptr, lines * 64, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  require(memory != MAP_FAILED, "no memory for the probe");
  ::madvise(memory, lines * 64, MADV_HUGEPAGE);
  auto* words = static_cast<std::uint64_t*>(memory);
  for (std::size_t i = 0; i < lines; ++i) words[i * 8] = i;
  std::atomic<std::uint64_t> sum{0};
  const double seconds = seconds_with(threads, [&](unsigned number) {
    std::uint64_t mine = 0, state = number + 1;
    std::size_t places[kGroup];
    for (std::size_t done = 0; done < kLooks; done += kGroup) {
      for (std::size_t& place : places) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        place = static_cast<std::size_t>(((state >> 32) * lines) >> 32) * 8;
        __builtin_prefetch(&words[place]);
      }
      for (const std::size_t place : places) mine += words[place];
    }
    sum += mine;
  });
  require(sum != 0, "the probe read nothing");
  ::munmap(memory, lines * 64);
  return static_cast<double>(kLooks) * threads / seconds;
}

double near_table_rate(std::uint64_t people, const Batch& batch, unsigned threads, int rounds,
                       std::vector<double>& rates) {
  cache::NearTable table({people + people / 3 + 1'000, 0, false});
  for (std::uint64_t i = 0; i < people; ++i) {
    cache::NearEntry entry;
    entry.state = objected(i) ? cache::NearEntry::State::kElsewhere : cache::NearEntry::State::kNotices;
    entry.count = objected(i) ? 0 : 1;
    entry.notices[0] = {TermsId(1), 20'000};
    require(table.put(token_of(i), entry), "the near table is full");
  }
  for (int round = 0; round < rounds; ++round) {
    std::atomic<std::size_t> right{0};
    const double seconds = seconds_with(threads, [&](unsigned number) {
      const std::size_t share = batch.tokens.size() / threads, begin = number * share;
      const std::size_t count = number + 1 == threads ? batch.tokens.size() - begin : share;
      std::size_t mine = 0;
      table.get_many({batch.tokens.data() + begin, count}, [&](std::size_t i, const cache::NearEntry& entry) {
        const auto truth = static_cast<ReasonCode>(batch.truth[begin + i]);
        const auto expected = truth == ReasonCode::kDenyUnknown  ? cache::NearEntry::State::kAbsent
                              : truth == ReasonCode::kDenyOptout ? cache::NearEntry::State::kElsewhere
                                                                 : cache::NearEntry::State::kNotices;
        mine += entry.state == expected ? 1 : 0;
      });
      right += mine;
    });
    require(right == batch.tokens.size(), "the near table gave a wrong answer");
    rates.push_back(static_cast<double>(batch.tokens.size()) / seconds);
  }
  return median(rates);
}

}  // namespace ishi::bench

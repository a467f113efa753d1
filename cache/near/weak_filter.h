// WeakFilter: "might this loose or household token be known?" A blocked Bloom filter: two bits of one cache line
// per token. "No" is certain and saves asking the log about a weak match; "maybe" is wrong for about one token in
// a hundred when filled as sized. Tokens are uniform, so their own bytes are the hash.
// One writer, any readers.
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>

#include "registry/identifiers/token.h"

namespace ishi::cache {

class WeakFilter {
 public:
  // 16 bits a token.
  explicit WeakFilter(std::size_t tokens_max)
      : words_count_(std::bit_ceil(std::max<std::size_t>(tokens_max / 4, 1024))),
        words_(std::make_unique<std::atomic<std::uint64_t>[]>(words_count_)) {}

  void add(const Token& token) {
    const auto [word, bits] = place(token);
    words_[word].fetch_or(bits, std::memory_order_release);
  }
  bool may_contain(const Token& token) const {
    const auto [word, bits] = place(token);
    return (words_[word].load(std::memory_order_acquire) & bits) == bits;
  }
  void prefetch(const Token& token) const { __builtin_prefetch(&words_[place(token).word]); }
  // For snapshots: the bits themselves, word by word. They mean something to a filter of as many words only.
  std::size_t words() const { return words_count_; }
  std::uint64_t word(std::size_t index) const { return words_[index].load(std::memory_order_acquire); }
  void restore_word(std::size_t index, std::uint64_t bits) { words_[index].store(bits, std::memory_order_release); }
  std::size_t memory_bytes() const { return words_count_ * sizeof(std::uint64_t); }

 private:
  struct Place {
    std::size_t word;
    std::uint64_t bits;
  };
  Place place(const Token& token) const {
    std::uint64_t low, high;
    std::memcpy(&low, token.bytes().data(), 8);
    std::memcpy(&high, token.bytes().data() + 8, 8);
    return {low & (words_count_ - 1), 1ULL << (high & 63) | 1ULL << ((high >> 6) & 63) | 1ULL << ((high >> 12) & 63)};
  }
  std::size_t words_count_;
  std::unique_ptr<std::atomic<std::uint64_t>[]> words_;
};

}  // namespace ishi::cache

#include "api/filter/text_list.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "api/filter/hex_token.h"

namespace ishi::api {
namespace {

Tokenizer tokenizer() {
  const std::vector<std::uint8_t> key(32, 7);
  return *Tokenizer::create("test", key);
}

std::string random_hex(std::mt19937_64& random) {
  static constexpr char kDigits[] = "0123456789abcdefABCDEF";
  std::string text;
  for (std::size_t i = 0; i < kHexTokenBytes; ++i) text += kDigits[random() % 22];
  return text;
}

// Lines as they come: tokens, cards, near misses, blanks, both line ends, the last one perhaps without.
std::string random_body(std::mt19937_64& random) {
  std::string body = random() % 4 == 0 ? "\xEF\xBB\xBF" : "";
  for (std::size_t lines = random() % 200; lines > 0; --lines) {
    switch (random() % 8) {
      case 0: body += "01130012:12345:" + std::to_string(random() % 1'000'000) + ":01"; break;
      case 1: body += random_hex(random) + "0"; break;
      case 2: body += random_hex(random).substr(1); break;
      case 3: body += std::string(random() % 70, 'x'); break;
      case 4: body += random_hex(random).replace(random() % 32, 1, "g"); break;
      default: body += random_hex(random);
    }
    if (lines > 1 || random() % 2 == 0) body += random() % 5 == 0 ? "\r\n" : "\n";
  }
  return body;
}

void on_three_threads(std::size_t chunks, const std::function<void(std::size_t)>& work) {
  std::vector<std::jthread> threads;
  for (std::size_t number = 0; number < 3; ++number)
    threads.emplace_back([&, number] {
      for (std::size_t i = number; i < chunks; i += 3) work(i);
    });
}

void expect_same(const PeopleList& one, const PeopleList& other) {
  ASSERT_EQ(one.row_count, other.row_count);
  ASSERT_EQ(one.places.size(), other.places.size());
  for (std::size_t i = 0; i < one.places.size(); ++i) {
    EXPECT_EQ(one.places[i].offset, other.places[i].offset);
    EXPECT_EQ(one.places[i].length, other.places[i].length);
    EXPECT_EQ(one.places[i].line, i + 1);
    EXPECT_EQ(other.places[i].line, i + 1);
  }
  ASSERT_EQ(one.groups.size(), other.groups.size());
  for (std::size_t i = 0; i < one.groups.size(); ++i) {
    EXPECT_EQ(one.groups[i].first_line, other.groups[i].first_line);
    EXPECT_TRUE(one.groups[i].tokens == other.groups[i].tokens);
    EXPECT_TRUE(one.groups[i].forms == other.groups[i].forms);
    EXPECT_EQ(one.groups[i].rows, other.groups[i].rows);
  }
}

TEST(TextList, WhereTheCutsFallChangesNothing) {
  const auto seed = std::random_device()();
  std::printf("seed %u\n", seed);
  std::mt19937_64 random(seed);
  const Tokenizer keyed = tokenizer();
  for (int round = 0; round < 300; ++round) {
    const std::string body = random_body(random);
    const PeopleList whole = read_text(body, keyed, run_serially, body.size() + 1);
    expect_same(whole, read_text(body, keyed, on_three_threads, 1 + random() % 300));
    EXPECT_EQ(whole.row_count, static_cast<std::size_t>(std::count(body.begin(), body.end(), '\n')) +
                                   (body.empty() || body.ends_with('\n') ? 0 : 1));
  }
}

TEST(TextList, EveryLineIsOnePersonOrInvalidInItsPlace) {
  const std::string token(32, 'a');
  const std::string body = token + "\n\nno\n" + token + "\r\n01130012:1:2:01\n" + token;
  const PeopleList list = read_text(body, tokenizer(), run_serially, 1);
  EXPECT_EQ(list.row_count, 6u);
  ASSERT_FALSE(list.groups.empty());
  EXPECT_EQ(list.groups[0].rows, (std::vector<std::uint32_t>{0, 3, 5}));
  EXPECT_EQ(list.groups[0].first_line, 1u);
}

TEST(TextList, WhatIsThrownOnAnotherThreadComesOutHere) {
  const ParallelFor share = carrying_exceptions(on_three_threads);
  std::atomic<int> done = 0;
  EXPECT_THROW(share(10,
                     [&](std::size_t i) {
                       if (i == 7) throw std::bad_alloc();
                       ++done;
                     }),
               std::bad_alloc);
  EXPECT_EQ(done, 9);
}

TEST(HexToken, TheVectorAndTheTableSayTheSameOfEveryByteInEveryPlace) {
  const HexTokenParser vector = vector_hex_token_parser();
  if (!vector) GTEST_SKIP() << "this processor has no vector form";
  const std::string good = "0123456789abcdefABCDEF9876543210";
  for (std::size_t place = 0; place < kHexTokenBytes; ++place)
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = good;
      text[place] = static_cast<char>(byte);
      Token one, other;
      const bool by_table = parse_hex_token_by_table(text.data(), one);
      ASSERT_EQ(by_table, vector(text.data(), other)) << place << " " << byte;
      ASSERT_EQ(by_table, Token::parse_hex(text).has_value());
      if (!by_table) continue;
      ASSERT_TRUE(one == other);
      ASSERT_TRUE(one == *Token::parse_hex(text));
    }
}

}  // namespace
}  // namespace ishi::api

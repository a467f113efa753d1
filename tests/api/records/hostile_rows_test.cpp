// Any bytes at all: every byte of the body belongs to exactly one row or to blank lines between rows, rows come in
// order, and the reader ends. The seed is printed; run with ISHI_SEED to repeat.
#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

#include "api/records/record_reader.h"

namespace ishi::api {
namespace {

std::uint64_t chosen_seed() {
  if (const char* text = std::getenv("ISHI_SEED")) return std::strtoull(text, nullptr, 10);
  return std::random_device{}();
}

void read_all(RecordFormat format, std::string_view body) {
  RecordReader reader(format, body);
  const char* at = body.data() + reader.header_bytes().size();
  std::uint64_t line = 0;
  while (const Row* row = reader.next()) {
    ASSERT_GE(row->bytes.data(), at);
    ASSERT_FALSE(row->bytes.empty());
    ASSERT_GT(row->line, line);
    ASSERT_LE(row->fields.size(), kRowFieldsMax);
    ASSERT_TRUE(row->fault == RowFault::kNone || row->fields.empty());
    for (const Field& field : row->fields) {
      ASSERT_LE(field.name.size(), kNameBytesMax);
      ASSERT_LE(field.text.size(), kRowBytesMax);
    }
    line = row->line;
    at = row->bytes.data() + row->bytes.size();
  }
  ASSERT_LE(at, body.data() + body.size());
}

TEST(HostileRows, NeverLeaveTheBody) {
  const std::uint64_t seed = chosen_seed();
  RecordProperty("seed", std::to_string(seed));
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::mt19937_64 random(seed);
  const std::string alphabet = "{}[]:,\"\\ \n\r\tabtfnu0123.-e\xE3\x81\x82\xFF\x80#";
  for (int round = 0; round < 20'000; ++round) {
    std::string body(random() % 200, '\0');
    for (char& character : body) character = alphabet[random() % alphabet.size()];
    for (const RecordFormat format : {RecordFormat::kNdjson, RecordFormat::kJson, RecordFormat::kCsv}) {
      ASSERT_NO_FATAL_FAILURE(read_all(format, body)) << "seed " << seed << " round " << round;
    }
  }
}

TEST(HostileRows, GoodRowsWithOneByteChangedNeverLeaveTheBody) {
  const std::uint64_t seed = chosen_seed();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::mt19937_64 random(seed);
  const std::string good =
      "{\"token\":\"00112233445566778899aabbccddeeff\",\"regimes\":[\"A\",\"B\"],\"scope\":{\"x\":"
      "\"\\u3042\\ud83d\\ude00\"},"
      "\"n\":-1.5e+10,\"t\":true,\"f\":false,\"z\":null}\n";
  for (int round = 0; round < 50'000; ++round) {
    std::string body = good + good;
    body[random() % (good.size() - 1)] = static_cast<char>(random());
    ASSERT_NO_FATAL_FAILURE(read_all(RecordFormat::kNdjson, body)) << "seed " << seed << " round " << round;
    RecordReader reader(RecordFormat::kNdjson, body);
    const Row* last = nullptr;
    bool last_good = false;
    while ((last = reader.next()) != nullptr) last_good = last->fault == RowFault::kNone;
    ASSERT_TRUE(last_good) << "seed " << seed << " round " << round;
  }
}

}  // namespace
}  // namespace ishi::api

// Documents made to hurt: deep, huge, broken at any byte. The reading ends, and ends in complaints.
#include <random>

#include <gtest/gtest.h>

#include "registry/policy/reading/toml_guard.h"
#include "tests/registry/policy/reading.h"

namespace ishi {
namespace {

using namespace policy_testing;

std::string repeated(const std::string& text, std::size_t times) {
  std::string result;
  result.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

void expect_refused(const std::string& text, const std::string& says) {
  const PolicyReading reading = read_with(text);
  EXPECT_FALSE(reading.book);
  ASSERT_FALSE(reading.complaints.empty());
  EXPECT_LE(reading.complaints.size(), 100U);
  EXPECT_NE(describe(reading).find(says), std::string::npos) << describe(reading).substr(0, 500);
}

TEST(Hostile, NestingIsRefusedBeforeItReachesTheStack) {
  expect_refused("a = " + repeated("[", 1'000'000), "nested deeper");
  expect_refused("a = " + repeated("{a=", 1'000'000), "nested deeper");
  expect_refused(repeated("a.", 1'000'000) + "a = 1", "dots outside strings");
  expect_refused("[" + repeated("a.", 1'000'000) + "a]", "dots outside strings");
  expect_refused(repeated("\"a\" . ", 1'000'000) + "a = 1", "dots outside strings");
  expect_refused(repeated("'='.", 1'000'000) + "a = 1", "dots outside strings");
}

TEST(Hostile, NestingInsideStringsAndCommentsIsHarmless) {
  const std::string deep = repeated("[.{", 100);
  for (const std::string& text : {"a = \"" + deep + "\\\"" + deep + "\"", "a = '" + deep + "'", "# " + deep,
                                  "a = \"\"\"" + deep + "\"\n" + deep + "\"\"\"",
                                  "a = '''" + deep + "\n" + deep + "''''", "a = \"\"\"" + deep + "\"\"\"\"\"\nb = 1"}) {
    std::size_t marks = 0;
    EXPECT_FALSE(find_toml_obstacle(text, marks)) << text;
    EXPECT_LE(marks, 2U) << text;
  }
}

TEST(Hostile, NestingAfterAStringIsSeenOnItsLine) {
  std::size_t marks = 0;
  const auto obstacle = find_toml_obstacle("a = \"\"\"x\ny\"\"\"\"\"\nb = '['\nc = [[[[[[[[[", marks);
  ASSERT_TRUE(obstacle);
  EXPECT_EQ(obstacle->line, 4U);
}

TEST(Hostile, TooManyValuesAreRefusedBeforeTheyFillTheMemory) {
  expect_refused("a = [" + repeated("[],", 5'000'000) + "]", "values; split the book");
  expect_refused(std::string((64U << 20U) + 1, '\n'), "larger than 64 MB");
  const std::vector<PolicyDocument> many(65, kSmallest);
  EXPECT_EQ(read_policy(many).complaints.size(), 1U);
}

TEST(Hostile, ThousandsOfMistakesBringAHundredComplaints) {
  expect_refused(repeated("[[institution]]\ncode = 1\n", 10'000), "institution[1].code");
  expect_refused(repeated("[[template]]\nid = \"x\"\n", 10'000), "template[1].regime");
  std::string keys;
  for (int i = 0; i < 100'000; ++i) keys += "k" + std::to_string(i) + " = 1\n";
  expect_refused(keys, "unknown key");
  EXPECT_EQ(read_with(keys).complaints.size(), 100U);
}

TEST(Hostile, BytesThatAreNoTextAreRefused) {
  expect_refused(std::string("a = \"\xFF\xFE\""), "is not TOML");
  expect_refused(std::string("a = \"\0\"", 7), "is not TOML");
  expect_refused("a = 1\na = 2\n", "is not TOML");
  expect_refused("a = \"unclosed\nb = 1\n", "is not TOML");
}

TEST(Hostile, AMessageIsOneLineWhateverTheDocumentSays) {
  for (const std::string& text :
       {std::string("[\"a\\nb\"]\n[\"a\\nb\"]\n"), std::string("\"a\\nb\" = 1\n\"a\\nb\" = 2\n"),
        "\"" + repeated("\\n", 5000) + "\" = 1\n\"" + repeated("\\n", 5000) + "\" = 2\n"}) {
    const PolicyReading reading = read_with(text);
    ASSERT_EQ(reading.complaints.size(), 1U);
    const std::string& message = reading.complaints.front().message;
    EXPECT_TRUE(message.starts_with("is not TOML: ")) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    EXPECT_LE(message.size(), 400U);
  }
}

TEST(Hostile, MessagesRepeatLittleOfTheDocument) {
  const PolicyReading reading = read_with(repeated("見", 300) + " = 1\n\"" + repeated("見", 300) + "\" = 1\n");
  for (const PolicyComplaint& complaint : reading.complaints) {
    EXPECT_LE(complaint.field.size() + complaint.message.size(), 1'000U);
  }
}

// One byte of a good book is changed, dropped or doubled: it is read or refused, never more.
TEST(Hostile, AnyDamagedByteIsSurvived) {
  const auto seed = std::random_device()();
  std::cout << "seed " << seed << "\n";
  std::mt19937 random(seed);
  std::vector<PolicyDocument> documents{shipped("regimes.toml"), shipped("option_4.toml"),
                                        shipped("local.example.toml")};
  for (int i = 0; i < 400; ++i) {
    std::vector<PolicyDocument> damaged = documents;
    std::string& text = damaged[random() % damaged.size()].text;
    const std::size_t at = random() % text.size();
    switch (random() % 3) {
      case 0: text[at] = static_cast<char>(random() % 256); break;
      case 1: text.erase(at, 1 + random() % 20); break;
      default: text.insert(at, text.substr(random() % text.size(), random() % 40)); break;
    }
    const PolicyReading reading = read_policy(damaged);
    ASSERT_EQ(reading.book != nullptr, reading.complaints.empty()) << "seed " << seed << " round " << i;
  }
}

}  // namespace
}  // namespace ishi

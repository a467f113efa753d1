// Arbitrary bytes and awkward characters against the parser. Its promises: it never crashes, what it accepts is a
// fixed point, and what it accepts is made of what a canonical form may hold. ISHI_SEED repeats a run.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>

#include "registry/identifiers/canonical.h"
#include "registry/identifiers/check_digit.h"
#include "registry/identifiers/insurance_id.h"

namespace ishi {
namespace {

constexpr int kRounds = 200'000;

class RandomText : public ::testing::Test {
 protected:
  RandomText() {
    const char* const wanted = std::getenv("ISHI_SEED");
    seed_ = wanted ? static_cast<std::uint32_t>(std::strtoul(wanted, nullptr, 10)) : std::random_device{}();
    random_.seed(seed_);
    std::printf("seed %u (ISHI_SEED=%u repeats it)\n", seed_, seed_);
  }

  std::size_t below(std::size_t end) { return random_() % end; }

  std::string bytes(std::size_t size_max) {
    std::string text(below(size_max + 1), '\0');
    for (char& byte : text) byte = static_cast<char>(random_());
    return text;
  }

  // What trips normalisation: widths, marks, jamo, hyphens, blanks, ligatures, planes beyond the first.
  std::string awkward(std::size_t count_max) {
    static const char* const kPieces[] = {
        "1",      "0",      "9",      "00",     "12",     "a",      "Z",      "i",          "-",          "－",
        "−",      "‐",      "―",      "ー",     "ｰ",      " ",      "　",     "\u00A0",     "・",         "/",
        ".",      ";",      "千",     "か",     "ｶ",      "ﾞ",      "゛",     "\u3099",     "\u309A",     "\u0301",
        "\u0307", "\u0323", "\u0338", "é",      "ﬁ",      "①",      "㍻",     "\uFDFA",     "\u1100",     "\u1161",
        "\u11A8", "가",     "１",     "Ａ",     "ａ",     "\u00AD", "𠀋",     "\U0001D7CF", "\U0002F800", "\u2126",
        "İ",      "ß",      "ẖ",      "\u0F71", "\u0F72", "\u0F74", "\u200B", "|",          ":",          "\uE000",
        "\u0345", "\u0390", "\u1E9B", "\u0344"};
    std::string text;
    for (std::size_t left = below(count_max + 1); left > 0; --left) text += kPieces[below(std::size(kPieces))];
    return text;
  }

  std::string field() { return below(4) == 0 ? bytes(24) : awkward(8); }

  std::uint32_t seed_ = 0;
  std::mt19937 random_;
};

void expect_promises(const Result<InsuranceId>& id) {
  if (!id) {
    EXPECT_FALSE(id.error().code.empty());
    return;
  }
  const auto again = parse_insurance_id(id->insurer, id->symbol, id->number, id->branch);
  ASSERT_TRUE(again.has_value()) << canonical_exact(*id);
  EXPECT_EQ(*again, *id) << canonical_exact(*id) << " became " << canonical_exact(*again);
  const auto line = parse_insurance_line(id->insurer + ":" + id->symbol + ":" + id->number + ":" + id->branch);
  ASSERT_TRUE(line.has_value()) << canonical_exact(*id);
  EXPECT_EQ(*line, *id);
  EXPECT_EQ(id->insurer.size(), 8U);
  EXPECT_LE(id->symbol.size(), FieldText::kBytesMax);
  EXPECT_LE(id->number.size(), FieldText::kBytesMax);
  EXPECT_TRUE(id->branch.empty() || id->branch.size() == 2);
  EXPECT_EQ((id->symbol + id->number).find_first_of(std::string("|: \t\r\n\0", 7)), std::string::npos);
  EXPECT_FALSE(looks_like_my_number(id->symbol) || looks_like_my_number(id->number));
  CanonicalText text;
  write_loose(*id, text);
  EXPECT_EQ(text.view(), canonical_loose(*id));
}

TEST_F(RandomText, ArbitraryFieldsAreRefusedOrBecomeAFixedPoint) {
  const char* const insurers[] = {"138016", "01130012", "３９１３１０１６", "  133066"};
  const char* const branches[] = {"", "0", "01", "９"};
  int accepted = 0;
  for (int round = 0; round < kRounds && !HasFailure(); ++round) {
    const auto id = parse_insurance_id(below(8) ? insurers[below(4)] : field(), field(), field(),
                                       below(8) ? branches[below(4)] : field());
    expect_promises(id);
    accepted += id.has_value();
  }
  EXPECT_GT(accepted, kRounds / 20);
}

TEST_F(RandomText, ArbitraryLinesAreRefusedOrBecomeAFixedPoint) {
  for (int round = 0; round < kRounds && !HasFailure(); ++round) {
    expect_promises(parse_insurance_line("138016:" + field() + ":" + field() + ":" + (below(2) ? "01" : "")));
    expect_promises(parse_insurance_line(bytes(80)));
    expect_promises(parse_insurance_csv("\"138016\",\"" + field() + "\",\"" + field() + "\",\"01\""));
    expect_promises(parse_insurance_csv(below(2) ? bytes(80) : "\"" + awkward(10) + "\"," + awkward(10)));
    (void)looks_like_my_number(bytes(40));
    (void)institution_code_valid(bytes(12));
  }
}

}  // namespace
}  // namespace ishi

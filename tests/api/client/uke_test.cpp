// Claims files. All of them are made here; persons and institutions are invented.
#include <gtest/gtest.h>

#include <random>

#include "api/client/formats/uke_record.h"
#include "tests/api/client/claims_file.h"

namespace ishi::client {
namespace {

const ReadingOptions kUke{FileFormat::kUke, Charset::kCp932, {}};

const std::vector<std::string> kMedical = {
    "IR,2,13,1,1234567,,医療法人　テスト医院,50811,00,03-0000-0000",
    "RE,1,1112,50810,試験　一郎,1,3400101,70,,,,,,0001,,,,,,,,,,,,,,,,,,,,,,,テスト,",
    "HO,  138016,千－１２,００１２３４５,1,354,,,,,,,,,",
    "SN,1,01,,,,01,,",
    "SY,8830417,4300801,1,,,",
    "SI,12,1,112007410,,75,1,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,",
    "RE,2,1122,50810,試験　二郎,1,3400102,70,,,,,,0002,,,,,,,,,,,,,,,,,,,,,,,テスト,",
    "HO,01130012,２１７０００２３,１,1,1004,,,,,,,,,",
    "KO,21136015,0000001,,1,1004,1000,,,,,",
    "SN,1,01,,,,00,,",
    "SN,2,01,,,,,0000001,",
    "RE,3,1112,50810,試験　三郎,2,3400103,,,,,,,0003,,,,,,,,,,,,,,,,,,,,,,,テスト,",
    "KO,54136015,7654321,,1,500,,,,,,",
    "KO,12131017,1234566,,1,120,,,,,,",
    "RE,4,1112,50810,試験　四郎,2,3400104,70,,,,,,0004,,,,,,,,,,,,,,,,,,,,,,,テスト,",
    "HO,  133017,,,1,294,,,,,,,,,",
    "RE,5,1112,50810,試験　五郎,2,3400105,70,,,,,,0005,,,,,,,,,,,,,,,,,,,,,,,テスト,",
    "GO,6,2152,99",
};
const std::vector<std::string> kDental = {
    "UK,1,13,3,7654321,,テスト歯科,50811,,00",
    "IR,1,13,3,7654321,,50811,03-0000-0000,",
    "RE,1,3112,50810,試験　一郎,1,3400101,,,,1,,,,,1/7,,,,,,,,,,テスト,",
    "HO,01130012,２１７０００２３,１,1,438,,,,,,,,",
    "IR,1,13,3,7654321,,50811,03-0000-0000,",
    "RE,2,3112,50810,試験　二郎,1,3400102,,,,1,,,,,3/7,,,,,,,,,,テスト,",
    "HO,06130017,1001,00123,1,1175,,,,,,,,",
    "IR,1,13,3,7654321,,50811,03-0000-0000,",
    "RE,3,3112,50810,試験　三郎,1,3400103,,,,1,,,,,4/7,,,,,,,,,,テスト,",
    "HO,06130017,1001,00124,1,601,,,,,,,,",
    "GO,3,2214,99",
};

std::vector<std::string> pick(const std::vector<std::string>& lines, std::initializer_list<std::size_t> numbers) {
  std::vector<std::string> picked;
  for (const std::size_t number : numbers) picked.push_back(lines[number]);
  return picked;
}

TEST(ClaimsFile, NamesEachInsuredPersonAsTheCardDoes) {
  const auto items = read_all(claims_file(kMedical), kUke).items();
  ASSERT_EQ(items.size(), 5u);
  const Identifier& first = items[0].piece.identifiers.at(0);
  EXPECT_EQ(first.insurer, "138016");
  EXPECT_EQ(first.symbol, "千－１２");
  EXPECT_EQ(first.number, "００１２３４５");
  EXPECT_EQ(first.branch, "01");
  EXPECT_EQ(items[0].piece.line, 2u);
  const Identifier& second = items[1].piece.identifiers.at(0);
  EXPECT_EQ(second.insurer, "01130012");
  EXPECT_EQ(second.branch, "00") << "of the insurance, not of the public payer";
}

TEST(ClaimsFile, APublicExpenseClaimIsKnownByItsRecipientNumberPublicAssistanceFirst) {
  const auto items = read_all(claims_file(kMedical), kUke).items();
  const Identifier& person = items[2].piece.identifiers.at(0);
  EXPECT_EQ(person.insurer, "12131017");
  EXPECT_EQ(person.number, "1234566");
  EXPECT_EQ(person.branch, "");
  EXPECT_EQ(items[2].piece.claim_records, 2u);
  EXPECT_EQ(items[2].piece.claim_points, 500u) << "the first public payer's points stand for the claim";
}

TEST(ClaimsFile, AClaimWithoutInsuredPersonSaysWhy) {
  const auto items = read_all(claims_file(kMedical), kUke).items();
  EXPECT_EQ(items[3].piece.problem, "number_missing");
  EXPECT_EQ(items[4].piece.problem, "insured_person_missing");
  EXPECT_TRUE(items[3].piece.identifiers.empty());
}

TEST(ClaimsFile, TwoBranchNumbersForOneCardAreDoubt) {
  const auto items =
      read_all(claims_file({"RE,1,1112", "HO,01130012,1,2,1,10", "SN,1,01,,,,00,,", "SN,1,01,,,,01,,"}), kUke).items();
  EXPECT_EQ(items.at(0).piece.problem, "branch_conflict");
}

TEST(ClaimsFile, AnEligibilityCheckOfAnotherInsurerIsDoubt) {
  const auto items =
      read_all(claims_file({"RE,1,1112", "HO,01130012,1,2,1,10", "SN,1,01,06130017,1,2,00,,"}), kUke).items();
  EXPECT_EQ(items.at(0).piece.problem, "insurer_differs_from_check");
  const auto same =
      read_all(claims_file({"RE,1,1112", "HO,  138016,1,2,1,10", "SN,1,01,00138016,1,2,00,,"}), kUke).items();
  EXPECT_EQ(same.at(0).piece.problem, "");
}

TEST(ClaimsFile, KeptWholeItComesBackByteForByte) {
  for (const auto& lines : {kMedical, kDental}) {
    for (const std::string_view line_end : {"\r\n", "\n"}) {
      std::string bytes = claims_file(lines, line_end);
      for (const std::string& tail :
           {std::string(), std::string("\x1A"), std::string("\x1A\r\n"), std::string("\r\n")}) {
        const std::string whole = bytes + tail;
        EXPECT_EQ(write_all(read_all(whole, kUke), FileFormat::kUke, [](std::size_t) { return true; }).bytes, whole);
      }
      bytes.resize(bytes.size() - line_end.size());  // no line end at the end
      EXPECT_EQ(write_all(read_all(bytes, kUke), FileFormat::kUke, [](std::size_t) { return true; }).bytes, bytes);
    }
  }
}

TEST(ClaimsFile, ItsTotalsAreThoseOfTheSpecification) {
  for (const auto& lines : {kMedical, kDental}) {
    const auto written =
        write_all(read_all(claims_file(lines), kUke), FileFormat::kUke, [](std::size_t) { return true; });
    ASSERT_EQ(written.totals.size(), 1u);
    EXPECT_TRUE(written.totals[0].matched);
    EXPECT_FALSE(written.totals[0].written_anew);
  }
}

TEST(ClaimsFile, WithNothingKeptTheHeadersRemainAndTheTotalsAreZero) {
  const auto medical =
      write_all(read_all(claims_file(kMedical), kUke), FileFormat::kUke, [](std::size_t) { return false; });
  EXPECT_EQ(medical.bytes, claims_file({kMedical.front(), "GO,0,0,99"}));
  const auto dental =
      write_all(read_all(claims_file(kDental), kUke), FileFormat::kUke, [](std::size_t) { return false; });
  EXPECT_EQ(dental.bytes, claims_file({kDental[0], kDental[1], "GO,0,0,99"}));
  EXPECT_EQ(dental.totals.at(0).before, "3,2214");
}

TEST(ClaimsFile, OneHeaderForTheFileStaysOneHeader) {
  const auto written =
      write_all(read_all(claims_file(kMedical), kUke), FileFormat::kUke, [](std::size_t item) { return item == 1; });
  auto expected = pick(kMedical, {0, 6, 7, 8, 9, 10});
  expected.push_back("GO,2,1004,99");
  EXPECT_EQ(written.bytes, claims_file(expected));
}

TEST(ClaimsFile, AHeaderForEachClaimGoesWithItsClaim) {
  const auto written =
      write_all(read_all(claims_file(kDental), kUke), FileFormat::kUke, [](std::size_t item) { return item != 0; });
  auto expected = pick(kDental, {0, 4, 5, 6, 7, 8, 9});
  expected.push_back("GO,2,1776,99");
  EXPECT_EQ(written.bytes, claims_file(expected));
}

TEST(ClaimsFile, AMissingTotalStaysMissing) {
  auto lines = kDental;
  lines.back() = "GO,,,01";  // not the last volume
  const auto volume =
      write_all(read_all(claims_file(lines), kUke), FileFormat::kUke, [](std::size_t item) { return item == 0; });
  EXPECT_TRUE(volume.bytes.ends_with("GO,,,01\r\n"));
  lines.pop_back();
  const auto none = write_all(read_all(claims_file(lines), kUke), FileFormat::kUke, [](std::size_t) { return true; });
  EXPECT_EQ(none.bytes, claims_file(lines));
  EXPECT_TRUE(none.totals.empty());
}

TEST(ClaimsFile, TotalsThatWereWrongBeforeAreReported) {
  auto lines = kDental;
  lines.back() = "GO,4,2214,99";
  const auto kept = write_all(read_all(claims_file(lines), kUke), FileFormat::kUke, [](std::size_t) { return true; });
  EXPECT_EQ(kept.bytes, claims_file(lines)) << "untouched where nothing was withheld";
  EXPECT_FALSE(kept.totals.at(0).matched);
}

TEST(ClaimsFile, SeveralInstitutionsInOneFileAreAddedUpApart) {
  auto lines = kMedical;
  lines.insert(lines.end(), kDental.begin(), kDental.end());
  const auto written =
      write_all(read_all(claims_file(lines), kUke), FileFormat::kUke, [](std::size_t item) { return item == 7; });
  auto expected = pick(kMedical, {0});
  expected.push_back("GO,0,0,99");
  for (const auto& line : pick(kDental, {0, 7, 8, 9})) expected.push_back(line);
  expected.push_back("GO,1,601,99");
  EXPECT_EQ(written.bytes, claims_file(expected));
}

TEST(ClaimsFile, RecordsOutsideAnyClaimAreNeverCopied) {
  const auto reading = read_all(
      claims_file({"SI,12,1,112007410", "IR,1", "SY,1", "RE,1,1112", "HO,01130012,1,2,1,10", "GO,1,10,99", "SJ,1,a"}),
      kUke);
  const auto items = reading.items();
  ASSERT_EQ(items.size(), 4u);
  EXPECT_EQ(items[0].piece.problem, "record_outside_claim");
  EXPECT_EQ(items[1].piece.problem, "record_outside_claim");
  EXPECT_EQ(items[3].piece.problem, "record_outside_claim");
}

TEST(ClaimsFile, TotalsBeforeTheirClaimsAreRefused) {
  EXPECT_EQ(read_all(claims_file({"IR,1", "GO,1,10,99", "RE,1,1112", "HO,01130012,1,2,1,10"}), kUke).error,
            "uke_order");
  EXPECT_EQ(read_all(claims_file({"IR,1", "GO,1,10,99", "GO,1,10,99"}), kUke).error, "uke_order");
}

TEST(ClaimsFile, AnIdentifierInUnreadableCharactersIsAProblemOfItsClaimAlone) {
  std::string bytes = claims_file({"IR,1", "RE,1,1112"}) + "HO,01130012,\x81,1,1,10\r\n" +
                      claims_file({"RE,2,1112", "HO,01130012,1,2,1,10"});
  const auto items = read_all(bytes, kUke).items();
  EXPECT_EQ(items.at(0).piece.problem, "characters_unreadable");
  EXPECT_EQ(items.at(1).piece.problem, "");
}

TEST(ClaimsFile, NulBytesAndTruncationHarmNobodyElse) {
  const std::string nul(
      "HO,0113\0"
      "012,1,1,1,10\r\n",
      22);
  const auto items =
      read_all(claims_file({"IR,1", "RE,1,1112"}) + nul + claims_file({"RE,2,1112", "HO,01130012,1,2,1,10"}), kUke)
          .items();
  EXPECT_EQ(items.at(0).piece.problem, "characters_unreadable");
  EXPECT_EQ(items.at(1).piece.problem, "");
  const std::string whole = claims_file(kMedical);
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    const std::string cut = whole.substr(0, size);
    const auto reading = read_all(cut, kUke);
    EXPECT_EQ(reading.error, "");
    EXPECT_EQ(write_all(reading, FileFormat::kUke, [](std::size_t) { return true; }).bytes, cut);
  }
}

TEST(ClaimsFile, AClaimBeyondItsBoundIsRefusedAsAWhole) {
  std::string bytes = claims_file({"IR,1", "RE,1,1112", "HO,01130012,1,2,1,10"});
  const std::string comment = "CO," + std::string(100'000, 'x') + "\r\n";
  for (int i = 0; i < 170; ++i) bytes += comment;
  EXPECT_EQ(read_all(bytes, kUke).error, "claim_too_large");
}

TEST(ClaimsFile, RandomChoicesKeepExactlyTheChosenClaims) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 200; ++round) {
    const bool header_each = random() % 2 == 0;
    const std::size_t claims = random() % 12;
    std::vector<std::string> lines = {"UK,1", "IR,0"}, expected;
    if (!header_each && random() % 2 == 0) lines.erase(lines.begin());
    std::vector<std::vector<std::string>> bodies;
    std::vector<bool> keep;
    std::uint64_t count = 0, points = 0, kept_count = 0, kept_points = 0;
    std::size_t first_kept = claims;
    const std::vector<std::string> headers = lines;
    lines.clear();
    for (std::size_t claim = 0; claim < claims; ++claim) {
      std::vector<std::string> body = {"RE," + std::to_string(claim) + ",1112,患者"};
      const std::uint64_t its_points = random() % 5000, payers = 1 + random() % 4;
      for (std::uint64_t payer = 0; payer < payers; ++payer) {
        body.push_back(payer == 0 ? "HO,01130012,記,１,1," + std::to_string(its_points) : "KO,21136015,1,,1,7");
      }
      keep.push_back(random() % 2 == 0);
      if (keep.back() && first_kept == claims) first_kept = claim;
      count += payers;
      points += its_points;
      kept_count += keep.back() ? payers : 0;
      kept_points += keep.back() ? its_points : 0;
      bodies.push_back(body);
    }
    for (std::size_t claim = 0; claim < claims; ++claim) {
      const std::string header = "IR," + std::to_string(claim);
      if (claim == 0) lines.insert(lines.end(), headers.begin(), headers.end());
      if (claim > 0 && header_each) lines.push_back(header);
      lines.insert(lines.end(), bodies[claim].begin(), bodies[claim].end());
      if (!keep[claim]) continue;
      if (claim == first_kept) expected.assign(headers.begin(), headers.end());
      if (claim > 0 && header_each) {
        if (claim == first_kept) expected.pop_back();
        expected.push_back(header);
      }
      expected.insert(expected.end(), bodies[claim].begin(), bodies[claim].end());
    }
    if (claims == 0) lines = headers;
    if (first_kept == claims) expected = headers;
    lines.push_back("GO," + std::to_string(count) + "," + std::to_string(points) + ",99");
    expected.push_back("GO," + std::to_string(kept_count) + "," + std::to_string(kept_points) + ",99");
    const auto written =
        write_all(read_all(claims_file(lines), kUke), FileFormat::kUke, [&](std::size_t item) { return keep[item]; });
    EXPECT_EQ(written.bytes, claims_file(expected));
  }
}

}  // namespace
}  // namespace ishi::client

// What a world looks like on disk.
#include <gtest/gtest.h>

#include <sys/resource.h>
#include <array>
#include <fstream>
#include <memory>
#include <regex>
#include <set>
#include <sstream>

#include "api/synth/files/hospital_copy.h"
#include "registry/events/event.h"
#include "registry/identifiers/check_digit.h"
#include "registry/identifiers/insurance_id.h"
#include "registry/policy/reading/policy_text.h"
#include "tests/api/synth/world_files.h"
#include "tests/support/paths.h"

namespace ishi::synth::testing {
namespace {

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST(World, TheSameSeedGivesTheSameBytesAndAnotherSeedOthers) {
  SynthRequest request = scenario(Scenario::kCity, 0.01, 7);
  request.truth = true;
  const MadeWorld one(request), again(request);
  request.world.seed = 8;
  const MadeWorld other(request);
  ASSERT_EQ(one.files(), again.files());
  for (const auto& file : one.files()) EXPECT_EQ(contents(one.path(file)), contents(again.path(file))) << file;
  EXPECT_NE(one.text("notices.csv"), other.text("notices.csv"));
  EXPECT_NE(one.text("keys.json"), other.text("keys.json"));
}

TEST(World, MemoryDoesNotGrowWithThePopulation) {
  const auto peak_kilobytes = [] {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
  };
  { const MadeWorld small(scenario(Scenario::kCity, 0.05)); }
  const long before = peak_kilobytes();
  { const MadeWorld large(scenario(Scenario::kCity, 1.0)); }  // twenty times the people
  EXPECT_LT(peak_kilobytes() - before, 8 * 1024);
}

TEST(World, BringsAPolicyBookThatReads) {
  for (const Scenario of : {Scenario::kTiny, Scenario::kCity}) {
    const MadeWorld world(scenario(of, of == Scenario::kCity ? 0.01 : 1.0));
    for (const char* profile : {"option_1", "option_2_1", "option_2_2", "option_3", "option_4"}) {
      std::vector<PolicyDocument> documents{{"policy.toml", world.text("policy.toml")}};
      for (const std::string& name : {std::string("regimes.toml"), std::string(profile) + ".toml"}) {
        documents.push_back(
            {name, contents(std::filesystem::path(ishi::testing::source_folder()) / "ops/policy" / name)});
        ASSERT_FALSE(documents.back().text.empty()) << name;
      }
      const PolicyReading reading = read_policy(documents);
      for (const PolicyComplaint& complaint : reading.complaints) {
        ADD_FAILURE() << profile << ": " << complaint.document << ":" << complaint.line << " " << complaint.field << " "
                      << complaint.message;
      }
      ASSERT_TRUE(reading.book);
      EXPECT_EQ(reading.book->institutions.size(), of == Scenario::kTiny ? 3u : 12u);
    }
  }
}

TEST(World, LetsNothingHappenAfterItsDay) {
  const MadeWorld world(scenario(Scenario::kCity, 0.05));
  const std::string today = "2026-11-20";
  for (const auto& [file, field] : std::map<std::string, std::string>{{"notices.csv", "date"},
                                                                      {"visits.csv", "date"},
                                                                      {"deaths.csv", "date"},
                                                                      {"objections.csv", "accepted_at"},
                                                                      {"withdrawals.csv", "accepted_at"},
                                                                      {"consents.csv", "accepted_at"},
                                                                      {"links.csv", "valid_from"}}) {
    for (const Row& row : world.csv(file)) EXPECT_LT(row.at(field).substr(0, 10), today) << file;
  }
}

TEST(World, WritesIdentifiersThatTheRegistryReads) {
  const MadeWorld world(scenario(Scenario::kCity, 0.05));
  for (const char* file : {"notices.csv", "visits.csv", "objections.csv", "links.csv", "deaths.csv"}) {
    for (const Row& row : world.csv(file)) {
      const auto id = parse_insurance_id(row.at("insurer"), row.at("symbol"), row.at("number"), row.at("branch"));
      ASSERT_TRUE(id.has_value()) << file;
      ASSERT_TRUE(id->check_digit_ok) << file;
    }
  }
}

TEST(Hospital, MistypesCardsAtTheStatedRates) {
  Copyist copyist(5);
  std::array<int, kDirtCount> counted{};
  const int copies = 200'000;
  for (int i = 0; i < copies; ++i) {
    Draw draw(5, Purpose::kDirt, static_cast<std::uint64_t>(i));
    const Card card = i % 5 == 0 ? Card{"39221309", "", "01234566", ""} : Card{"01220018", "21700023", "123", "00"};
    const HospitalCopy copy = copyist.copy(card, draw);
    ++counted[static_cast<std::size_t>(copy.dirt)];
    EXPECT_EQ(copy.dirt == Dirt::kNone, copy.card == card);
  }
  for (std::size_t i = 1; i < kDirtCount; ++i) {
    const Dirt dirt = static_cast<Dirt>(i);
    EXPECT_NEAR(counted[i], rate_of(dirt) * copies, rate_of(dirt) * copies * 0.01 + 2) << name_of(dirt);
  }
}

TEST(Hospital, ListsPatientsInJapaneseColumnsWithOneMyNumber) {
  const MadeWorld world(scenario(Scenario::kCity, 0.05));
  int utf8 = 0, cp932 = 0, patients = 0;
  for (const auto& file : world.files()) {
    if (file.filename() != "patients.csv") continue;
    std::string text = contents(world.path(file));
    if (text.starts_with("\xEF\xBB\xBF")) {
      ++utf8;
      text.erase(0, 3);
    } else {
      ++cp932;
      text = from_cp932(text);
    }
    ASSERT_TRUE(text.starts_with("患者番号,氏名,カナ氏名,生年月日,性別,保険者番号,記号,番号,枝番,最終来院日\r\n"));
    int my_numbers = 0;
    const std::vector<std::string> lines = split(text, '\n');
    for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
      const std::vector<std::string> fields = split(lines[i], ',');
      ASSERT_EQ(fields.size(), 10u);
      my_numbers += looks_like_my_number(fields[7]) ? 1 : 0;
      ++patients;
    }
    EXPECT_EQ(my_numbers, 1) << file;
  }
  EXPECT_EQ(utf8 + cp932, 12);
  EXPECT_GT(cp932, 0);
  EXPECT_EQ(static_cast<std::uint64_t>(patients), world.summary().hospital_rows);
}

TEST(Hospital, FilesClaimsWhoseTotalsAreRight) {
  const MadeWorld world(scenario(Scenario::kCity, 0.05));
  std::set<std::string> names;
  int claims_without_insurance = 0, claims = 0;
  for (const auto& file : world.files()) {
    if (file.extension() != ".UKE") continue;
    names.insert(file.filename().string());
    const std::string bytes = contents(world.path(file));
    ASSERT_TRUE(bytes.ends_with("\r\n"));
    const std::vector<std::string> lines = split(from_cp932(bytes), '\n');
    long insurances = 0, points = 0, open = 0;
    bool insured = true;
    std::string header = split(lines[0], ',')[0], before;
    EXPECT_TRUE(header == "IR" || header == "UK" || header == "YK") << header;
    for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
      ASSERT_TRUE(lines[i].ends_with("\r"));
      const std::vector<std::string> fields = split(lines[i].substr(0, lines[i].size() - 1), ',');
      if (fields[0] == "RE" || fields[0] == "GO") claims_without_insurance += insured ? 0 : 1;
      if (fields[0] == "RE") {
        ASSERT_EQ(std::stol(fields[1]), ++open);
        if (header == "UK") {
          EXPECT_EQ(before, "IR");
        }
        insured = false;
        ++claims;
      } else if (fields[0] == "HO") {
        ASSERT_EQ(fields.size(), 15u);
        ASSERT_EQ(fields[1].size(), 8u);
        ++insurances;
        points += std::stol(fields[5]);
        insured = true;
      } else if (fields[0] == "KO") {
        ASSERT_TRUE(luhn_valid(fields[1]) || fields[1].starts_with("12"));
        ++insurances;
        if (before == "RE") points += std::stol(fields[5]);  // no HO: paid by public expense alone
        insured = true;
      } else if (fields[0] == "SN") {
        ASSERT_EQ(fields[6].size(), 2u);
      } else if (fields[0] == "GO") {
        EXPECT_EQ(std::stol(fields[1]), insurances) << file;
        EXPECT_EQ(std::stol(fields[2]), points) << file;
        EXPECT_EQ(i + 2, lines.size()) << "GO is last";
      }
      before = fields[0];
    }
  }
  EXPECT_EQ(names, (std::set<std::string>{"RECEIPTC.UKE", "RECEIPTD.UKE", "RECEIPTS.UKE", "RECEIPTY.UKE"}));
  EXPECT_EQ(claims_without_insurance, 12 * 2);
  EXPECT_GT(claims, 1'000);
}

TEST(Hospital, WritesCoverageWithBothSystemsOfJpCore) {
  const MadeWorld world(scenario(Scenario::kTiny));
  int members = 0, coverages = 0;
  for (const auto& file : world.files()) {
    if (file.filename() != "coverage.ndjson") continue;
    for (const std::string& line : split(contents(world.path(file)), '\n')) {
      if (line.empty()) continue;
      EXPECT_TRUE(line.starts_with("{\"resourceType\":\"Coverage\""));
      members += line.find("Idsystem/JP_Insurance_memberID\"") != std::string::npos ? 1 : 0;
      coverages += line.find("IdSystem/JP_Coverage_id\"") != std::string::npos ? 1 : 0;
    }
  }
  EXPECT_GT(members, 50);
  EXPECT_GT(coverages, 50);
}

TEST(Command, SaysWhatIsWrongWithItsOptions) {
  const std::vector<std::string> none, unknown{"--scenario", "S-MOON", "--out", "/tmp"},
      date{"--scenario", "S-TINY", "--out", "/tmp/none", "--today", "2026-02-30"};
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(run_synth(none), 2);
  EXPECT_EQ(run_synth(unknown), 2);
  EXPECT_EQ(run_synth(date), 2);
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("--today"), std::string::npos);
}

}  // namespace
}  // namespace ishi::synth::testing

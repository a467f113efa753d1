// The hospital files of a world, read by the readers that `ishi filter` uses.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>

#include "api/client/formats/format.h"
#include "registry/identifiers/check_digit.h"
#include "tests/api/synth/world_files.h"

namespace ishi::synth::testing {
namespace {

using client::FileFormat;

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

struct Read {
  int items = 0, without_person = 0, my_numbers = 0;
  std::string kept;
  std::vector<client::TotalsLine> totals;
};

Read read_all(const std::string& bytes, FileFormat format) {
  client::ReadingOptions options;
  options.format = format;
  client::Utf8Check check;
  check.feed(bytes);
  options.charset = check.valid() ? client::Charset::kUtf8 : client::Charset::kCp932;
  const auto source = client::open_memory(bytes);
  const auto reader = client::make_reader(*source, options);
  Read read;
  const auto writer = client::make_writer(format, [&](std::string_view out) -> Result<void> {
    read.kept += out;
    return {};
  });
  client::Piece piece;
  for (;;) {
    const Result<bool> more = reader->next(piece);
    EXPECT_TRUE(more.has_value()) << more.error().detail;
    if (!more || !*more) break;
    EXPECT_TRUE(writer->write(piece, true).has_value());
    if (piece.kind != client::PieceKind::kItem) continue;
    ++read.items;
    if (piece.identifiers.empty()) ++read.without_person;
    for (const client::Identifier& identifier : piece.identifiers) {
      const bool refused = looks_like_my_number(identifier.number) ||
                           identifier.text.find("123456789018") != std::string::npos ||
                           identifier.text.find("１２３４５６７８９０１８") != std::string::npos;
      read.my_numbers += refused ? 1 : 0;
    }
  }
  EXPECT_TRUE(writer->finish().has_value());
  read.totals = writer->totals();
  return read;
}

TEST(Readers, ReadEveryHospitalFileAndGiveItBackByteForByte) {
  const MadeWorld world(scenario(Scenario::kCity, 0.02));
  std::map<FileFormat, int> items;
  int claims_without_person = 0;
  for (const auto& file : world.files()) {
    if (*file.begin() != "hospital") continue;
    const std::string bytes = contents(world.path(file));
    const auto format = client::detect_format(file.filename().string(), bytes.substr(0, 4'096), std::nullopt);
    ASSERT_TRUE(format.has_value()) << file << ": " << format.error().detail;
    const Read read = read_all(bytes, *format);
    items[*format] += read.items;
    EXPECT_EQ(read.kept, bytes) << file;
    for (const client::TotalsLine& line : read.totals) EXPECT_TRUE(line.matched) << file << ": " << line.before;
    if (*format == FileFormat::kUke)
      claims_without_person += read.without_person;
    else
      EXPECT_EQ(read.my_numbers, 1) << file;
  }
  EXPECT_EQ(claims_without_person, 12 * 2);
  EXPECT_EQ(items[FileFormat::kCsv], static_cast<int>(world.summary().hospital_rows));
  EXPECT_EQ(items[FileFormat::kFhir], static_cast<int>(world.summary().hospital_rows));
  EXPECT_EQ(items[FileFormat::kIds], static_cast<int>(world.summary().hospital_rows));
  EXPECT_GT(items[FileFormat::kUke], 500);
}

}  // namespace
}  // namespace ishi::synth::testing

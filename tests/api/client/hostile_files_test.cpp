// Whatever the bytes, a reader answers: an error about the file, or pieces that put together are the file again.
#include <gtest/gtest.h>

#include <random>

#include "tests/api/client/claims_file.h"

namespace ishi::client {
namespace {

const std::vector<std::string> kWords = {"UK,1",
                                         "IR,1",
                                         "RE,1,1112",
                                         "HO,01130012,1,2,1,10",
                                         "KO,12131017,1234566,,1,5",
                                         "SN,1,01,,,,00",
                                         "GO,1,10,99",
                                         "GO",
                                         "SY,1",
                                         "\x1A",
                                         "\r\n",
                                         "\n",
                                         "\r",
                                         ",",
                                         "\"",
                                         ":",
                                         "\xEF\xBB\xBF",
                                         "\x81",
                                         std::string(1, '\0'),
                                         "insurer,number",
                                         "138016,1",
                                         "01130012:1:2:00",
                                         "00112233445566778899aabbccddeeff",
                                         "{\"resourceType\":\"Patient\",\"id\":\"a\"}",
                                         "{",
                                         "}",
                                         "[[[[",
                                         "\"subject\":{\"reference\":\"Patient/a\"}",
                                         "あ"};

TEST(HostileFiles, ComeBackWholeOrAreRefusedWhole) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  std::size_t read = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes;
    for (std::size_t words = random() % 30; words > 0; --words) {
      bytes += kWords[random() % kWords.size()];
      if (random() % 2 == 0) bytes += "\r\n";
    }
    const auto format = static_cast<FileFormat>(random() % 6);
    const auto charset = random() % 2 == 0 ? Charset::kUtf8 : Charset::kCp932;
    const Reading reading = read_all(bytes, ReadingOptions{format, charset, {}});
    if (!reading.error.empty()) continue;
    ++read;
    ASSERT_EQ(write_all(reading, format, [](std::size_t) { return true; }).bytes, bytes) << name_of(format);
    // A writer without sums: nothing of a withheld item is ever left.
    if (format == FileFormat::kUke) continue;
    std::string others;
    for (const ReadPiece& piece : reading.pieces) {
      if (piece.piece.kind != PieceKind::kItem) others += piece.bytes;
    }
    ASSERT_EQ(write_all(reading, format, [](std::size_t) { return false; }).bytes, others);
  }
  EXPECT_GT(read, 5'000u);
}

TEST(HostileFiles, AWithheldClaimLeavesNoByteBehind) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 5'000; ++round) {
    std::string bytes;
    for (std::size_t lines = random() % 25; lines > 0; --lines) {
      const std::string& word = kWords[random() % 9];
      bytes += word;
      if (!word.starts_with("UK") && !word.starts_with("IR") && !word.starts_with("GO")) bytes += ",secret";
      bytes += "\r\n";
    }
    const Reading reading = read_all(bytes, ReadingOptions{FileFormat::kUke, Charset::kCp932, {}});
    const std::string left = write_all(reading, FileFormat::kUke, [](std::size_t) { return false; }).bytes;
    ASSERT_EQ(left.find("secret"), std::string::npos) << bytes;
  }
}

}  // namespace
}  // namespace ishi::client

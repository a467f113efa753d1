// The stored form of events. Golden bytes are written by hand-run only: ISHI_WRITE_GOLDEN=1 events_test, and the test
// that writes them fails, so that nobody does it by accident.
#include "registry/events/event_codec.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/registry/events/sample_events.h"
#include "tests/support/paths.h"

namespace ishi {
namespace {

std::filesystem::path golden_path(const std::string& name) {
  return std::filesystem::path(ishi::testing::source_folder()) / "tests/golden/events" / (name + ".hex");
}

// Hex in lines of 32 bytes, for eyes and diffs.
std::string hex_lines(ByteView bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 32) {
    text += to_hex(bytes.subspan(i, std::min<std::size_t>(32, bytes.size() - i))) + "\n";
  }
  return text;
}

Bytes encoded(const Event& event) {
  auto bytes = encode_event(event);
  EXPECT_TRUE(bytes.has_value()) << bytes.error().detail;
  return bytes.value_or(Bytes{});
}

TEST(EventCodec, EveryKindKeepsTheBytesItAlwaysHad) {
  for (const auto& [name, event] : testing::sample_events()) {
    const std::string text = hex_lines(encoded(event));
    if (std::getenv("ISHI_WRITE_GOLDEN") != nullptr) {
      std::ofstream(golden_path(name)) << text;
      ADD_FAILURE() << "wrote " << golden_path(name)
                    << ": review the difference, then run again without ISHI_WRITE_GOLDEN";
      continue;
    }
    std::ifstream file(golden_path(name));
    ASSERT_TRUE(file) << "no golden bytes for " << name;
    std::stringstream golden;
    golden << file.rdbuf();
    EXPECT_EQ(text, golden.str()) << name << ": the stored format must not change";
  }
}

TEST(EventCodec, GoldenBytesStillReadAsTheSameEvent) {
  for (const auto& [name, event] : testing::sample_events()) {
    std::ifstream file(golden_path(name));
    std::string text, line;
    while (std::getline(file, line)) text += line;
    auto bytes = from_hex(text);
    ASSERT_TRUE(bytes && !bytes->empty()) << name;
    auto decoded = decode_event(*bytes);
    ASSERT_TRUE(decoded.has_value()) << name << ": " << decoded.error().detail;
    EXPECT_EQ(*decoded, event) << name;
  }
}

TEST(EventCodec, EveryKindHasAGoldenFile) {
  std::set<EventKind> kinds;
  for (const auto& [name, event] : testing::sample_events()) kinds.insert(kind_of(event.body));
  EXPECT_EQ(kinds.size(), std::variant_size_v<EventBody>);
}

TEST(EventCodec, ANoticeIsLaidOutAsTheReadmeSays) {
  const Event event{Timestamp(0x0102), "ab", NoticeVoided{testing::token_of(1), "h", "", CivilDate(-1)}};
  EXPECT_EQ(to_hex(encoded(event)),
            "01"
            "04"
            "0000000000000102"
            "00026162"
            "0000000000000001"
            "9e3779b97f4a7c15"
            "000168"
            "0000"
            "ffffffff");
}

TEST(EventCodec, WhatIsWrittenReadsBackTheSame) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int i = 0; i < 5'000; ++i) {
    const Event event = testing::random_event(random);
    auto decoded = decode_event(encoded(event));
    ASSERT_TRUE(decoded.has_value()) << decoded.error().detail;
    ASSERT_EQ(*decoded, event);
  }
}

TEST(EventCodec, EveryShorterOrLongerFormIsRefused) {
  for (const auto& [name, event] : testing::sample_events()) {
    const Bytes bytes = encoded(event);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(decode_event(ByteView(bytes).first(size)).has_value()) << name << " cut to " << size;
    }
    Bytes longer = bytes;
    longer.push_back(0);
    EXPECT_FALSE(decode_event(longer).has_value()) << name;
  }
}

// Canonical: whatever is accepted encodes to exactly the bytes that were accepted.
TEST(EventCodec, AMutatedEventIsRefusedOrIsTheOnlyFormOfAnotherEvent) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  int accepted = 0, refused = 0;
  for (int i = 0; i < 30'000; ++i) {
    const Bytes original = encoded(testing::random_event(random));
    Bytes bytes = original;
    for (std::size_t n = 1 + random() % 3; n > 0; --n) {
      const std::size_t at = random() % bytes.size();
      switch (random() % 4) {
        case 0: bytes[at] = static_cast<std::uint8_t>(random()); break;
        case 1: bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ (1U << (random() % 8))); break;
        case 2:
          bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), static_cast<std::uint8_t>(random()));
          break;
        default: bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(at)); break;
      }
      if (bytes.empty()) break;
    }
    auto decoded = decode_event(bytes);
    if (decoded) {
      ++accepted;
      ASSERT_EQ(encoded(*decoded), bytes);
    } else {
      ++refused;
      ASSERT_EQ(decoded.error().kind, ErrorKind::kCorrupt);
    }
  }
  EXPECT_GT(accepted, 0);
  EXPECT_GT(refused, 0);
}

TEST(EventCodec, NoiseIsRefused) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int i = 0; i < 30'000; ++i) {
    Bytes bytes(random() % 200);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    if (bytes.size() > 2)
      bytes[0] = static_cast<std::uint8_t>(1 + random() % 3), bytes[1] = static_cast<std::uint8_t>(1 + random() % 36);
    auto decoded = decode_event(bytes);
    if (decoded) {
      ASSERT_EQ(encoded(*decoded), bytes);
    }
  }
}

TEST(EventCodec, AnotherVersionIsRefused) {
  for (auto [name, event] : testing::sample_events()) {
    Bytes bytes = encoded(event);
    const std::uint8_t own = bytes[0];
    for (const std::uint8_t version : Bytes{0, 1, 2, 3, 255}) {
      if (version == own) continue;
      bytes[0] = version;
      EXPECT_FALSE(decode_event(bytes).has_value()) << name;
    }
  }
}

TEST(EventCodec, ANameLongerThanTheLogKeepsIsRefusedByItsName) {
  Event event{Timestamp(), "", NoticeVoided{testing::token_of(1), std::string(kEventNameBytesMax + 1, 'x'), "", {}}};
  auto refused = encode_event(event);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kTooLarge);
  EXPECT_NE(refused.error().detail.find("holder"), std::string::npos);
  std::get<NoticeVoided>(event.body).holder.pop_back();
  EXPECT_TRUE(decode_event(encoded(event)).has_value());
}

TEST(EventCodec, TheBoundsOfLaterKindsHoldForWritersAndReaders) {
  const auto too_large = [](EventBody body, const char* field) {
    const auto refused = encode_event({Timestamp(), "", std::move(body)});
    ASSERT_FALSE(refused.has_value()) << field;
    EXPECT_EQ(refused.error().kind, ErrorKind::kTooLarge);
    EXPECT_NE(refused.error().detail.find(field), std::string::npos) << refused.error().detail;
  };
  ReceiptIssued receipt;
  receipt.number.assign(kReceiptNumberBytesMax, '1');
  EXPECT_TRUE(decode_event(encoded({Timestamp(), "", receipt})).has_value());
  receipt.number += '1';
  too_large(receipt, "number");
  ErasureOrdered order;
  order.regimes.resize(kFactCodesMax);
  EXPECT_TRUE(decode_event(encoded({Timestamp(), "", order})).has_value());
  order.regimes.emplace_back();
  too_large(order, "regimes");
  Objection objection;
  objection.reception.emplace().on_behalf.emplace().evidence.resize(kEvidenceTypesMax + 1);
  too_large(objection, "evidence");
  objection.reception->on_behalf->evidence.assign(1, std::string(kEvidenceTypeBytesMax + 1, 'x'));
  too_large(objection, "evidence");

  // The number's length stands behind 1 + 1 + 8 + 2 bytes of head, 16 of token and 8 of the objection.
  receipt.number = "1";
  Bytes bytes = encoded({Timestamp(), "", receipt});
  constexpr std::size_t kNumberAt = 36;
  ASSERT_EQ(bytes[kNumberAt + 1], 1);
  bytes[kNumberAt + 1] = kReceiptNumberBytesMax + 1;
  bytes.insert(bytes.begin() + kNumberAt + 2, kReceiptNumberBytesMax, '1');
  EXPECT_FALSE(decode_event(bytes).has_value());

  PersonDescribed described;
  described.age_class = kAgeClassMax + 1;
  EXPECT_EQ(encode_event({Timestamp(), "", described}).error().kind, ErrorKind::kUnprocessable);
  EXPECT_EQ(encode_event({Timestamp(), "", CampaignStarted{}}).error().kind, ErrorKind::kUnprocessable);
}

TEST(EventCodec, AKindThatNoEventHasIsRefused) {
  Bytes bytes = encoded({Timestamp(), "", DeathRetracted{}});
  for (int kind = 0; kind < 256; ++kind) {
    if (empty_body(static_cast<EventKind>(kind))) continue;
    bytes[1] = static_cast<std::uint8_t>(kind);
    EXPECT_FALSE(decode_event(bytes).has_value()) << kind;
  }
  EXPECT_FALSE(empty_body(static_cast<EventKind>(0)));
  EXPECT_FALSE(empty_body(static_cast<EventKind>(static_cast<int>(kEventKindMax) + 1)));
}

TEST(EventCodec, ALetterIsFoundByItsCodeAndSpeaksOfOnePerson) {
  const EventBody letter = LetterCodeIssued{testing::token_of(1), testing::token_of(2), {}, "", CivilDate(0)};
  EXPECT_EQ(subjects_of(letter), (std::vector{testing::token_of(1), testing::token_of(2)}));
  EXPECT_EQ(persons_of(letter), std::vector{testing::token_of(1)});
  EXPECT_TRUE(persons_of(PermitApproved{}).empty());
  EXPECT_EQ(persons_of(DeathRecorded{testing::token_of(3), CivilDate(0)}), std::vector{testing::token_of(3)});
}

TEST(EventCodec, AWithdrawalOfNothingIsRefused) {
  auto refused = encode_event({Timestamp(), "", ObjectionWithdrawn{.token = {}, .objections = {}, .accepted_at = {}}});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnprocessable);
}

TEST(EventCodec, ADateOutsideTheCalendarIsRefused) {
  EXPECT_FALSE(encode_event({Timestamp(), "", DeathRecorded{{}, CivilDate(2'932'897)}}).has_value());
  EXPECT_TRUE(encode_event({Timestamp(), "", DeathRecorded{{}, CivilDate(2'932'896)}}).has_value());
  EXPECT_FALSE(encode_event({Timestamp(INT64_MAX), "", DeathRetracted{}}).has_value());
}

TEST(EventCodec, APolicyLargerThanTheLogKeepsIsRefusedAndLeavesNothingBehind) {
  PolicyPublished policy;
  for (int i = 0; i < 3; ++i) policy.documents.push_back({"big.toml", std::string(kEventTextBytesMax, ' ')});
  Bytes out = {7};
  auto refused = encode_event_onto({Timestamp(), "", policy}, out);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kTooLarge);
  EXPECT_EQ(out, Bytes{7});
}

}  // namespace
}  // namespace ishi

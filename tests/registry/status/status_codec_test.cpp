// The stored form of a person's status. Golden bytes are written by hand-run only: ISHI_WRITE_GOLDEN=1 rules_test, and
// the test that writes them fails, so that nobody does it by accident.
#include "registry/status/status_codec.h"
#include "tests/support/paths.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include <gtest/gtest.h>

namespace ishi {
namespace {

Token token_of(std::uint64_t number) {
  std::array<std::uint8_t, Token::kSizeBytes> bytes{};
  std::mt19937_64 random(number);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return Token(bytes);
}

class Statuses {
 public:
  explicit Statuses(std::uint64_t seed) : random_(seed) {}
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  bool chance(unsigned percent) { return below(100) < percent; }
  CivilDate date() { return CivilDate(static_cast<std::int32_t>(below(60'000)) - 10'000); }
  Timestamp instant() { return Timestamp(static_cast<std::int64_t>(random_()) >> below(60)); }
  std::string name() { return chance(10) ? "" : std::string(1 + below(12), static_cast<char>('a' + below(4))); }
  std::vector<std::string> names() {
    return make<std::string>(3, [&] { return name(); });
  }
  template <typename Item, typename Make>
  std::vector<Item> make(std::size_t bound, Make&& one) {
    std::vector<Item> items;
    for (std::size_t n = chance(50) ? 0 : below(bound); n > 0; --n) items.push_back(one());
    return items;
  }
  Scope scope() {
    Scope scope{names(), names(), names(), names(), names(), {}, {}};
    if (chance(20)) scope.record_from = date();
    if (chance(20)) scope.record_to = date();
    return scope;
  }
  ObjectionFact objection() {
    ObjectionFact fact{EventIndex(random_() >> below(64)),
                       token_of(below(9)),
                       scope(),
                       static_cast<RequesterKind>(below(7)),
                       instant(),
                       {},
                       chance(50) ? PastData::kStopAndErase : PastData::kStopOnly,
                       {}};
    if (chance(40)) fact.withdrawn_at = instant();
    if (chance(20)) fact.reaffirm_on = date();
    return fact;
  }
  ConsentFact consent() {
    ConsentFact fact{EventIndex(below(1000)), token_of(below(9)), scope(), instant(), {}, {}};
    if (chance(40)) fact.withdrawn_at = instant();
    if (chance(40)) fact.expires_on = date();
    return fact;
  }
  PersonStatus any(const Token& own) {
    PersonStatus status;
    status.as_of = Position(random_() >> (24 + below(40)));
    status.tokens = {own};
    for (std::size_t n = chance(70) ? 0 : below(4); n > 0; --n) status.tokens.push_back(token_of(100 + below(1000)));
    status.notices = make<NoticeFact>(6, [&] {
      return NoticeFact{name(), name(), name(), static_cast<NoticeMethod>(1 + below(8)), date()};
    });
    status.objections = make<ObjectionFact>(4, [&] { return objection(); });
    status.consents = make<ConsentFact>(3, [&] { return consent(); });
    status.links = make<LinkFact>(3, [&] { return LinkFact{EventIndex(below(1000)), token_of(1), token_of(2)}; });
    if (chance(20)) status.died_on = date();
    status.household_card = chance(20);
    status.household_objections = make<ObjectionFact>(3, [&] { return objection(); });
    return status;
  }
  std::mt19937_64 random_;
};

Bytes encoded(const PersonStatus& status, const Token& own) {
  auto bytes = encode_status(status, own);
  EXPECT_TRUE(bytes.has_value()) << bytes.error().detail;
  return bytes.value_or(Bytes{});
}

const Token kOwn = token_of(1);

PersonStatus told_twice() {
  PersonStatus status;
  status.as_of = Position(0x0102030405);
  status.tokens = {kOwn};
  status.notices = {{"1312345678", "NGMIA_ANON", "anon-2024", NoticeMethod::kHanded, CivilDate::of(2026, 9, 1)},
                    {"1312345678", "NGMIA_PSEUDO", "pseudo-2024", NoticeMethod::kPosted, CivilDate::of(2026, 9, 1)}};
  return status;
}
PersonStatus everything() {
  PersonStatus status = told_twice();
  status.tokens = {token_of(2), kOwn};
  status.objections = {{EventIndex(7),
                        kOwn,
                        {{"NGMIA_ANON"}, {}, {"R1"}, {"IMAGE"}, {"P"}, CivilDate(-1), CivilDate(20'000)},
                        RequesterKind::kGuardianParent,
                        Timestamp(1'700'000'000'000'000),
                        Timestamp(-5),
                        PastData::kStopAndErase,
                        CivilDate::of(2030, 4, 1)}};
  status.consents = {{EventIndex(300), token_of(2), {}, Timestamp(1), Timestamp(2), CivilDate(3)}};
  status.links = {{EventIndex(70'000), kOwn, token_of(2)}};
  status.died_on = CivilDate::of(2026, 12, 31);
  status.household_card = true;
  status.household_objections = {
      {EventIndex(9), token_of(3), {}, RequesterKind::kSelf, Timestamp(4), {}, PastData::kStopOnly, {}}};
  return status;
}
PersonStatus known_only() {
  PersonStatus status;
  status.as_of = Position(1);
  status.tokens = {kOwn};
  return status;
}

TEST(StatusCodec, GoldenBytesStayAndStillReadAsTheSamePerson) {
  const std::vector<std::pair<std::string, PersonStatus>> samples = {
      {"known_only", known_only()}, {"told_twice", told_twice()}, {"everything", everything()}};
  for (const auto& [name, status] : samples) {
    const auto path = std::filesystem::path(ishi::testing::source_folder()) / "tests/golden/status" / (name + ".hex");
    const std::string text = to_hex(encoded(status, kOwn)) + "\n";
    if (std::getenv("ISHI_WRITE_GOLDEN") != nullptr) {
      std::ofstream(path) << text;
      ADD_FAILURE() << "wrote " << path << ": review the difference, then run again without ISHI_WRITE_GOLDEN";
      continue;
    }
    std::ifstream file(path);
    std::string golden;
    ASSERT_TRUE(std::getline(file, golden)) << "no golden bytes for " << name;
    EXPECT_EQ(text, golden + "\n") << name << ": the stored format must not change";
    const auto bytes = from_hex(golden);
    ASSERT_TRUE(bytes.has_value());
    const auto decoded = decode_status(*bytes, kOwn);
    ASSERT_TRUE(decoded.has_value()) << name << ": " << decoded.error().detail;
    EXPECT_EQ(*decoded, status) << name;
  }
}

TEST(StatusCodec, APersonToldTwiceByOneHospitalTakesFewBytes) {
  EXPECT_LE(encoded(told_twice(), kOwn).size(), 72U);
}

TEST(StatusCodec, WhatIsWrittenReadsBackTheSame) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Statuses statuses(seed);
  for (int i = 0; i < 5'000; ++i) {
    const PersonStatus status = statuses.any(kOwn);
    const auto decoded = decode_status(encoded(status, kOwn), kOwn);
    ASSERT_TRUE(decoded.has_value()) << decoded.error().detail;
    ASSERT_EQ(*decoded, status);
  }
}

TEST(StatusCodec, EveryShorterOrLongerFormIsRefused) {
  const Bytes bytes = encoded(everything(), kOwn);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decode_status(ByteView(bytes).first(size), kOwn).has_value()) << "cut to " << size;
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(decode_status(longer, kOwn).has_value());
}

TEST(StatusCodec, AnotherPersonsTokenOrAnotherVersionIsRefused) {
  EXPECT_EQ(encode_status(everything(), token_of(9)).error().code, "not_their_token");
  EXPECT_FALSE(decode_status(encoded(everything(), kOwn), token_of(9)).has_value());
  Bytes bytes = encoded(told_twice(), kOwn);
  bytes[0] = kStatusFormatVersion + 1;
  EXPECT_EQ(decode_status(bytes, kOwn).error().code, "status_version");
}

TEST(StatusCodec, WhatIsTooLargeIsRefusedNotCut) {
  PersonStatus status = told_twice();
  status.notices[0].holder.assign(kStatusTextBytesMax + 1, 'x');
  EXPECT_EQ(encode_status(status, kOwn).error().kind, ErrorKind::kTooLarge);
  status = known_only();
  status.as_of = Position(1ULL << 40);
  EXPECT_EQ(encode_status(status, kOwn).error().code, "position_too_large");
}

// Canonical: whatever is accepted encodes to exactly the bytes that were accepted.
TEST(StatusCodec, AMutatedStatusIsRefusedOrIsTheOnlyFormOfAnother) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Statuses statuses(seed);
  int accepted = 0, refused = 0;
  for (int i = 0; i < 30'000; ++i) {
    Bytes bytes = encoded(statuses.any(kOwn), kOwn);
    for (std::size_t n = 1 + statuses.below(3); n > 0; --n) {
      const std::size_t at = statuses.below(bytes.size());
      switch (statuses.below(4)) {
        case 0: bytes[at] = static_cast<std::uint8_t>(statuses.random_()); break;
        case 1: bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ (1U << statuses.below(8))); break;
        case 2:
          bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), static_cast<std::uint8_t>(statuses.random_()));
          break;
        default: bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(at)); break;
      }
      if (bytes.empty()) break;
    }
    const auto decoded = decode_status(bytes, kOwn);
    if (!decoded) {
      ++refused;
      continue;
    }
    ++accepted;
    ASSERT_EQ(encoded(*decoded, kOwn), bytes);
  }
  EXPECT_GT(accepted, 100);
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace ishi

#include "registry/identifiers/tokenizer.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <numeric>
#include <random>
#include <string>

namespace ishi {
namespace {

Bytes key_of_vectors() {
  Bytes key(32);
  std::iota(key.begin(), key.end(), std::uint8_t{0});
  return key;
}

Tokenizer tokenizer() {
  return std::move(Tokenizer::create("k1", key_of_vectors()).value());
}

InsuranceId id_of(std::string_view insurer, std::string_view symbol, std::string_view number, std::string_view branch) {
  return parse_insurance_id(insurer, symbol, number, branch).value();
}

// The whole HMAC by another way: the one-shot function of OpenSSL.
std::string plain_hmac_hex(ByteView key, std::string_view text) {
  std::array<std::uint8_t, 32> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), as_bytes(text).data(), text.size(), digest.data(),
       &size);
  return to_hex(digest);
}

struct Row {
  const char *insurer, *symbol, *number, *branch;
  const char* hmac;
};

constexpr Row kRows[] = {
    {"01130012", "21700023", "1", "00", "d3247c7ba299e56755d61f9ee751ddfa432ae118c340a4ad186d93f4f0d7ea2c"},
    {"０１１３００１２", "２１７０００２３", "１", "００",
     "d3247c7ba299e56755d61f9ee751ddfa432ae118c340a4ad186d93f4f0d7ea2c"},
    {"138016", "千－１２", "0012345", "01", "07df78a29f74d5f9dbb5f16bdce1aecb1239f9e17816448d49c4046baaa8813c"},
    {"00138016", "千12", "12345", "1", "6abad1dce34cfd0597534407f0d7bcc61d526f9a9730696180aacf0a0a11f3c9"},
    {"39131016", "", "01234566", "", "4e0ef4b2d78fa33f9300f68a8dad613bf2af722a6f9c1b69bc846e067490078f"},
    {"12131017", "", "1234566", "", "8f6dea123e7df41a833f33b41025bc681c181f5e918df5a0d09a6bc82a01bb15"},
    {"06130017", "1001", "00123", "02", "79ce93579c64a2a5460fc71cf7ce643000914e94b45a9655de4eff174d1a3fb8"},
};

TEST(Tokenizer, ThePublishedRowsHaveTheirTokens) {
  const Tokenizer tokens = tokenizer();
  for (const Row& row : kRows) {
    const InsuranceId id = id_of(row.insurer, row.symbol, row.number, row.branch);
    EXPECT_EQ(plain_hmac_hex(key_of_vectors(), canonical_exact(id)), row.hmac);
    EXPECT_EQ(tokens.exact(id).reveal_hex(), std::string(row.hmac).substr(0, 32));
    EXPECT_EQ(tokens.token_of(canonical_exact(id)), tokens.exact(id));
    EXPECT_EQ(tokens.forms(id).exact, tokens.exact(id));
  }
}

TEST(Tokenizer, RowsThatLookAlikeShareTheirLooseToken) {
  const Tokenizer tokens = tokenizer();
  const auto loose_of = [&](const Row& row) {
    return tokens.forms(id_of(row.insurer, row.symbol, row.number, row.branch)).loose;
  };
  EXPECT_EQ(loose_of(kRows[0]), loose_of(kRows[1]));
  EXPECT_EQ(loose_of(kRows[2]), loose_of(kRows[3]));
  EXPECT_NE(loose_of(kRows[0]), loose_of(kRows[2]));
  EXPECT_EQ(loose_of(kRows[0]).reveal_hex().substr(0, 8), "2fad648a");
  EXPECT_EQ(loose_of(kRows[2]).reveal_hex().substr(0, 8), "3d9d8af8");

  const auto whole = [](const Row& row) {
    return plain_hmac_hex(key_of_vectors(), canonical_loose(id_of(row.insurer, row.symbol, row.number, row.branch)));
  };
  EXPECT_TRUE(whole(kRows[0]).ends_with("22819c6c"));
  EXPECT_TRUE(whole(kRows[2]).ends_with("ad35f317"));
}

TEST(Tokenizer, ExactHouseholdAndLooseFormsAreThreeTokens) {
  const Tokenizer tokens = tokenizer();
  const InsuranceId id = id_of("138016", "千－１２", "0012345", "01");
  const TokenForms forms = tokens.forms(id);
  EXPECT_EQ(forms.household, tokens.token_of("v1|00138016|千-12|0012345|"));
  EXPECT_EQ(forms.loose, tokens.token_of("v1L|00138016|千12|12345|01"));
  EXPECT_EQ(forms.level, TokenLevel::kExact);
  EXPECT_NE(forms.exact, forms.household);
  EXPECT_NE(forms.exact, forms.loose);
}

TEST(Tokenizer, ACardWithoutItsBranchIsAHousehold) {
  const Tokenizer tokens = tokenizer();
  const TokenForms family = tokens.forms(id_of("138016", "千－１２", "0012345", ""));
  EXPECT_EQ(family.level, TokenLevel::kHousehold);
  EXPECT_EQ(family.exact, family.household);
  EXPECT_EQ(family.exact, tokens.forms(id_of("138016", "千－１２", "0012345", "01")).household);
  EXPECT_EQ(tokens.forms(id_of("06130017", "1001", "", "")).level, TokenLevel::kHousehold);
}

TEST(Tokenizer, TheOldAndPublicPayersAreOnePersonWithoutABranch) {
  const Tokenizer tokens = tokenizer();
  for (const char* insurer : {"39131016", "12131017", "54136015"})
    EXPECT_EQ(tokens.forms(id_of(insurer, "", "1234566", "")).level, TokenLevel::kExact) << insurer;
}

TEST(Tokenizer, AnotherKeyGivesOtherTokens) {
  Bytes key = key_of_vectors();
  key[31] ^= 1;
  const Tokenizer other = std::move(Tokenizer::create("k2", key).value());
  const InsuranceId id = id_of("01130012", "21700023", "1", "00");
  EXPECT_NE(other.exact(id), tokenizer().exact(id));
  EXPECT_EQ(other.key_id(), "k2");
}

TEST(Tokenizer, MovingItKeepsItWorking) {
  Tokenizer first = tokenizer();
  const Token before = first.token_of("v1|x");
  const Tokenizer second = std::move(first);
  EXPECT_EQ(second.token_of("v1|x"), before);
}

TEST(Tokenizer, KeysOfThirtyTwoToSixtyFourBytesAreTaken) {
  for (const std::size_t size : {0U, 31U, 65U})
    EXPECT_EQ(Tokenizer::create("k1", Bytes(size)).error().code, "key_size") << size;
  for (const std::size_t size : {32U, 33U, 64U}) EXPECT_TRUE(Tokenizer::create("k1", Bytes(size)).has_value()) << size;
  for (const char* key_id : {"", "k 1", "k/1", "鍵", "123456789012345678901234567890123"})
    EXPECT_EQ(Tokenizer::create(key_id, Bytes(32)).error().code, "key_id_format") << key_id;
  EXPECT_TRUE(Tokenizer::create("Az09_-", Bytes(32)).has_value());
}

TEST(Tokenizer, EveryLengthOfTextAndKeyAgreesWithThePlainHmac) {
  const std::uint32_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (std::size_t length = 0; length < 300; ++length) {
    Bytes key(32 + random() % 33);
    for (auto& byte : key) byte = static_cast<std::uint8_t>(random());
    std::string text(length, '\0');
    for (auto& byte : text) byte = static_cast<char>(random());
    const Tokenizer tokens = std::move(Tokenizer::create("k1", key).value());
    EXPECT_EQ(tokens.token_of(text).reveal_hex(), plain_hmac_hex(key, text).substr(0, 32)) << length;
  }
}

// Fields longer than parsing would allow take the roomier way to the same token.
TEST(Tokenizer, LongFieldsHaveTheTokenOfTheirCanonicalForm) {
  const Tokenizer tokens = tokenizer();
  for (const std::size_t size : {63U, 64U, 65U, 200U}) {
    const InsuranceId id{
        .insurer = "00138016", .symbol = std::string(size, 'A'), .number = std::string(size, '9'), .branch = "01"};
    const TokenForms forms = tokens.forms(id);
    EXPECT_EQ(forms.exact, tokens.token_of(canonical_exact(id))) << size;
    EXPECT_EQ(forms.household, tokens.token_of(canonical_household(id))) << size;
    EXPECT_EQ(forms.loose, tokens.token_of(canonical_loose(id))) << size;
  }
}

}  // namespace
}  // namespace ishi

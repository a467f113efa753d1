#include "registry/bytes.h"

#include <gtest/gtest.h>

#include "registry/identifiers/token.h"

namespace ishi {
namespace {

TEST(Bytes, Base64FollowsRfc4648) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},        {"f", "Zg=="},        {"fo", "Zm8="},
                                                         {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(to_base64(as_bytes(plain)), encoded);
    EXPECT_EQ(as_text(from_base64(encoded).value()), plain);
  }
}

TEST(Bytes, StrayBitsBlanksAndHalfGroupsAreRefused) {
  for (const char* text : {"Zg=", "Zg", "Zh==", "Zm9=", "Z m9v", "====", "Zg==Zg=="})
    EXPECT_FALSE(from_base64(text).has_value()) << text;
  for (const char* text : {"0", "0g", " 00", "0x00"}) EXPECT_FALSE(from_hex(text).has_value()) << text;
}

TEST(Bytes, ATokenIsThirtyTwoHexDigitsAndNothingElse) {
  const char* hex = "d3247c7ba299e56755d61f9ee751ddfa";
  EXPECT_EQ(Token::parse_hex(hex)->reveal_hex(), hex);
  EXPECT_EQ(Token::parse_hex("D3247C7BA299E56755D61F9EE751DDFA")->reveal_hex(), hex);
  EXPECT_FALSE(Token::parse_hex("d3247c7ba299e56755d61f9ee751ddf").has_value());
  EXPECT_FALSE(Token::parse_hex("d3247c7ba299e56755d61f9ee751ddfaa").has_value());
  EXPECT_FALSE(Token::parse_hex("d3247c7ba299e56755d61f9ee751ddfg").has_value());
}

}  // namespace
}  // namespace ishi

#include <array>
#include <map>

#include "tests/api/filter/hospital_day.h"

namespace ishi::api {
namespace {

struct LargeBatch : HospitalDay {};

TEST_F(LargeBatch, AMillionLinesThreeInAHundredUnknownAddUpByReason) {  // T33
  constexpr std::size_t kLines = 1'000'000;
  const FilterHandler large{source, log, tokenizer,
                            FilterLimits{kLines * Token::kSizeBytes, 4, std::chrono::milliseconds(50)}, nullptr};
  const std::array<Token, 3> known{alice, bob, dave};
  std::map<Token, std::uint64_t> sent;
  std::string body;
  body.reserve(kLines * Token::kSizeBytes);
  for (std::size_t i = 0; i < kLines; ++i) {
    Token token = known[i % known.size()];
    if (i % 100 < 3) {
      std::array<std::uint8_t, Token::kSizeBytes> nobody{};
      for (std::size_t k = 0; k < 8; ++k) nobody[8 + k] = static_cast<std::uint8_t>(i >> (8 * k));
      token = Token(nobody);
    } else {
      ++sent[token];
    }
    body += as_text(token.bytes());
  }
  Request request;
  request.method = Method::kPost;
  request.body = body;
  request.media_type = "application/octet-stream";
  request.query = {{"regime", "NGMIA_ANON"},
                   {"categories", "RECEIPT"},
                   {"holder", sample::kAoba},
                   {"recipient", "OP-SAKURA"},
                   {"answer", "counts"}};
  const Response response = large.filter(request, who);
  ASSERT_EQ(response.status, 200) << response.body;
  const auto got = json(response);
  EXPECT_EQ(got["lines"], kLines);
  EXPECT_EQ(got["counts"]["ALLOW"], sent[alice]);
  EXPECT_EQ(got["counts"]["DENY_OPTOUT"], sent[bob]);
  EXPECT_EQ(got["counts"]["DENY_WAITING"], sent[dave]);
  EXPECT_EQ(got["counts"]["DENY_UNKNOWN"], kLines * 3 / 100);
  std::uint64_t sum = 0;
  for (const auto& [name, value] : got["counts"].items()) sum += value.get<std::uint64_t>();
  EXPECT_EQ(sum, kLines);
  EXPECT_EQ(last_run().counts[0], sent[alice]) << "and so it is in the log";
}

}  // namespace
}  // namespace ishi::api

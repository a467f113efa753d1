#include "api/messages/problem.h"

#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace ishi::api {
namespace {

nlohmann::json json_of(const Response& response) {
  return nlohmann::json::parse(response.body);
}
std::string header_of(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers)
    if (key == name) return value;
  return {};
}

TEST(Language, FollowsQualityAndThenOrder) {
  EXPECT_EQ(preferred_language(""), Language::kEnglish);
  EXPECT_EQ(preferred_language("fr"), Language::kEnglish);
  EXPECT_EQ(preferred_language("ja"), Language::kJapanese);
  EXPECT_EQ(preferred_language("ja-JP,en;q=0.8"), Language::kJapanese);
  EXPECT_EQ(preferred_language("en-US,ja;q=0.9"), Language::kEnglish);
  EXPECT_EQ(preferred_language("en;q=0.2, JA;q=0.3"), Language::kJapanese);
  EXPECT_EQ(preferred_language("ja,en"), Language::kJapanese);
  EXPECT_EQ(preferred_language("en,ja"), Language::kEnglish);
  EXPECT_EQ(preferred_language("ja;q=0"), Language::kEnglish);
  EXPECT_EQ(preferred_language("jav"), Language::kEnglish);
}

TEST(Problem, EveryKindHasExactlyOneStatus) {
  EXPECT_EQ(status_of(ErrorKind::kInvalidArgument), 400);
  EXPECT_EQ(status_of(ErrorKind::kUnauthenticated), 401);
  EXPECT_EQ(status_of(ErrorKind::kForbidden), 403);
  EXPECT_EQ(status_of(ErrorKind::kNotFound), 404);
  EXPECT_EQ(status_of(ErrorKind::kConflict), 409);
  EXPECT_EQ(status_of(ErrorKind::kTooLarge), 413);
  EXPECT_EQ(status_of(ErrorKind::kUnsupported), 415);
  EXPECT_EQ(status_of(ErrorKind::kUnprocessable), 422);
  EXPECT_EQ(status_of(ErrorKind::kTooMany), 429);
  EXPECT_EQ(status_of(ErrorKind::kNotFreshYet), 503);
  EXPECT_EQ(status_of(ErrorKind::kUnavailable), 503);
  EXPECT_EQ(status_of(ErrorKind::kOutcomeUnknown), 503);
  EXPECT_EQ(status_of(ErrorKind::kCorrupt), 500);
}

TEST(Problem, SaysCodeStatusAndDetail) {
  const Request request;
  const Response response =
      problem_response(Error{ErrorKind::kInvalidArgument, "unknown_regime", "regime 'X' is not known"}, request);
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.content_type, "application/problem+json");
  const auto json = json_of(response);
  EXPECT_EQ(json["code"], "unknown_regime");
  EXPECT_EQ(json["status"], 400);
  EXPECT_EQ(json["detail"], "regime 'X' is not known");
  EXPECT_FALSE(json["title"].get<std::string>().empty());
}

TEST(Problem, SpeaksJapaneseAndKeepsTheEnglishDetail) {
  Request request;
  request.headers.emplace_back("accept-language", "ja");
  const auto response = problem_response(Error{ErrorKind::kForbidden, "forbidden", "no right"}, request);
  EXPECT_EQ(json_of(response)["title"], "権限がありません");
  EXPECT_EQ(json_of(response)["detail_en"], "no right");
  EXPECT_EQ(header_of(response, "Content-Language"), "ja");
}

TEST(Problem, NothingInternalLeavesWithAServerError) {
  for (const char* language : {"en", "ja"}) {
    Request request;
    request.headers.emplace_back("Accept-Language", language);
    for (const ErrorKind kind :
         {ErrorKind::kUnavailable, ErrorKind::kCorrupt, ErrorKind::kOutcomeUnknown, ErrorKind::kNotFreshYet}) {
      const auto response = problem_response(Error{kind, "store_away", "host=10.0.0.1 select secret"}, request);
      EXPECT_EQ(response.body.find("secret"), std::string::npos);
      EXPECT_EQ(json_of(response)["code"], "store_away");
      EXPECT_EQ(header_of(response, "Retry-After").empty(), response.status != 503);
    }
  }
}

TEST(Problem, QuotedBytesThatAreNotUtf8DoNotBreakTheDocument) {
  const Request request;
  EXPECT_NO_THROW(json_of(problem_response(Error{ErrorKind::kInvalidArgument, "x", "bad \xff\xfe value"}, request)));
}

TEST(Problem, CodesWithWordsAreDistinct) {
  const auto codes = known_problem_codes();
  EXPECT_EQ(std::set<std::string_view>(codes.begin(), codes.end()).size(), codes.size());
}

}  // namespace
}  // namespace ishi::api

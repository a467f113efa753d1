#include "api/http/router.h"

#include <stdexcept>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace ishi::api {
namespace {

std::shared_ptr<PolicyBook> book_for_hospitals() {
  auto book = std::make_shared<PolicyBook>();
  book->profile.code = "some_option";
  book->profile.batch_readers = {"HOLDER"};
  return book;
}

struct Table : testing::Test {
  Role role = Role::kHolderBatch;
  std::shared_ptr<PolicyBook> book = book_for_hospitals();
  std::optional<Error> refusal;
  Router router{[this](const Request&) -> Result<Principal> {
    if (refusal) return fail(*refusal);
    return Principal{"someone", role, "1310000001", {}, {}, std::nullopt, {}, book};
  }};

  Table() {
    router.add({Method::kGet, "/healthz", Action::kReadHealth, {}, {}, 0, [](const Request&, const Principal&) {
                  return Response{200, "text/plain", {}, "ok"};
                }});
    router.add({Method::kGet,
                "/v1/status/{token}",
                Action::kStatus,
                {"regime", "holder"},
                {},
                0,
                [](const Request& request, const Principal&) {
                  return Response{200,
                                  "text/plain",
                                  {},
                                  request.parameters.at("token") + "|" + std::string(request.query_value("regime"))};
                }});
    router.add({Method::kPost,
                "/v1/filter",
                Action::kFilter,
                {"regime"},
                {"text/plain", "text/csv"},
                10,
                [](const Request& request, const Principal& who) {
                  return Response{200, "text/plain", {}, who.id + ":" + std::string(request.body)};
                }});
    router.add({Method::kGet,
                "/log/tile/{rest...}",
                Action::kReadLog,
                {},
                {},
                0,
                [](const Request& request, const Principal&) {
                  return Response{200, "text/plain", {}, request.parameters.at("rest")};
                }});
    router.add(
        {Method::kGet, "/throws", Action::kReadHealth, {}, {}, 0, [](const Request&, const Principal&) -> Response {
           throw std::runtime_error("secret statement");
         }});
  }

  Response ask(Method method, std::string_view target, std::string_view body = {}, std::string type = {}) {
    Request request;
    request.method = method;
    request.body = body;
    if (!type.empty()) request.headers.emplace_back("Content-Type", type);
    return router.handle(target, request).response;
  }
  static std::string code(const Response& response) { return nlohmann::json::parse(response.body)["code"]; }
  static std::string header(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
      if (key == name) return value;
    return {};
  }
};

TEST_F(Table, DecodesPathAndQueryExactlyOnce) {
  EXPECT_EQ(ask(Method::kGet, "/v1/status/a%20b%2Fc%2541?regime=x%26y").body, "a b/c%41|x&y");
  EXPECT_EQ(ask(Method::kGet, "/v1/status/a?regime=2026-01-01T00:00:00+09:00").body, "a|2026-01-01T00:00:00+09:00");
  EXPECT_EQ(ask(Method::kGet, "/v1/status/%E5%8D%83").body, "千|");
}

TEST_F(Table, RefusesEncodingThatIsNotText) {
  for (const char* target : {"/v1/status/%", "/v1/status/%4", "/v1/status/%zz", "/v1/status/%00", "/v1/status/%ff",
                             "/v1/status/%C0%AF", "/v1/status/%ED%A0%80", "/v1/status/a?regime=%f0"})
    EXPECT_EQ(code(ask(Method::kGet, target)), "bad_encoding") << target;
}

TEST_F(Table, AnswersUnknownPathsAndMethods) {
  EXPECT_EQ(ask(Method::kGet, "/nowhere").status, 404);
  EXPECT_EQ(ask(Method::kGet, "/v1/status/").status, 404);
  EXPECT_EQ(ask(Method::kGet, "/v1/status/a/b").status, 404);
  EXPECT_EQ(ask(Method::kGet, "/healthz/").status, 404);
  EXPECT_EQ(ask(Method::kGet, "no-slash").status, 400);
  const Response wrong = ask(Method::kGet, "/v1/filter");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(header(wrong, "Allow"), "OPTIONS, POST");
  EXPECT_EQ(ask(Method::kOther, "/healthz").status, 405);
}

TEST_F(Table, OptionsAnswersAllowAndHeadRunsTheGetRoute) {
  const Response options = ask(Method::kOptions, "/healthz");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(header(options, "Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(ask(Method::kHead, "/healthz").body, "ok");  // the server drops the body and keeps its length
  EXPECT_EQ(ask(Method::kOptions, "*").status, 204);
}

TEST_F(Table, NamesAnUnknownParameterAndListsTheKnown) {
  const Response response = ask(Method::kGet, "/v1/status/a?regim=x");
  EXPECT_EQ(response.status, 400);
  const auto json = nlohmann::json::parse(response.body);
  EXPECT_EQ(json["code"], "unknown_parameter");
  EXPECT_EQ(json["parameter"], "regim");
  EXPECT_EQ(json["known"], (nlohmann::json{"regime", "holder"}));
  EXPECT_EQ(code(ask(Method::kGet, "/v1/status/a?regime=x&regime=y")), "repeated_parameter");
}

TEST_F(Table, ChecksMediaTypeAndSize) {
  EXPECT_EQ(ask(Method::kPost, "/v1/filter", "abc", "Text/CSV; charset=utf-8").body, "someone:abc");
  const Response type = ask(Method::kPost, "/v1/filter", "abc", "image/png");
  EXPECT_EQ(type.status, 415);
  EXPECT_EQ(nlohmann::json::parse(type.body)["accepted"], (nlohmann::json{"text/plain", "text/csv"}));
  EXPECT_EQ(ask(Method::kPost, "/v1/filter", "abc").status, 415);
  const Response large = ask(Method::kPost, "/v1/filter", "12345678901", "text/plain");
  EXPECT_EQ(large.status, 413);
  EXPECT_EQ(nlohmann::json::parse(large.body)["limit_bytes"], 10);
  EXPECT_EQ(ask(Method::kGet, "/healthz", "x").status, 413);
  EXPECT_EQ(router.resolve(Method::kPost, "/v1/filter?regime=x").body_bytes_max(), 10u);
  EXPECT_EQ(router.resolve(Method::kGet, "/nowhere").body_bytes_max(), 0u);
}

TEST_F(Table, AsksWhoAndWhetherTheyMay) {
  role = Role::kPublic;
  EXPECT_EQ(ask(Method::kGet, "/v1/status/a").status, 401);
  EXPECT_FALSE(header(ask(Method::kGet, "/v1/status/a"), "WWW-Authenticate").empty());
  EXPECT_EQ(ask(Method::kGet, "/healthz").status, 200);
  role = Role::kOperatorBatch;
  EXPECT_EQ(ask(Method::kGet, "/v1/status/a").status, 403);
  role = Role::kHolderBatch;
  EXPECT_EQ(ask(Method::kGet, "/v1/status/a").status, 200);
  book->profile.batch_readers = {"OPERATOR"};
  EXPECT_EQ(ask(Method::kGet, "/v1/status/a").status, 403);
  EXPECT_EQ(code(ask(Method::kGet, "/v1/status/a")), "closed_by_option");
  EXPECT_EQ(ask(Method::kGet, "/healthz").status, 200) << "that door is anybody's";
  book.reset();
  EXPECT_EQ(code(ask(Method::kGet, "/v1/status/a")), "no_policy") << "nobody knows which doors are open";
  refusal = Error{ErrorKind::kUnauthenticated, "unauthenticated", "no"};
  EXPECT_EQ(ask(Method::kGet, "/healthz").status, 401);
}

TEST_F(Table, WhatAnybodyMaySeeStaysVisibleWithoutAPolicy) {
  refusal = Error{ErrorKind::kUnavailable, "no_policy", "none"};
  EXPECT_EQ(ask(Method::kGet, "/healthz").status, 200);
  EXPECT_EQ(ask(Method::kGet, "/v1/status/a").status, 503);
}

TEST_F(Table, TakesTheRestOfAPath) {
  EXPECT_EQ(ask(Method::kGet, "/log/tile/0/x001/067.p/3").body, "0/x001/067.p/3");
}

TEST_F(Table, WhatAHandlerThrowsStaysInside) {
  Request request;
  const Answer answer = router.handle("/throws", request);
  EXPECT_EQ(answer.response.status, 500);
  EXPECT_EQ(answer.response.body.find("secret"), std::string::npos);
  EXPECT_FALSE(answer.failure.empty());
  EXPECT_EQ(answer.route, "/throws") << "the log says where to look";
}

TEST(RequestHeaders, AreFoundWithoutCase) {
  Request request;
  request.headers = {{"IsHi-Batch-ID", "7"}, {"ishi-batch-id", "8"}};
  EXPECT_EQ(request.header("Ishi-Batch-Id"), "7");
  EXPECT_EQ(request.header("Ishi-Batch"), "");
}

}  // namespace
}  // namespace ishi::api

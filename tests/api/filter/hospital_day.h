// One day at Aoba hospital, in front of the filter's doors.
#pragma once

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "api/filter/filter_handler.h"
#include "tests/api/filter/status_over_log.h"
#include "tests/support/fake_clock.h"
#include "tests/support/sample_book.h"

namespace ishi::api {

struct HospitalDay : ::testing::Test {
  ishi::testing::FakeClock clock{"2026-11-20T12:00:00+09:00"};
  ishi::testing::MemoryLog log{clock};
  std::shared_ptr<const PolicyBook> book = std::make_shared<PolicyBook>(sample::book());
  ishi::testing::StatusOverLog source{log, clock, book};
  Tokenizer tokenizer = *Tokenizer::create("test", as_bytes("0123456789abcdef0123456789abcdef"));
  std::vector<ReasonCounts> observed;
  FilterHandler desk{source, log, tokenizer, FilterLimits{1 << 20, 4, std::chrono::milliseconds(50)},
                     [this](const ReasonCounts& counts) { observed.push_back(counts); }};
  Principal who{"aoba-batch", Role::kHolderBatch, sample::kAoba, {}, {}};
  Router router{[this](const Request&) -> Result<Principal> { return who; }};

  static constexpr const char* kAliceCard = "06139463:12:345:01";
  const Token alice = tokenizer.exact(*parse_insurance_line(kAliceCard));  // told in June: may be used
  const Token bob = token_of("bob");                                       // told, and said no
  const Token carol = token_of("carol");                                   // nobody knows her
  const Token dave = token_of("dave");                                     // told on 10 November: still waiting

  HospitalDay() {
    append(PolicyPublished{});
    notified(alice, "2026-06-01");
    notified(bob, "2026-06-01");
    notified(dave, "2026-11-10");
    object(bob);
    desk.add_routes(router);
  }

  Token token_of(std::string_view name) const { return tokenizer.token_of(name); }
  void append(EventBody body) {
    AppendRequest request;
    request.bodies.push_back(std::move(body));
    request.caller = "test";
    ASSERT_TRUE(log.append(std::move(request)));
  }
  void notified(const Token& token, std::string_view date, const char* holder = sample::kAoba) {
    NoticeGiven notice;
    notice.token = token;
    notice.holder = holder;
    notice.regime = "NGMIA_ANON";
    notice.template_id = "anon-2024";
    notice.date = *parse_date(date);
    append(notice);
  }
  void object(const Token& token) {
    Objection objection;
    objection.token = token;
    objection.accepted_at = clock.now();
    append(objection);
  }

  static constexpr const char* kQuestion =
      "/v1/filter?regime=NGMIA_ANON&categories=RECEIPT,LAB&holder=1312345679&recipient=OP-SAKURA";
  Response filter(std::string_view more, std::string_view type, std::string_view body,
                  std::vector<std::pair<std::string, std::string>> headers = {}) {
    Request request;
    request.method = Method::kPost;
    request.body = body;
    request.headers = std::move(headers);
    request.headers.emplace_back("Content-Type", type);
    return router.handle(std::string(kQuestion) + std::string(more), request).response;
  }
  Response status(std::string_view target, std::vector<std::pair<std::string, std::string>> headers = {}) {
    Request request;
    request.headers = std::move(headers);
    return router.handle(target, request).response;
  }
  std::uint64_t events() const { return log.head()->position.events(); }
  FilterRun last_run() const { return std::get<FilterRun>(log.read(EventIndex(events() - 1), 1)->front().event.body); }

  static std::string bytes_of(std::initializer_list<Token> tokens) {
    std::string out;
    for (const Token& token : tokens) out += as_text(token.bytes());
    return out;
  }
  static std::string header(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
      if (key == name) return value;
    return {};
  }
  static nlohmann::json json(const Response& response) { return nlohmann::json::parse(response.body); }
  static std::string code(const Response& response) { return json(response).value("code", ""); }
};

}  // namespace ishi::api

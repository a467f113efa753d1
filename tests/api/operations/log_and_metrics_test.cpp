#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "api/operations/metrics.h"
#include "api/server/log.h"

namespace ishi::api {
namespace {

TEST(Log, WritesOneJsonObjectPerLine) {
  const std::string line = log_line("2026-11-20T12:00:00.000000+09:00", LogLevel::kWarn, "follower",
                                    {{"code", std::string_view("a\"b\nc")}, {"lag", std::uint64_t{7}}, {"ok", false}});
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json["level"], "warn");
  EXPECT_EQ(json["event"], "follower");
  EXPECT_EQ(json["code"], "a\"b\nc");
  EXPECT_EQ(json["lag"], 7);
}

TEST(Metrics, CountsWhatWasServedByRouteAndStatus) {
  Metrics metrics;
  double position = 3;
  metrics.add_gauge("ishi_position", "Events.", [&] { return position; });
  for (int i = 0; i < 2; ++i)
    metrics.served({Method::kPost, "/v1/filter", 200, 100, 50, std::chrono::microseconds(1'500), {}});
  metrics.served({Method::kGet, {}, 404, 0, 0, {}, {}});
  ReasonCounts counts{};
  counts[1] = 5;
  metrics.filtered(counts);
  position = 4;
  const std::string text = metrics.text();
  EXPECT_NE(text.find("ishi_http_requests_total{method=\"POST\",route=\"/v1/filter\",status=\"200\"} 2"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("route=\"none\",status=\"404\"} 1"), std::string::npos);
  EXPECT_NE(text.find("ishi_filter_rows_total{code=\"DENY_OPTOUT\"} 5"), std::string::npos);
  EXPECT_NE(text.find("ishi_position 4"), std::string::npos);
  EXPECT_NE(text.find("ishi_http_body_bytes_total{direction=\"in\"} 200"), std::string::npos);
}

TEST(Metrics, LabelledGaugesShowWhatIsThereNow) {
  Metrics metrics;
  Metrics::Labelled now = {{"a/\"1\"", 2}, {"b", 3}};
  metrics.add_labelled_gauge("ishi_things", "Things.", "source", [&] { return now; });
  EXPECT_NE(metrics.text().find("ishi_things{source=\"b\"} 3"), std::string::npos) << metrics.text();
  now = {{"b", 4}, {"c", 1}};
  const std::string text = metrics.text();
  EXPECT_EQ(text.find("a/"), std::string::npos) << text;
  EXPECT_NE(text.find("ishi_things{source=\"b\"} 4"), std::string::npos) << text;
  EXPECT_NE(text.find("ishi_things{source=\"c\"} 1"), std::string::npos) << text;
}

}  // namespace
}  // namespace ishi::api

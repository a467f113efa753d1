// A key is revoked through one server. From the acknowledgement on, no server answers it, however late it hears of it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "registry/bytes.h"
#include "registry/merkle/sha256.h"
#include "tests/support/slow_link.h"
#include "tests/system/stack.h"

namespace ishi::testing {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Revocation, BindsEveryServerFromItsAcknowledgementOn) {
  Stack stack(0.001);
  SlowLink link(stack.postgres().folder() + "/.s.PGSQL.5432");
  const std::string here = stack.database();
  const auto near_by = stack.new_server();
  const auto far_away =
      stack.new_server("", "connection = \"host=" + link.folder() + here.substr(here.find(' ')) + "\"\n");
  near_by->start();
  far_away->start();

  const std::string hash = to_hex(sha256(as_bytes(stack.key_of("minister"))));
  const auto documents = [&](bool revoked) {
    nlohmann::json json;
    for (const std::string& path : stack.policy_files()) {
      std::string text = text_of(path);
      if (const auto at = text.find(hash); revoked && at != std::string::npos)
        text.replace(at, hash.size(), std::string(64, '1'));
      json["documents"].push_back({{"name", std::filesystem::path(path).filename().string()}, {"text", text}});
    }
    return json.dump();
  };
  const auto operations = stack.client(*near_by, "registry-ops");
  const auto publish = [&](bool revoked) {
    const std::string body = documents(revoked);
    const auto reply = operations->send({.target = "/v1/policy", .content_type = "application/json", .body = body});
    ASSERT_TRUE(reply.has_value()) << reply.error().detail;
    ASSERT_EQ(reply->status, 200) << reply->body;
  };
  const auto asks = [&](const Stack::Server& server, const char* staleness_max) {
    const auto client = stack.client(server, "minister");
    client::HttpRequest request{
        .target = "/v1/filter?" + client::query_string({{"regime", "PUBDB_NDB"}, {"answer", "reasons"}}),
        .content_type = "application/octet-stream",
        .body = "xxxxxxxxxxxxxxxx"};
    if (*staleness_max) request.headers = {{"Ishi-Max-Staleness", staleness_max}};
    const auto reply = client->send(request);
    return reply ? reply->status : 0;
  };
  ASSERT_EQ(asks(*near_by, ""), 200);
  ASSERT_EQ(asks(*far_away, ""), 200);
  link.delay(std::chrono::milliseconds(40));
  for (int round = 0; round < 3; ++round) {
    publish(true);
    EXPECT_EQ(asks(*far_away, ""), 401);
    EXPECT_EQ(asks(*far_away, "3600"), 401) << "asking for less freshness does not bring a key back";
    EXPECT_EQ(asks(*near_by, ""), 401);
    publish(false);
    EXPECT_EQ(asks(*far_away, ""), 200) << "and a key given is good everywhere at once";
    EXPECT_EQ(asks(*near_by, ""), 200);
  }
}

}  // namespace
}  // namespace ishi::testing

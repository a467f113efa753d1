// Listener: a desk to write at, and the two feeds over the same log.
#pragma once

#include "api/feeds/changes.h"
#include "api/feeds/recalls.h"
#include "tests/api/writes/desk.h"

namespace ishi::api::testing {

struct Heard {
  int status = 0;
  std::uint64_t position = 0;
  bool more = false;
  std::vector<nlohmann::json> lines;
  std::string text;
};

inline Heard heard(const Response& response) {
  Heard result;
  result.status = response.status;
  result.text = response.body;
  for (const auto& [name, value] : response.headers) {
    if (name == "Ishi-Position") result.position = std::stoull(value);
    if (name == "Ishi-More") result.more = value == "true";
  }
  for (std::size_t at = 0; response.status == 200 && at < response.body.size();) {
    const std::size_t end = response.body.find('\n', at);
    result.lines.push_back(nlohmann::json::parse(response.body.substr(at, end - at)));
    at = end + 1;
  }
  return result;
}

inline Request feed_request(const std::string& since, const std::string& wait = {}) {
  Request request;
  request.query["since"] = since;
  if (!wait.empty()) request.query["wait"] = wait;
  return request;
}

inline Principal sakura() {
  return {"sakura-machine", Role::kOperatorBatch, "", sample::kSakura, ""};
}
inline Principal registry() {
  return {"ops", Role::kRegistryOps, "", "", ""};
}
inline Principal hospital(const char* code) {
  return {"hospital", Role::kHolderBatch, code, "", ""};
}

}  // namespace ishi::api::testing

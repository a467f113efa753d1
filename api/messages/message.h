// Request and Response as plain values: handlers are functions and their tests need no socket.
// Header names are compared without case. Path segments and query values arrive decoded once, by the router.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ishi::api {

enum class Method { kGet, kPost, kPut, kDelete, kHead, kOptions, kOther };
// As in HTTP; "other" for what is none of ours.
std::string_view name_of(Method method);

struct Request {
  Method method = Method::kGet;
  std::string path;                                            // "/v1/status/…", as routed, not decoded
  std::map<std::string, std::string, std::less<>> parameters;  // from the pattern: {token}
  std::map<std::string, std::string, std::less<>> query;       // each name at most once
  std::vector<std::pair<std::string, std::string>> headers;
  std::string_view media_type;  // of the body: one of the route's, or empty
  std::string_view body;        // valid while the handler runs
  bool body_too_large = false;  // longer than the route takes: it was not read
  std::optional<std::chrono::steady_clock::time_point> received =
      {};  // when it was whole, or its turn came; empty: now
  // Set: by then there must be an answer, and no store is waited for (Freshness::at_once). An answer of 503 is dropped
  // then and the request handled again where waiting is allowed.
  std::optional<std::chrono::steady_clock::time_point> at_once_until = {};
  std::string_view header(std::string_view name) const;  // empty if missing; the first if repeated
  std::string_view query_value(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

}  // namespace ishi::api

#include "api/http_client/http_client.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <nlohmann/json.hpp>
#include <thread>

namespace ishi::client {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kFirstPause{500};

bool equal_without_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

milliseconds pause_before_retry(const HttpReply* reply, int attempt, const Patience& patience) {
  milliseconds pause = kFirstPause * (1 << std::min(attempt, 10));
  if (reply != nullptr) {
    const std::string_view text = reply->header("Retry-After");
    int seconds = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), seconds).ec == std::errc() && seconds >= 0) {
      pause = std::chrono::seconds(seconds);
    }
  }
  return std::min<milliseconds>(pause, patience.wait_max);
}

bool says_later(int status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

ErrorKind kind_of_status(int status) {
  switch (status) {
    case 401: return ErrorKind::kUnauthenticated;
    case 403: return ErrorKind::kForbidden;
    case 404: return ErrorKind::kNotFound;
    case 409: return ErrorKind::kConflict;
    case 413: return ErrorKind::kTooLarge;
    case 415: return ErrorKind::kUnsupported;
    case 422: return ErrorKind::kUnprocessable;
    case 429: return ErrorKind::kTooMany;
    default: return status >= 500 ? ErrorKind::kUnavailable : ErrorKind::kInvalidArgument;
  }
}

}  // namespace

std::string_view HttpReply::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (equal_without_case(key, name)) return value;
  }
  return {};
}

Result<HttpReply> send_patiently(HttpClient& client, const HttpRequest& request, const Patience& patience) {
  for (int attempt = 0;; ++attempt) {
    auto reply = client.send(request);
    const bool later = reply && says_later(reply->status);
    const bool lost = !reply && reply.error().code == "server_unreachable";
    const int attempts_max = later ? patience.attempts_max : patience.unreachable_attempts_max;
    if ((!later && !lost) || attempt + 1 >= attempts_max) return reply;
    patience.sleep(pause_before_retry(reply ? &*reply : nullptr, attempt, patience));
  }
}

Patience usual_patience() {
  Patience patience;
  patience.sleep = [](milliseconds pause) { std::this_thread::sleep_for(pause); };
  return patience;
}

Error error_of(const HttpReply& reply) {
  Error error{kind_of_status(reply.status), "http_" + std::to_string(reply.status),
              "the server answered " + std::to_string(reply.status)};
  const auto problem = nlohmann::json::parse(reply.body, nullptr, false);
  if (!problem.is_object()) return error;
  const auto text = [&](const char* member) {
    const auto found = problem.find(member);
    return found != problem.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  if (const std::string code = text("code"); !code.empty()) error.code = code;
  const std::string detail = text("detail").empty() ? text("title") : text("detail");
  if (!detail.empty()) error.detail = detail + " (" + std::to_string(reply.status) + ")";
  return error;
}

std::string query_string(const std::vector<std::pair<std::string, std::string>>& parameters) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string query;
  for (const auto& [name, value] : parameters) {
    if (value.empty()) continue;
    if (!query.empty()) query += '&';
    query += name + '=';
    for (const char c : value) {
      const auto byte = static_cast<unsigned char>(c);
      if (std::isalnum(byte) != 0 || c == '-' || c == '.' || c == '_' || c == '~') {
        query += c;
      } else {
        query += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
      }
    }
  }
  return query;
}

}  // namespace ishi::client

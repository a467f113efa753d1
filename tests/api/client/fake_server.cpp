#include "tests/api/client/fake_server.h"

#include <map>
#include <nlohmann/json.hpp>

#include "registry/assert.h"
#include "registry/bytes.h"

namespace ishi::client {
namespace {

std::string header_of(const HttpRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return {};
}

bool asks_for(const HttpRequest& request, std::string_view answer) {
  return request.target.find("answer=" + std::string(answer)) != std::string::npos;
}

HttpReply problem(int status, std::string_view code) {
  HttpReply reply;
  reply.status = status;
  reply.body = nlohmann::json{{"status", status}, {"code", code}, {"detail", "no"}}.dump();
  return reply;
}

}  // namespace

Result<HttpReply> FakeServer::send(const HttpRequest& request) {
  ++requests;
  if (remember_bodies) {
    seen.push_back(Seen{request.target, request.content_type, std::string(request.body),
                        header_of(request, "Ishi-Batch-Id"), header_of(request, "Idempotency-Key"),
                        header_of(request, "Ishi-Source-Seq"), header_of(request, "Ishi-Source-Count")});
  }
  if (refuse_status != 0) return problem(refuse_status, "refused");
  if (!refusals.empty()) {
    const std::string code = refusals.front();
    refusals.erase(refusals.begin());
    if (!code.empty()) return problem(code == "past_for_auditors" ? 403 : 409, code.c_str());
  }
  if (busy_answers > 0) {
    --busy_answers;
    HttpReply reply = problem(503, "not_fresh_yet");
    reply.headers.emplace_back("retry-after", "2");
    return reply;
  }
  constexpr std::string_view kReceipts = "/v1/receipts/";
  if (request.target.starts_with(kReceipts)) return receipt(std::stoull(request.target.substr(kReceipts.size())));
  return request.target.starts_with("/v1/filter?") ? filter(request) : write(request);
}

HttpReply FakeServer::filter(const HttpRequest& request) {
  const bool dry = request.target.find("dry_run=true") != std::string::npos;
  ISHI_ASSERT(dry == header_of(request, "Ishi-Batch-Id").empty());
  if (dry && !dry_answers && !asks_for(request, "counts")) return problem(400, "invalid_parameter");
  if (asks_for(request, "reasons") && reasons_forbidden) return problem(403, "reasons_forbidden");
  HttpReply reply;
  reply.status = 200;
  reply.headers = {{"ishi-position", position()},
                   {"Ishi-Evaluated-At", "2026-11-20T09:00:00+09:00"},
                   {"Ishi-Valid-Until", "2026-11-21T09:00:00+09:00"},
                   {"Ishi-Decision-Digest", "d1"}};
  if (first_receipt && !dry) reply.headers.emplace_back("Ishi-Receipt", std::to_string((*first_receipt)++));
  std::map<std::string, std::uint64_t> counts;
  const bool tokens = request.content_type == "application/octet-stream";
  std::string bitmap;
  std::size_t index = 0;
  const auto answer = [&](std::string_view question, std::string_view line) {
    const ReasonCode code = rule(question);
    ++counts[reasons_forbidden && !may_use(code) ? "WITHHELD" : std::string(name_of(code))];
    if (asks_for(request, "reasons")) {
      reply.body += tokens ? std::string(1, static_cast<char>(code))
                           : std::to_string(index + 1) + "," + std::string(name_of(code)) + "\n";
    } else if (asks_for(request, "bitmap")) {
      ISHI_ASSERT(tokens);
      if (index % 8 == 0) bitmap += '\0';
      if (may_use(code)) bitmap.back() = static_cast<char>(bitmap.back() | (1 << (index % 8)));
    } else if (may_use(code)) {
      reply.body += std::string(line) + "\n";
    }
    ++index;
  };
  if (tokens) {
    ISHI_ASSERT(request.body.size() % 16 == 0);
    for (std::size_t at = 0; at < request.body.size(); at += 16) {
      answer(to_hex(as_bytes(request.body.substr(at, 16))), {});
    }
  } else {
    std::string_view rest = request.body;
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      ISHI_ASSERT(end != std::string_view::npos);
      answer(rest.substr(0, end), rest.substr(0, end));
      rest.remove_prefix(end + 1);
    }
  }
  if (!bitmap.empty()) reply.body = bitmap;
  if (asks_for(request, "counts")) reply.body = nlohmann::json{{"counts", counts}}.dump();
  if (!broken_answer.empty()) reply.body = broken_answer;
  return reply;
}

HttpReply FakeServer::write(const HttpRequest& request) const {
  ISHI_ASSERT(!header_of(request, "Idempotency-Key").empty());
  nlohmann::json results = nlohmann::json::array();
  std::string_view rest = request.body;
  const bool csv = request.content_type.starts_with("text/csv");
  std::uint64_t accepted = 0, rejected = 0;
  for (std::uint64_t line = 1; !rest.empty(); ++line) {
    const std::size_t end = std::min(rest.find('\n'), rest.size() - 1);
    const std::string_view row = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    if (csv && line == 1) continue;
    const std::string code = reject(row);
    ++(code.empty() ? accepted : rejected);
    if (code.empty()) {
      results.push_back({{"line", line}, {"status", "accepted"}, {"receipt", 100 + line}});
      if (const std::string flag = remark(row); !flag.empty()) results.back()["flags"] = {flag};
    } else {
      results.push_back(
          {{"line", line}, {"status", "rejected"}, {"code", code}, {"field", "holder"}, {"detail", "no such"}});
    }
  }
  HttpReply reply;
  reply.status = 200;
  reply.body =
      nlohmann::json{{"position", 41827}, {"accepted", accepted}, {"rejected", rejected}, {"results", results}}.dump();
  return reply;
}

Patience no_sleep(int* sleeps) {
  Patience patience;
  patience.sleep = [sleeps](std::chrono::milliseconds) {
    if (sleeps != nullptr) ++*sleeps;
  };
  return patience;
}

}  // namespace ishi::client

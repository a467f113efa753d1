// A server behind HttpClient: answers /v1/filter by a rule over question lines, /v1/<writes> by accepting, and
// remembers what it was asked. It scolds a client that breaks the contract.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http_client/http_client.h"
#include "registry/rules/decision.h"

namespace ishi::client {

class FakeServer final : public HttpClient {
 public:
  struct Seen {
    std::string target, content_type, body, batch_id, key, source_sequence, source_count;
  };
  std::function<ReasonCode(std::string_view question)> rule = [](std::string_view) { return ReasonCode::kAllow; };
  std::function<std::string(std::string_view row)> reject = [](std::string_view) { return std::string(); };
  std::function<std::string(std::string_view row)> remark = [](std::string_view) { return std::string(); };
  bool reasons_forbidden = false;
  bool dry_answers = true;            // false: as to anybody but a regulator
  int busy_answers = 0;               // how many times to say 503 first
  int refuse_status = 0;              // say this to everything
  std::vector<std::string> refusals;  // say these first, one a request, where one is not empty
  std::string broken_answer;          // say this instead of the right answer
  std::function<std::string()> position = [] { return std::string("41827"); };
  std::optional<std::uint64_t> first_receipt;  // of filter runs, counted up; unset: no Ishi-Receipt
  std::function<HttpReply(std::uint64_t receipt)> receipt = [](std::uint64_t number) {
    return HttpReply{200, {}, "c2sp.org/tlog-proof@v1\nindex " + std::to_string(number) + "\n"};
  };
  bool remember_bodies = true;
  std::vector<Seen> seen;
  std::uint64_t requests = 0;

  Result<HttpReply> send(const HttpRequest& request) override;

 private:
  HttpReply filter(const HttpRequest& request);
  HttpReply write(const HttpRequest& request) const;
};

// Patience that never sleeps, and counts.
Patience no_sleep(int* sleeps = nullptr);

}  // namespace ishi::client

// PolicyHandler: GET and POST /v1/policy, and the first publication. A version is the whole book: the documents in
// {"documents":[{"name":"regimes.toml","text":"…"}, …]}. Published whole or not at all; complaints name document, line
// and field (422). ?check=true only checks. Idempotency-Key makes publishing repeatable. Any thread.
#pragma once

#include <span>

#include "api/auth/principal.h"
#include "api/messages/message.h"
#include "registry/policy/reading/policy_text.h"
#include "registry/ports/event_log.h"
#include "registry/ports/status_source.h"

namespace ishi::api {

class PolicyHandler {
 public:
  PolicyHandler(EventLog& log, const StatusSource& status) : log_(log), status_(status) {}
  Response publish(const Request& request, const Principal& principal) const;
  // The version in force. Callers who may not publish see it without the hashes of callers' keys.
  Response current(const Request& request, const Principal& principal) const;

  // The first version of an empty log. False: there were events already, nothing was done. Two servers that start at
  // once publish the same documents once.
  Result<bool> publish_first(std::vector<PolicyDocument> documents) const;

 private:
  EventLog& log_;
  const StatusSource& status_;
};

std::string describe(std::span<const PolicyComplaint> complaints);  // one line each
// `text` with every key hash of the book's callers replaced by as many zeros.
std::string without_key_hashes(std::string text, const PolicyBook& book);

}  // namespace ishi::api

#include "api/policy/policy_handler.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "api/auth/permissions.h"
#include "api/messages/problem.h"
#include "api/operations/health.h"
#include "registry/merkle/sha256.h"
#include "registry/policy/controller.h"

namespace ishi::api {
namespace {

constexpr std::size_t kDocumentsMax = 100;

Error malformed(std::string detail) {
  return {ErrorKind::kInvalidArgument, "invalid_body", std::move(detail)};
}

Result<std::vector<PolicyDocument>> read_documents(std::string_view body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object() || json.size() != 1 || !json.contains("documents") || !json["documents"].is_array())
    return fail(malformed("Send {\"documents\":[{\"name\":\"…\",\"text\":\"…\"}, …]}."));
  std::vector<PolicyDocument> documents;
  for (const auto& item : json["documents"]) {
    if (!item.is_object() || item.size() != 2 || !item.contains("name") || !item.contains("text") ||
        !item["name"].is_string() || !item["text"].is_string())
      return fail(malformed("Each document is {\"name\":\"…\",\"text\":\"…\"}."));
    documents.push_back({item["name"], item["text"]});
  }
  if (documents.empty() || documents.size() > kDocumentsMax) return fail(malformed("Send 1..100 documents."));
  return documents;
}

Response complaint_response(std::span<const PolicyComplaint> complaints, const Request& request) {
  Response response = problem_response(Error{ErrorKind::kUnprocessable, "policy_invalid",
                                             "The documents do not make a policy book; nothing was published."},
                                       request);
  auto json = nlohmann::ordered_json::parse(response.body);
  for (const PolicyComplaint& complaint : complaints)
    json["complaints"].push_back({{"document", complaint.document},
                                  {"line", complaint.line},
                                  {"field", complaint.field},
                                  {"message", complaint.message}});
  response.body = json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  return response;
}

bool is_key(std::string_view key) {
  return key.size() <= 190 && std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

Digest digest_of(std::span<const PolicyDocument> documents) {
  Sha256 hash;
  for (const PolicyDocument& document : documents)
    for (const std::string& text : {document.name, document.text}) {
      hash.update(as_bytes(std::to_string(text.size()) + ":"));
      hash.update(as_bytes(text));
    }
  return hash.finish();
}

char lower(char c) {
  return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::string describe(std::span<const PolicyComplaint> complaints) {
  std::string out;
  for (const PolicyComplaint& complaint : complaints)
    out += complaint.document + " line " + std::to_string(complaint.line) + ": " + complaint.field + ": " +
           complaint.message + "\n";
  return out;
}

std::string without_key_hashes(std::string text, const PolicyBook& book) {
  for (const auto& [id, caller] : book.callers) {
    if (caller.key_sha256.empty()) continue;
    auto at = text.begin();
    for (;;) {
      at = std::search(at, text.end(), caller.key_sha256.begin(), caller.key_sha256.end(),
                       [](char a, char b) { return lower(a) == lower(b); });
      if (at == text.end()) break;
      at = std::fill_n(at, caller.key_sha256.size(), '0');
    }
  }
  return text;
}

Response PolicyHandler::publish(const Request& request, const Principal& principal) const {
  auto documents = read_documents(request.body);
  if (!documents) return problem_response(documents.error(), request);
  const PolicyReading reading = read_policy(*documents, PolicySource::kHandedIn);
  if (!reading.book) return complaint_response(reading.complaints, request);
  if (request.query_value("check") == "true") return {200, "application/json", {}, "{\"valid\":true}\n"};
  const std::string_view key = request.header("Idempotency-Key");
  if (!is_key(key))
    return problem_response(
        Error{ErrorKind::kInvalidArgument, "bad_header", "Idempotency-Key: 1..190 visible ASCII characters"}, request);

  AppendRequest append;
  append.caller = principal.id;
  if (!key.empty()) append.key = IdempotencyKey{principal.id, "policy:" + std::string(key), digest_of(*documents)};
  append.bodies.emplace_back(PolicyPublished{std::move(*documents)});
  const Result<Appended> appended = log_.append(std::move(append));
  if (!appended) return problem_response(appended.error(), request);
  nlohmann::ordered_json json;
  json["policy"] = appended->first.value();
  json["position"] = appended->position.events();
  json["registered_at"] = to_iso(appended->registered_at);
  return {
      200, "application/json", {{"Ishi-Position", std::to_string(appended->position.events())}}, json.dump() + "\n"};
}

Response PolicyHandler::current(const Request& request, const Principal& principal) const {
  const Result<View> view = principal.view ? Result<View>(*principal.view) : local_view(status_);
  if (!view) return problem_response(view.error(), request);
  const auto events = log_.read(view->policy_event, 1);
  if (!events) return problem_response(events.error(), request);
  const auto* published = events->empty() ? nullptr : std::get_if<PolicyPublished>(&events->front().event.body);
  if (!published)
    return problem_response(Error{ErrorKind::kCorrupt, "policy_missing", "no policy where one was seen"}, request);
  const bool whole = may(principal.role, Action::kPublishPolicy);
  nlohmann::ordered_json json;
  json["policy"] = view->policy_event.value();
  json["profile"] = view->book->profile.code;
  json["controller"] = controller_of(view->book->profile);
  json["published_at"] = to_iso(events->front().event.registered_at);
  for (const PolicyDocument& document : published->documents)
    json["documents"].push_back(
        {{"name", document.name}, {"text", whole ? document.text : without_key_hashes(document.text, *view->book)}});
  return {200,
          "application/json",
          {{"Ishi-Position", std::to_string(view->position.events())}},
          json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n"};
}

Result<bool> PolicyHandler::publish_first(std::vector<PolicyDocument> documents) const {
  const Result<Head> head = log_.head();
  if (!head) return fail(head.error());
  if (head->position.events() > 0 || documents.empty()) return false;
  const PolicyReading reading = read_policy(documents, PolicySource::kHandedIn);
  if (!reading.book) return fail(ErrorKind::kInvalidArgument, "policy_invalid", describe(reading.complaints));
  AppendRequest append;
  append.caller = "ishid";
  append.key = IdempotencyKey{"ishid", "policy:first", digest_of(documents)};
  append.bodies.emplace_back(PolicyPublished{std::move(documents)});
  const Result<Appended> appended = log_.append(std::move(append));
  if (!appended && appended.error().kind == ErrorKind::kConflict) return false;  // another server was first
  if (!appended) return fail(appended.error());
  return !appended->repeated;
}

}  // namespace ishi::api

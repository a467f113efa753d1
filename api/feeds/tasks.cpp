#include "api/feeds/tasks.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "api/auth/actor.h"
#include "api/messages/problem.h"
#include "registry/commands/promises/issue_receipt.h"
#include "registry/commands/standing.h"
#include "registry/policy/names.h"

namespace ishi::api {
namespace {

Result<std::uint64_t> task_number(const Request& request, std::string_view name, std::uint64_t usual,
                                  std::uint64_t max) {
  const std::string_view text = request.query_value(name);
  if (text.empty()) return usual;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && value <= max) return value;
  return fail(ErrorKind::kInvalidArgument, "invalid_parameter",
              std::string(name) + " is a number up to " + std::to_string(max) + ".");
}

nlohmann::ordered_json task_of(const OwedReceipt& owed) {
  return {{"task", "receipt"},
          {"objection", owed.objection.value()},
          {"number", receipt_number(owed.objection)},
          {"token", owed.token.reveal_hex()},
          {"accepted_at", to_iso(owed.accepted_at)},
          {"form", name_of(owed.electronic_agreed ? ReceiptForm::kElectronic : ReceiptForm::kPaper)}};
}

}  // namespace

Response Tasks::handle(const Request& request, const Principal& principal) const {
  Result<Response> response = run(request, principal);
  return response ? std::move(*response) : problem_response(response.error(), request);
}

Result<Response> Tasks::run(const Request& request, const Principal& principal) const {
  if (principal.role == Role::kCallAgent)
    return fail(ErrorKind::kForbidden, "tasks_not_yours", "Call agents record requests and read nothing back.");
  const auto after = task_number(request, "after", 0, (std::uint64_t{1} << 63) - 1);
  if (!after) return fail(after.error());
  const auto limit = task_number(request, "limit", kTasksUsual, kTasksMax);
  if (!limit) return fail(limit.error());
  Freshness strict;
  strict.asked_at = request.received;
  strict.deadline = std::chrono::steady_clock::now() + view_wait_max_;
  const Result<View> view = status_.view(strict);
  if (!view) return fail(view.error());
  const Actor actor = actor_of(principal, *view->book);
  const EventIndex from(request.query_value("after").empty() ? 0 : *after + 1);
  const auto owed = tasks_.owed_receipts(from, *limit, [&](const std::string& caller) {
    return actor.role == Role::kRegistryOps || caller_is_own(*view->book, actor, caller);
  });
  if (!owed) return fail(owed.error());
  nlohmann::ordered_json json;
  json["position"] = view->position.events();
  json["tasks"] = nlohmann::ordered_json::array();
  for (const OwedReceipt& one : *owed) json["tasks"].push_back(task_of(one));
  if (!owed->empty() && owed->size() == *limit) json["after"] = owed->back().objection.value();
  return Response{200, "application/json", {}, json.dump() + "\n"};
}

}  // namespace ishi::api

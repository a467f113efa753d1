#include "api/operations/erasure_handler.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "api/messages/problem.h"
#include "registry/commands/erasure.h"
#include "registry/identifiers/check_digit.h"
#include "registry/merkle/sha256.h"

namespace ishi::api {
namespace {

constexpr std::size_t kGroundBytesMax = 500;
constexpr std::uint64_t kIndexMax = std::uint64_t{1} << 62;

tl::unexpected<Error> malformed(std::string detail) {
  return fail(ErrorKind::kInvalidArgument, "invalid_body", std::move(detail));
}

bool is_ground(const std::string& text) {
  const auto blank = [](char c) { return c == ' '; };
  return text.size() <= kGroundBytesMax && !std::all_of(text.begin(), text.end(), blank) &&
         std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

Result<RecordErased> read_order(std::string_view body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object() || json.size() != 2 || !json.contains("event") || !json.contains("ground") ||
      !json["event"].is_number_unsigned() || !json["ground"].is_string() ||
      json["event"].get<std::uint64_t>() > kIndexMax)
    return malformed("Send {\"event\": 4711, \"ground\": \"…\"}.");
  const std::string ground = json["ground"];
  if (!is_ground(ground)) return malformed("ground: the legal ground in plain text, 1..500 bytes.");
  if (text_holds_my_number(ground))
    return fail(ErrorKind::kInvalidArgument, "my_number_refused", "ground: a My Number is refused");
  return RecordErased{EventIndex(json["event"].get<std::uint64_t>()), ground};
}

}  // namespace

Response ErasureHandler::handle(const Request& request, const Principal& principal) const {
  const auto order = read_order(request.body);
  if (!order) return problem_response(order.error(), request);
  const auto ordered = this->order(request, principal, order->target, order->ground);
  if (!ordered) return problem_response(ordered.error(), request);
  nlohmann::ordered_json json;
  json["erased"] = order->target.value();
  json["record"] = ordered->first.value();
  json["position"] = ordered->position.events();
  json["registered_at"] = to_iso(ordered->registered_at);
  return {200, "application/json", {{"Ishi-Position", std::to_string(ordered->position.events())}}, json.dump() + "\n"};
}

Result<Appended> ErasureHandler::order(const Request& request, const Principal& principal, EventIndex target,
                                       const std::string& ground) const {
  AppendRequest append;
  append.caller = principal.id;
  if (const std::string_view key = request.header("Idempotency-Key"); !key.empty()) {
    const bool visible = std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7F; });
    if (key.size() > 190 || !visible)
      return fail(ErrorKind::kInvalidArgument, "bad_header", "Idempotency-Key: 1..190 visible ASCII characters");
    append.key = IdempotencyKey{principal.id, "erasure:" + std::string(key), sha256(as_bytes(request.body))};
    const auto known = log_.find_answer(*append.key);
    if (!known) return fail(known.error());
    // Sent again: the log gives the first answer, and what was asked of the event then need not be asked now.
    if (!*known) {
      if (auto allowed = check(target); !allowed) return fail(allowed.error());
    }
  } else if (auto allowed = check(target); !allowed) {
    return fail(allowed.error());
  }
  append.bodies.emplace_back(RecordErased{target, ground});
  return log_.append(std::move(append));
}

Result<void> ErasureHandler::check(EventIndex target) const {
  const auto view = status_.view({std::nullopt, std::nullopt, std::chrono::steady_clock::now() + freshness_wait_max_});
  if (!view) return fail(view.error());
  if (target.value() >= view->position.events())
    return fail(ErrorKind::kNotFound, "beyond_the_log", "the log has no event of that number");
  const auto read = log_.read(target, 1);
  if (!read) return fail(read.error());
  if (read->empty()) return fail(ErrorKind::kNotFound, "beyond_the_log", "the log has no event of that number");
  const StoredEvent& event = read->front();
  const auto subjects = subjects_of(event.event.body);
  std::vector<StoredEvent> about;
  if (!subjects.empty()) {
    auto found = log_.read_about(subjects, view->position);
    if (!found) return fail(found.error());
    about = std::move(*found);
    const bool there =
        std::any_of(about.begin(), about.end(), [&](const StoredEvent& one) { return one.index == target; });
    if (!there) return fail(ErrorKind::kConflict, "already_erased", "an erasure in the log names this event already");
  }
  return may_erase(event, about, *view->book);
}

}  // namespace ishi::api

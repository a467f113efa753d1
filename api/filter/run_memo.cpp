#include "api/filter/run_memo.h"

#include <nlohmann/json.hpp>

namespace ishi::api {

std::string encode(const RunMemo& memo) {
  nlohmann::ordered_json json;
  json["v"] = 1;
  json["position"] = memo.position.events();
  json["evaluated_at"] = memo.evaluated_at.microseconds();
  json["as_of"] = memo.as_of.microseconds();
  return json.dump();
}

Result<RunMemo> decode_run_memo(std::string_view text) try {
  const auto json = nlohmann::json::parse(text);
  if (json.at("v") != 1)
    return fail(ErrorKind::kCorrupt, "run_memo_unreadable", "a stored batch answer has another version");
  return RunMemo{Position(json.at("position").get<std::uint64_t>()),
                 Timestamp(json.at("evaluated_at").get<std::int64_t>()),
                 Timestamp(json.at("as_of").get<std::int64_t>())};
} catch (const nlohmann::json::exception&) {
  return fail(ErrorKind::kCorrupt, "run_memo_unreadable", "a stored batch answer cannot be read");
}

}  // namespace ishi::api

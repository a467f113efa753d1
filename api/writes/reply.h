// Reply: line results -> the JSON that the caller gets, in its language. Written by hand: a hundred thousand lines
// need no tree. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/messages/message.h"
#include "api/messages/problem.h"
#include "api/writes/kinds/line_handler.h"
#include "registry/position.h"
#include "registry/result.h"

namespace ishi::api {

struct ReplyFacts {
  Position position;                       // after the write; of the view when nothing was written
  std::optional<Timestamp> registered_at;  // missing: nothing was written
  EventIndex first;                        // receipts are counted from here
  std::uint64_t accepted = 0, rejected = 0;
  bool repeated = false;
  std::optional<std::uint64_t> gap_from;
};
struct ReplyStyle {
  Language language = Language::kEnglish;
  bool rejected_only = false;
};

// 200 with the lines of `results`. Ishi-Receipt: the receipt number, or the first and the last joined by a hyphen.
Result<Response> written_reply(const ReplyFacts& facts, std::string_view results, const ReplyStyle& style,
                               const WriteKind& kind, const PolicyBook& book);
// 422, nothing was written; only the rejected lines are listed. `code`: all_rejected or atomic_rejected.
Result<Response> refused_reply(const ReplyFacts& facts, std::string_view code, std::string_view results,
                               const ReplyStyle& style, const WriteKind& kind, const PolicyBook& book);

}  // namespace ishi::api

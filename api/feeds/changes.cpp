#include "api/feeds/changes.h"

#include <algorithm>

#include "api/feeds/visibility.h"

namespace ishi::api {
namespace {

constexpr std::size_t kReadAtATime = 5'000;

std::size_t put_lines(std::string& out, const StoredEvent& stored) {
  const std::string head = "{\"position\":" + std::to_string(Position::after(stored.index).events()) +
                           ",\"registered_at\":\"" + to_iso(stored.event.registered_at) + "\",\"kind\":\"" +
                           name_of(kind_of(stored.event.body)) + '"';
  const std::vector<Token> tokens = subjects_of(stored.event.body);
  if (tokens.empty()) {
    out += head + "}\n";
    return 1;
  }
  for (const Token& token : tokens) out += head + ",\"token\":\"" + token.reveal_hex() + "\"}\n";
  return tokens.size();
}

}  // namespace

Response Changes::handle(const Request& request, const Principal& principal) const {
  return desk_.answer(request, [&](const View& view, Position since) { return page(view, since, principal); });
}

Result<FeedPage> Changes::page(const View& view, Position since, const Principal& principal) const {
  const Visibility visibility(principal, *view.book, log_);
  FeedPage result;
  result.position = since;
  std::size_t lines = 0;
  std::size_t events_read = 0;
  while (result.position < view.position && lines < desk_.limits().lines_max &&
         events_read < desk_.limits().events_read_max) {
    const std::uint64_t left = view.position.events() - result.position.events();
    const Result<std::vector<StoredEvent>> events =
        log_.read(result.position.next_index(), std::min<std::uint64_t>(left, kReadAtATime));
    if (!events) return fail(events.error());
    if (events->empty()) {  // what is left has been erased
      result.position = view.position;
      break;
    }
    for (const StoredEvent& stored : *events) {
      if (lines >= desk_.limits().lines_max || !view.position.covers(stored.index)) break;
      const Result<bool> seen = visibility.sees(stored.event.body);
      if (!seen) return fail(seen.error());
      if (*seen) lines += put_lines(result.lines, stored);
      result.position = Position::after(stored.index);
      ++events_read;
    }
  }
  result.more = result.position < view.position;
  return result;
}

}  // namespace ishi::api

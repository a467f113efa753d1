#include "api/feeds/changes.h"

#include "api/feeds/visibility.h"

namespace ishi::api {
namespace {

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
  return poll_.answer(request, [&](const View& view, Position since) { return page(view, since, principal); });
}

Result<FeedPage> Changes::page(const View& view, Position since, const Principal& principal) const {
  const Visibility visibility(principal, *view.book, log_);
  return read_page(log_, poll_.limits(), view, since,
                   [&](std::string& lines, const StoredEvent& stored) -> Result<std::size_t> {
                     const Result<bool> seen = visibility.sees(stored.event.body);
                     if (!seen) return fail(seen.error());
                     return *seen ? put_lines(lines, stored) : 0;
                   });
}

}  // namespace ishi::api

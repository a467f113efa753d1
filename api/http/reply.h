// Reply: a Response as bytes on their way out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "api/messages/message.h"

namespace ishi::api {

struct Reply {
  std::string head, body;
  std::size_t sent = 0;  // of head and body together
  bool keep_alive = false;
  std::size_t left() const { return head.size() + body.size() - sent; }
};

// Status line and headers (RFC 9112): Date, Content-Length always (but on 204 and 304), Connection; no-store unless
// the handler says otherwise. HEAD keeps the length and drops the body. Control characters in header values become '_'.
Reply make_reply(Response response, Method method, bool keep_alive);

enum class Sent : std::uint8_t { kAll, kMore, kBroken };
Sent send_some(int fd, Reply& reply);  // never blocks

}  // namespace ishi::api

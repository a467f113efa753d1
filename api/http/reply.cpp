#include "api/http/reply.h"

#include <cerrno>
#include <ctime>

#include <sys/socket.h>
#include <sys/uio.h>

namespace ishi::api {
namespace {

constexpr std::size_t kSmallBodyBytes = 1'024;

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    default: return "Status";
  }
}

const std::string& http_date() {
  thread_local std::time_t second = 0;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != second) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    char buffer[40];
    text.assign(buffer, std::strftime(buffer, sizeof buffer, "%a, %d %b %Y %H:%M:%S GMT", &parts));
    second = now;
  }
  return text;
}

void add_header(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ");
  const std::size_t from = head.size();
  head.append(value);
  for (std::size_t i = from; i < head.size(); ++i)
    if (static_cast<unsigned char>(head[i]) < 0x20 || head[i] == 0x7F) head[i] = '_';
  head += "\r\n";
}

bool has_header(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers)
    if (key == name) return true;
  return false;
}

}  // namespace

Reply make_reply(Response response, Method method, bool keep_alive) {
  Reply reply;
  reply.keep_alive = keep_alive;
  std::string& head = reply.head;
  head.reserve(512 + (response.body.size() <= kSmallBodyBytes ? response.body.size() : 0));
  head.append("HTTP/1.1 ")
      .append(std::to_string(response.status))
      .append(" ")
      .append(reason_of(response.status))
      .append("\r\n");
  add_header(head, "Date", http_date());
  if (!response.content_type.empty()) add_header(head, "Content-Type", response.content_type);
  const bool bodiless = response.status == 204 || response.status == 304;
  if (!bodiless) add_header(head, "Content-Length", std::to_string(response.body.size()));
  add_header(head, "Connection", keep_alive ? "keep-alive" : "close");
  if (!has_header(response, "Cache-Control")) add_header(head, "Cache-Control", "no-store");
  add_header(head, "X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : response.headers) add_header(head, name, value);
  head += "\r\n";
  if (method == Method::kHead || bodiless) return reply;
  if (response.body.size() <= kSmallBodyBytes)
    head += response.body;  // one piece is sent faster than two
  else
    reply.body = std::move(response.body);
  return reply;
}

Sent send_some(int fd, Reply& reply) {
  constexpr int kFlags = MSG_NOSIGNAL | MSG_DONTWAIT;
  while (reply.left() > 0) {
    ssize_t bytes = 0;
    if (reply.body.empty()) {
      bytes = ::send(fd, reply.head.data() + reply.sent, reply.left(), kFlags);
    } else if (reply.sent >= reply.head.size()) {
      bytes = ::send(fd, reply.body.data() + (reply.sent - reply.head.size()), reply.left(), kFlags);
    } else {
      iovec parts[2] = {{reply.head.data() + reply.sent, reply.head.size() - reply.sent},
                        {reply.body.data(), reply.body.size()}};
      msghdr message{};
      message.msg_iov = parts;
      message.msg_iovlen = 2;
      bytes = ::sendmsg(fd, &message, kFlags);
    }
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0) return errno == EAGAIN || errno == EWOULDBLOCK ? Sent::kMore : Sent::kBroken;
    reply.sent += static_cast<std::size_t>(bytes);
  }
  return Sent::kAll;
}

}  // namespace ishi::api

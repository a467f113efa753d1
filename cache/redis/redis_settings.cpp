#include "cache/redis/redis_settings.h"

#include <charconv>

namespace ishi::cache {
namespace {

std::optional<RedisAddress> parse_one(std::string_view text) {
  if (text.starts_with('/')) return RedisAddress{std::string(text), 0};
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const std::string_view digits = text.substr(colon + 1);
  int port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || port < 1 || port > 65'535 || host.empty())
    return std::nullopt;
  return RedisAddress{std::string(host), port};
}

}  // namespace

Result<std::vector<RedisAddress>> parse_redis_addresses(std::string_view text) {
  std::vector<RedisAddress> addresses;
  while (true) {
    const std::size_t comma = text.find(',');
    auto address = parse_one(text.substr(0, comma));
    if (!address)
      return fail(ErrorKind::kInvalidArgument, "redis_address", "a Redis address is a socket's path or host:port");
    addresses.push_back(std::move(*address));
    if (comma == std::string_view::npos) return addresses;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace ishi::cache

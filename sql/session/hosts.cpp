#include "sql/session/hosts.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>

#include <postgresql/libpq-fe.h>

namespace ishi::sql {
namespace {

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> items(1);
  for (const char c : list) {
    if (c == ',')
      items.emplace_back();
    else
      items.back() += c;
  }
  return items;
}

std::string quoted(const std::string& value) {
  std::string text = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + "'";
}

}  // namespace

std::vector<std::string> each_host(const std::string& connection_string) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(connection_string.c_str(), nullptr), &PQconninfoFree);
  if (options == nullptr) return {connection_string};
  std::map<std::string, std::vector<std::string>> values;  // of each keyword that is set; several of those below
  std::size_t hosts = 1;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    const std::string keyword = option->keyword;
    const bool listed = keyword == "host" || keyword == "hostaddr" || keyword == "port";
    auto& list = values[keyword] = listed ? split(option->val) : std::vector<std::string>{option->val};
    if (listed && keyword != "port") hosts = std::max(hosts, list.size());
  }
  if (hosts == 1) return {connection_string};
  std::vector<std::string> each(hosts);
  for (std::size_t i = 0; i < hosts; ++i)
    for (const auto& [keyword, list] : values)
      if (list.size() == 1 || i < list.size())
        each[i] += (each[i].empty() ? "" : " ") + keyword + "=" + quoted(list[list.size() == 1 ? 0 : i]);
  return each;
}

std::uint32_t timeline_of(std::string_view hex) {
  std::uint32_t timeline = 0;
  const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), timeline, 16);
  return error == std::errc() && end == hex.data() + hex.size() ? timeline : 0;
}

}  // namespace ishi::sql

// NoticeSources: a city's notices come from a few thousand (holder, regime, template, method); each is kept once.
// Not thread-safe. Never forgets: bounded by the letters that holders of the policy book may hand out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "registry/events/event.h"
#include "registry/status/person_status.h"

namespace ishi::facts {

class NoticeSources {
 public:
  std::uint32_t intern(const NoticeGiven& notice);
  NoticeFact fact(std::uint32_t source, CivilDate date) const;
  const NoticeFact& without_date(std::uint32_t source) const { return sources_[source]; }

 private:
  bool is(std::uint32_t source, const NoticeGiven& notice) const;

  std::vector<NoticeFact> sources_;
  std::unordered_map<std::string, std::uint32_t> by_key_;
  std::uint32_t last_ = 0;  // files come sorted by holder: most notices have the source of the one before
  std::string key_;         // reused
};

}  // namespace ishi::facts

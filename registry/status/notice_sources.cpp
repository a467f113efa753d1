#include "registry/status/notice_sources.h"

namespace ishi::facts {

bool NoticeSources::is(std::uint32_t source, const NoticeGiven& notice) const {
  if (source >= sources_.size()) return false;
  const NoticeFact& fact = sources_[source];
  return fact.holder == notice.holder && fact.regime == notice.regime && fact.template_id == notice.template_id &&
         fact.method == notice.method;
}

std::uint32_t NoticeSources::intern(const NoticeGiven& notice) {
  if (is(last_, notice)) return last_;
  key_.clear();
  for (const std::string* part : {&notice.holder, &notice.regime, &notice.template_id}) {
    key_.append(std::to_string(part->size())).append(":").append(*part);
  }
  key_.push_back(static_cast<char>(notice.method));
  const auto [found, is_new] = by_key_.try_emplace(key_, static_cast<std::uint32_t>(sources_.size()));
  if (is_new) sources_.push_back({notice.holder, notice.regime, notice.template_id, notice.method, CivilDate()});
  last_ = found->second;
  return last_;
}

NoticeFact NoticeSources::fact(std::uint32_t source, CivilDate date) const {
  NoticeFact fact = sources_[source];
  fact.date = date;
  return fact;
}

}  // namespace ishi::facts

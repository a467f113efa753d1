#include "cache/near/terms.h"

#include <algorithm>
#include <tuple>

#include "registry/assert.h"

namespace ishi {
namespace {

auto content_of(const ObjectionTerms& terms) {
  const Scope& scope = terms.scope;
  return std::tie(scope.regimes, scope.holders, scope.recipients, scope.categories, scope.purposes, scope.record_from,
                  scope.record_to, terms.requester, terms.past_data, terms.reaffirm_on);
}

}  // namespace

bool TermsDictionary::ByContent::operator()(const ObjectionTerms& a, const ObjectionTerms& b) const {
  return content_of(a) < content_of(b);
}

std::optional<TermsId> TermsDictionary::intern(Set set) {
  ISHI_ASSERT(!set.empty() && std::is_sorted(set.begin(), set.end()));
  const auto number = sets_.intern(std::move(set));
  return number ? std::optional(TermsId(*number)) : std::nullopt;
}

std::optional<ObjectionTermsId> TermsDictionary::intern(ObjectionTerms terms) {
  const auto number = objections_.intern(std::move(terms));
  return number ? std::optional(ObjectionTermsId(static_cast<std::uint16_t>(*number))) : std::nullopt;
}

void TermsDictionary::clear() {
  sets_.clear();
  objections_.clear();
}

}  // namespace ishi

#include "cache/people.h"

#include <algorithm>

#include "registry/assert.h"

namespace ishi::cache {

void People::apply(std::span<const StoredEvent> events) {
  const std::unique_lock lock(mutex_);
  for (const StoredEvent& stored : events) population_.apply(stored.index, stored.event);
}

Position People::position() const {
  const std::shared_lock lock(mutex_);
  return population_.position();
}

void People::visit(Position as_of, std::span<const Token> tokens, std::span<const TokenForms> forms,
                   const Visitor& visitor) const {
  ISHI_ASSERT(forms.empty() || forms.size() == tokens.size());
  const std::shared_lock lock(mutex_);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const Match match = forms.empty() ? population_.resolve(tokens[i], std::nullopt, std::nullopt)
                                      : population_.resolve(tokens[i], forms[i].household, forms[i].loose);
    const bool changed = std::any_of(match.persons.begin(), match.persons.end(),
                                     [&](const PersonStatus& person) { return person.as_of > as_of; });
    visitor(i, match, changed);
  }
}

Digest People::digest() const {
  const std::shared_lock lock(mutex_);
  return population_.digest();
}

std::size_t People::token_count() const {
  const std::shared_lock lock(mutex_);
  return population_.token_count();
}

}  // namespace ishi::cache

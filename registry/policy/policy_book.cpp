#include "registry/policy/policy_book.h"

namespace ishi {
namespace {

template <typename Map>
const typename Map::mapped_type* find_in(const Map& map, std::string_view code) {
  const auto found = map.find(code);
  return found == map.end() ? nullptr : &found->second;
}

// The alias to follow from `code`, or nothing if there is none or it is not in force yet on `on`.
template <typename Map>
const typename Map::mapped_type* alias_of(const Map& aliases, std::string_view code, std::optional<CivilDate> on) {
  const auto* alias = find_in(aliases, code);
  return alias != nullptr && (!on || alias->from <= *on) ? alias : nullptr;
}

// A published book has no alias cycles; the count of steps keeps a hand-made one from hanging us.
template <typename Map>
std::string follow(const Map& aliases, std::string_view code, std::optional<CivilDate> on) {
  std::string_view current = code;
  for (std::size_t step = 0; step < aliases.size(); ++step) {
    const auto* alias = alias_of(aliases, current, on);
    if (alias == nullptr) break;
    current = alias->new_code;
  }
  return std::string(current);
}

}  // namespace

const OverrideRule* Regime::find_override(std::string_view wanted) const {
  for (const OverrideRule& rule : overrides) {
    if (rule.code == wanted) return &rule;
  }
  return nullptr;
}

const Regime* PolicyBook::find_regime(std::string_view code) const {
  return find_in(regimes, code);
}
const NoticeTemplate* PolicyBook::find_template(std::string_view id) const {
  return find_in(templates, id);
}

std::string PolicyBook::current_institution(std::string_view code, std::optional<CivilDate> on) const {
  return follow(institution_aliases, code, on);
}

std::string PolicyBook::current_operator(std::string_view code, std::optional<CivilDate> on) const {
  return follow(operator_aliases, code, on);
}

// Walks from the code of the notice towards today's code of the one asked about. An asked code that was itself
// succeeded stands for its successor, so asking with the old code does not revive notices that did not survive.
bool PolicyBook::notice_carries_over(std::string_view notice_code, std::string_view asked_code,
                                     std::optional<CivilDate> on, std::optional<CivilDate> given) const {
  const std::string asked = current_institution(asked_code, on);
  std::string_view current = notice_code;
  for (std::size_t step = 0; step <= institution_aliases.size(); ++step) {
    if (current == asked) return true;
    const InstitutionAlias* alias = alias_of(institution_aliases, current, on);
    if (alias == nullptr) return false;
    if (!alias->change_notice_recorded && !(given && alias->from <= *given)) return false;
    current = alias->new_code;
  }
  return false;
}

}  // namespace ishi

#include "registry/identifiers/canonical.h"

namespace ishi {

std::string canonical_exact(const InsuranceId& id) {
  std::string text;
  text.reserve(16 + id.symbol.size() + id.number.size());
  write_exact(id, id.branch, text);
  return text;
}

std::string canonical_household(const InsuranceId& id) {
  std::string text;
  text.reserve(16 + id.symbol.size() + id.number.size());
  write_exact(id, {}, text);
  return text;
}

std::string canonical_loose(const InsuranceId& id) {
  std::string text;
  text.reserve(17 + id.symbol.size() + id.number.size());
  write_loose(id, text);
  return text;
}

}  // namespace ishi

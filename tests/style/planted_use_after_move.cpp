// Planted: clang-tidy must complain here (ops/lib/style_checks.sh). Belongs to no program.
#include <string>
#include <utility>

std::size_t planted(std::string text);
std::size_t planted(std::string text) {
  const std::string moved = std::move(text);
  return moved.size() + text.size();
}

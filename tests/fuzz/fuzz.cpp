#include "tests/fuzz/fuzz.h"

#include <cstdio>
#include <cstdlib>
#include <functional>

namespace ishi::fuzz {

std::map<std::string, Target>& targets() {
  static std::map<std::string, Target> all;
  return all;
}

void broken_promise(const char* promise, const char* file, int line) {
  std::fprintf(stderr, "broken promise: %s (%s:%d)\n", promise, file, line);
  std::abort();
}

std::size_t take_choice(std::string_view& input, std::size_t choices) {
  if (input.empty()) return 0;
  const auto first = static_cast<unsigned char>(input.front());
  input.remove_prefix(1);
  return first % choices;
}

bool repeats_digits(std::string_view text, std::string_view input, std::size_t digits) {
  for (std::size_t begin = 0; begin + digits <= text.size(); ++begin) {
    const std::string_view run = text.substr(begin, digits);
    if (run.find_first_not_of("0123456789") == std::string_view::npos && input.find(run) != std::string_view::npos)
      return true;
  }
  return false;
}

bool lies_in(std::string_view part, std::string_view whole) {
  const std::less_equal<const char*> before;
  return before(whole.data(), part.data()) && before(part.data() + part.size(), whole.data() + whole.size());
}

}  // namespace ishi::fuzz

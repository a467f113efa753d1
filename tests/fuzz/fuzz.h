// Fuzz targets: for each parser of bytes from outside, a function that takes any input and aborts if a promise of that
// parser does not hold. With ISHI_FUZZ (preset "asan", clang) libFuzzer looks for inputs that break it; without,
// fuzz_seeds_test tries the seeds, cut off and changed, in every build.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace ishi::fuzz {

using Target = void (*)(std::string_view input);

std::map<std::string, Target>& targets();  // by name; each stands in targets/<name>.cpp

struct Registration {
  Registration(const char* name, Target target) { targets().emplace(name, target); }
};

[[noreturn]] void broken_promise(const char* promise, const char* file, int line);

// The first byte of the input, taken off, chooses among `choices`; 0 when there is none.
std::size_t take_choice(std::string_view& input, std::size_t choices);

// True if a run of `digits` or more digits of the input stands in the text: an error may not repeat an identifier.
bool repeats_digits(std::string_view text, std::string_view input, std::size_t digits);

// Is `part` a piece of `whole`, byte for byte the same memory?
bool lies_in(std::string_view part, std::string_view whole);

}  // namespace ishi::fuzz

#define FUZZ_MUST(promise) \
  (static_cast<bool>(promise) ? void(0) : ::ishi::fuzz::broken_promise(#promise, __FILE__, __LINE__))

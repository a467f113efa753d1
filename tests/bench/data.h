// The people of the benchmark and what must be answered about them: known by construction, so that every system that
// is measured can be checked token by token.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "registry/identifiers/token.h"
#include "registry/rules/decision.h"

namespace ishi::bench {

constexpr const char* kHolder = "1312345679";
constexpr const char* kTemplate = "bench-letter";

// People 0 .. people-1 were told; of a thousand, 10 objected and 10 were told only yesterday. Numbers beyond belong to
// nobody the registry has heard of.
Token token_of(std::uint64_t person);
bool objected(std::uint64_t person);
bool told_lately(std::uint64_t person);
ReasonCode truth_of(std::uint64_t person, std::uint64_t people);

// People known by insurance card, numbered apart from the others. All of them may be used.
std::string insurance_fields(std::uint64_t card, char separator);  // insurer:symbol:number:branch

struct Batch {
  std::vector<Token> tokens;
  std::vector<std::uint8_t> truth;  // ReasonCode
  std::size_t may_be_used = 0;
  std::string_view bytes() const {
    return {reinterpret_cast<const char*>(tokens.data()), tokens.size() * Token::kSizeBytes};
  }
};
// Drawn at random; one in twenty is unknown.
Batch make_batch(std::size_t count, std::uint64_t people, std::uint64_t seed);
std::string allowed_bytes(const Batch& batch);
std::string allowed_bitmap(const Batch& batch);
std::string as_hex_lines(const Batch& batch, bool only_allowed);

struct CardBatch {
  std::string lines, allowed_lines;
  std::size_t count = 0;
};
CardBatch make_card_batch(std::size_t count, std::uint64_t cards, std::uint64_t seed);

std::uint64_t mixed(std::uint64_t value);  // splitmix64

}  // namespace ishi::bench

#include "tests/bench/data.h"

#include <cstdio>
#include <cstring>

#include "registry/bytes.h"
#include "registry/identifiers/check_digit.h"

namespace ishi::bench {

std::uint64_t mixed(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

Token token_of(std::uint64_t person) {
  const std::uint64_t halves[2] = {mixed(person * 2), mixed(person * 2 + 1)};
  std::array<std::uint8_t, Token::kSizeBytes> bytes{};
  std::memcpy(bytes.data(), halves, sizeof halves);
  return Token(bytes);
}

bool objected(std::uint64_t person) {
  return mixed(~person) % 1000 < 10;
}
bool told_lately(std::uint64_t person) {
  const std::uint64_t draw = mixed(~person) % 1000;
  return draw >= 10 && draw < 20;
}

ReasonCode truth_of(std::uint64_t person, std::uint64_t people) {
  if (person >= people) return ReasonCode::kDenyUnknown;
  if (objected(person)) return ReasonCode::kDenyOptout;
  return told_lately(person) ? ReasonCode::kDenyWaiting : ReasonCode::kAllow;
}

std::string insurance_fields(std::uint64_t card, char separator) {
  static const std::string insurer = [] {
    const std::string payload = "0113001";
    return payload + *luhn_check_digit(payload);
  }();
  char text[64];
  const int size = std::snprintf(text, sizeof text, "%s%c%05u%c%05u%c01", insurer.c_str(), separator,
                                 static_cast<unsigned>(card / 90'000 + 10'000), separator,
                                 static_cast<unsigned>(card % 90'000 + 10'000), separator);
  return std::string(text, static_cast<std::size_t>(size));
}

Batch make_batch(std::size_t count, std::uint64_t people, std::uint64_t seed) {
  Batch batch;
  batch.tokens.reserve(count);
  batch.truth.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t draw = mixed(seed * 0x1000000007ULL + i);
    const std::uint64_t person = draw % 20 == 0 ? people + (draw >> 8) % 1'000'000'000 : (draw >> 8) % people;
    batch.tokens.push_back(token_of(person));
    const ReasonCode code = truth_of(person, people);
    batch.truth.push_back(static_cast<std::uint8_t>(code));
    batch.may_be_used += may_use(code) ? 1 : 0;
  }
  return batch;
}

std::string allowed_bytes(const Batch& batch) {
  std::string out;
  out.reserve(batch.bytes().size());
  for (std::size_t i = 0; i < batch.tokens.size(); ++i)
    if (batch.truth[i] == 0) out.append(batch.bytes().substr(i * Token::kSizeBytes, Token::kSizeBytes));
  return out;
}

std::string allowed_bitmap(const Batch& batch) {
  std::string out((batch.tokens.size() + 7) / 8, '\0');
  for (std::size_t i = 0; i < batch.tokens.size(); ++i)
    if (batch.truth[i] == 0) out[i / 8] = static_cast<char>(out[i / 8] | (1 << (i % 8)));
  return out;
}

std::string as_hex_lines(const Batch& batch, bool only_allowed) {
  std::string out;
  out.reserve(batch.tokens.size() * 33);
  for (std::size_t i = 0; i < batch.tokens.size(); ++i)
    if (!only_allowed || batch.truth[i] == 0) out += to_hex(batch.tokens[i].bytes()) + "\n";
  return out;
}

CardBatch make_card_batch(std::size_t count, std::uint64_t cards, std::uint64_t seed) {
  CardBatch batch;
  batch.count = count;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t draw = mixed(seed * 0x2000000003ULL + i);
    const bool unknown = draw % 20 == 0;
    const std::string line =
        insurance_fields(unknown ? cards + 10'000'000 + (draw >> 8) % 100'000'000 : (draw >> 8) % cards, ':') + "\n";
    batch.lines += line;
    if (!unknown) batch.allowed_lines += line;
  }
  return batch;
}

}  // namespace ishi::bench

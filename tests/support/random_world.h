// RandomWorld: small worlds in which everything goes wrong at once. Few tokens, so that links, households and look-
// alikes meet; every kind of event; dates huddled around the boundaries of the law. Same seed, same world.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "registry/events/event.h"
#include "registry/policy/policy_book.h"
#include "registry/rules/question.h"
#include "tests/support/naive_twin.h"

namespace ishi::twin {

class RandomWorld {
 public:
  explicit RandomWorld(std::uint64_t seed);
  // The sample book or, for every other seed, its hospitals and letters under the regimes that ship with one of the
  // five options; then with rules changed at random.
  const PolicyBook& book() const { return book_; }
  bool under_shipped_law() const { return shipped_; }
  EventBody event(std::uint64_t number);  // may speak of events before `number`
  Question question();                    // always passes check_question
  Question any_question();                // sometimes nonsense
  Asked asked();

 private:
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
  bool chance(unsigned percent) { return random_() % 100 < percent; }
  template <typename Item>
  const Item& pick(const std::vector<Item>& items) {
    return items[below(items.size())];
  }
  std::vector<std::string> some(const std::vector<std::string>& items);
  void change_rules();
  CivilDate date();
  Timestamp instant();
  Scope scope();
  Token person() { return pick(persons_); }
  EventBody fact_without_effect(const Token& who);
  EventIndex earlier(const std::vector<EventIndex>& events, std::uint64_t number);

  std::mt19937_64 random_;
  PolicyBook book_;
  bool shipped_ = false;
  std::vector<std::string> regimes_, holders_, recipients_, categories_, purposes_, letters_;
  std::vector<Token> persons_, households_, looses_;
  std::vector<EventIndex> objections_, consents_, links_;
};

// The book that ships: ops/policy/regimes.toml with one option ("option_2_1"); reformed: with all reforms that an
// option file names switched on. Throws if it cannot be read.
const PolicyBook& shipped_book(const std::string& option, bool reformed = false);
// Puts the hospitals, operators and letters of `book` under that law: everybody has filed for everything, and operators
// are certified for all of it.
void put_under(PolicyBook& book, const PolicyBook& law);

}  // namespace ishi::twin

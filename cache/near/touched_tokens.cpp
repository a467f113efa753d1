#include "cache/near/touched_tokens.h"

#include <algorithm>
#include <variant>

namespace ishi::cache {
namespace {

void sort_out(std::vector<Token>& tokens) {
  std::sort(tokens.begin(), tokens.end());
  tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
}

}  // namespace

Result<std::vector<Token>> tokens_touched_by(const EventLog& log, std::span<const StoredEvent> events, Position upto) {
  std::vector<Token> touched;
  const auto add_subjects = [&](std::span<const StoredEvent> events_about) {
    for (const StoredEvent& stored : events_about)
      for (const Token& token : subjects_of(stored.event.body)) touched.push_back(token);
    sort_out(touched);
  };
  add_subjects(events);
  // Once for the linked and the members of cards, once more for those linked with the members.
  for (int step = 0; step < 2 && !touched.empty(); ++step) {
    const auto about = log.read_about(touched, upto);
    if (!about) return fail(about.error());
    add_subjects(*about);
  }
  return touched;
}

}  // namespace ishi::cache

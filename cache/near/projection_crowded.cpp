// Projection, of those about whom the log holds far too much: they are left to it while it grows, and folded anew when
// the follower has time.
#include <algorithm>
#include <chrono>
#include <unordered_map>

#include "cache/near/projection.h"

namespace ishi::cache {
namespace {

constexpr auto kSettlePause = std::chrono::seconds(1);
constexpr int kSettlePauseTimes = 20;  // as long as settling took: a twentieth of the follower's time, at most

}  // namespace

// What is about each person who was asked about; of those with too much, when they were folded.
void Projection::remember_crowded(const Population& fold, std::span<const StoredEvent> events,
                                  const std::vector<Token>& asked, Position upto) {
  std::unordered_map<Token, std::uint64_t, TokenHash> about;
  for (const StoredEvent& stored : events)
    for (const Token& token : subjects_of(stored.event.body)) ++about[token];
  std::set<Token> seen;
  for (const Token& token : asked) {
    // Nearly everybody: a person has at most 256 tokens.
    if (about[token] * 256 <= crowded_events_ || seen.contains(token)) continue;
    const auto status = fold.find(token);
    if (!status) continue;
    std::uint64_t count = 0;
    for (const Token& held : status->tokens) count += about[held];
    for (const Token& held : status->tokens) {
      seen.insert(held);
      if (count > crowded_events_)
        crowded_[held] = {count, upto};
      else
        crowded_.erase(held);
    }
  }
}

// Folding a person takes as long as what the log holds of them. Until the log has grown by twice that, they are left
// to it: whoever asks about them reads it, and nobody else waits.
void Projection::put_off(std::set<Token>& to_refresh, Position upto) {
  if (crowded_.empty()) return;
  std::set<Token> done;
  std::erase_if(to_refresh, [&](const Token& token) {
    const auto crowded = crowded_.find(token);
    if (crowded == crowded_.end() || less_known_.contains(token)) return false;
    if (upto.events() - crowded->second.folded_at.events() > 2 * crowded->second.events) return false;
    if (const auto before = in_overflow(token)) put_off_.insert(before->tokens.begin(), before->tokens.end());
    put_off_.insert(token);
    leave_to_the_log(token, upto, done);
    return true;
  });
}

Result<void> Projection::settle(const EventLog& log) {
  const MutexLock lock(writing_);
  const auto now = std::chrono::steady_clock::now();
  if (put_off_.empty() || now < settle_from_) return {};
  std::set<Token> tokens = std::exchange(put_off_, {});
  const auto settled = refresh(log, std::move(tokens), position());
  const auto then = std::chrono::steady_clock::now();
  settle_from_ = then + std::max<std::chrono::steady_clock::duration>(kSettlePause, kSettlePauseTimes * (then - now));
  return settled;
}

}  // namespace ishi::cache

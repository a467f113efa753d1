// Projection in a table that evicts: a cache of single, plain persons, whole at every moment for those it holds. What
// an event touches is forgotten rather than folded anew: the next question about it goes to the shared cache or the
// log, and fills it back. Linked persons are never held, so nobody held can be changed by an event that does not name
// them, their card apart. The floor below which a late fill is refused is a person's own, rounded up to that of those
// who share a cell: were it one for all, nobody could be filled back while others write.
#include <algorithm>
#include <variant>

#include "cache/near/projection.h"
#include "cache/near/touched_tokens.h"

namespace ishi::cache {
namespace {

constexpr std::size_t kTouchedChunk = 500;  // tokens about which the log is asked at a time

// For the shared cache, which holds linked persons too. Each token once: many events may be about one person, and what
// the log holds of them is read with every chunk in which they stand.
Result<void> add_touched(const EventLog& log, std::span<const StoredEvent> events, Position upto,
                         std::vector<Token>& touched) {
  std::set<Token> met;
  std::vector<StoredEvent> chunk;
  std::size_t chunk_max = kTouchedChunk;
  const auto ask = [&]() -> Result<void> {
    for (std::span<const StoredEvent> left = chunk; !left.empty();) {
      const std::size_t count = std::min(chunk_max, left.size());
      const auto tokens = tokens_touched_by(log, left.first(count), upto);
      if (!tokens && tokens.error().kind == ErrorKind::kTooLarge && count > 1) {
        chunk_max = count / 2;
        continue;
      }
      if (!tokens) return fail(tokens.error());
      touched.insert(touched.end(), tokens->begin(), tokens->end());
      left = left.subspan(count);
      chunk_max = kTouchedChunk;
    }
    chunk.clear();
    return {};
  };
  for (const StoredEvent& stored : events) {
    bool is_new = false;
    for (const Token& token : subjects_of(stored.event.body)) is_new |= met.insert(token).second;
    if (!is_new) continue;
    chunk.push_back(stored);
    if (chunk.size() < kTouchedChunk) continue;
    if (auto asked = ask(); !asked) return asked;
  }
  return ask();
}

}  // namespace

Result<void> Projection::forget_touched(const EventLog& log, std::span<const StoredEvent> events, Position upto) {
  std::set<Token> cards, forgotten;
  for (const StoredEvent& stored : events) {
    const EventBody& body = stored.event.body;
    if (std::holds_alternative<NoticeGiven>(body)) continue;
    if (const auto* identity = std::get_if<TokenIdentity>(&body)) {
      if (identity->household != identity->exact) weak_.add(identity->household);
      if (identity->loose != identity->exact) weak_.add(identity->loose);
      if (identity->level == TokenLevel::kLoose) weak_.add(identity->exact);
    }
    if (const auto* erased = std::get_if<RecordErased>(&body)) {
      if (auto applied = apply_erasure(log, events, stored.index, *erased, forgotten, cards); !applied) return applied;
    }
    if (const auto* healed = std::get_if<TimesHealed>(&body)) {
      if (auto applied = apply_healing(log, stored.index, *healed, forgotten, cards); !applied) return applied;
    }
    for (const Token& token : subjects_of(body)) forgotten.insert(token);
    if (const auto* objection = std::get_if<Objection>(&body)) cards.insert(objection->token);
    if (const auto* withdrawn = std::get_if<ObjectionWithdrawn>(&body)) cards.insert(withdrawn->token);
  }
  if (auto added = add_members(log, cards, upto, forgotten); !added) return added;
  {
    const MutexLock lock(writing_);
    for (const StoredEvent& stored : events) {
      const auto* notice = std::get_if<NoticeGiven>(&stored.event.body);
      if (!notice) continue;
      last_touched(notice->token) = upto;
      if (!forgotten.contains(notice->token) && knows(notice->token))
        add_notice(notice->token, *notice, Position::after(stored.index), forgotten);
    }
    for (const Token& token : forgotten) {
      last_touched(token) = upto;
      table_.erase(token);
    }
    less_known_.clear();
  }
  return collects_touched_ ? add_touched(log, events, upto, touched_) : Result<void>{};
}

bool Projection::fill(Position snapshot, const Token& token, const PersonStatus& status) {
  if (!bounded_) return false;
  const bool filled = is_plain(status) && fill_plain(snapshot, token, status);
  (filled ? fills_ : fills_refused_).fetch_add(1, std::memory_order_relaxed);
  return filled;
}

bool Projection::fill_plain(Position snapshot, const Token& token, const PersonStatus& status) {
  const MutexLock lock(writing_);
  NearEntry entry;
  return snapshot >= last_touched(token) && !knows(token) && pack(status, entry) && table_.put(token, entry);
}

}  // namespace ishi::cache

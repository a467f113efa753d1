// Projection (of statuses): everybody in the log, in one fixed table and a small map beside it.
//
//   NearTable   one entry per token. Nearly everybody has notices and perhaps one objection that stands: packed.
//   overflow    whole PersonStatus of those with more to say: withdrawals, consents, links, deaths, household cards.
//               Their entries say "elsewhere".
//   WeakFilter  which loose and household tokens exist at all.
//
// What a token's entry means is defined by status/population.h and by nothing here: an event that is not a plain
// notice makes its persons be folded anew from the log (`refresh`), and their entries replaced. Applying a batch
// twice is harmless, so a batch interrupted by a lost connection is simply applied again.
//
// Consistency: an entry carries the Position of the last event that touched it. Asked as of an earlier Position it
// says `kStale`, and the log must be asked. Entries are never removed, so "absent" is as good as a fact: nothing
// was known of that token at any Position up to now (unless the table was too small: see complete()).
//
// An erasure names an event, not a person: whom it was about is read from the log, where the content stays long enough
// for every node to hear of it. A node that comes too late for that (it was frozen) says so and must be started anew.
//
// One writer (the follower); any number of readers, who never wait for it. In a table that evicts there is no overflow
// map: an event makes its persons be forgotten, and readers fill back what the shared cache or the log said, under the
// writer's mutex and by the fill rule (README.md).
#pragma once

#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <unordered_map>
#include <vector>

#include "cache/feed/feed_projection.h"
#include "cache/near/compiled_question.h"
#include "cache/near/near_table.h"
#include "cache/near/terms.h"
#include "cache/near/weak_filter.h"
#include "registry/identifiers/tokenizer.h"
#include "registry/ports/event_log.h"
#include "registry/status/population.h"
#include "registry/threads/mutex.h"

namespace ishi::cache {

class Projection final : public FeedProjection {
 public:
  explicit Projection(NearLimits limits);

  // Errors are those of log.read_about; nothing is lost, call again with the same events. Also kCorrupt
  // "erased_before_heard": this node counts a fact whose content is gone, and can't know whose it was.
  Result<void> apply(const EventLog& log, std::span<const StoredEvent> events) override;
  // Folds anew those of whom so much is known that apply() left them to the log: one person in a while.
  Result<void> settle(const EventLog& log) override;
  Position position() const override { return Position(applied_.load(std::memory_order_acquire)); }

  // From now on apply() remembers every token whose entry it changes, until take_touched(). Before the first apply().
  void collect_touched() { collects_touched_ = true; }
  // The follower's thread. Some tokens come more than once; those of an attempt that failed are among them.
  std::vector<Token> take_touched() { return std::exchange(touched_, {}); }

  // Any thread. Offers a person as they were at `snapshot`, found by exact form, to a table that evicts. Kept only if
  // it is plain, no event has touched them since `snapshot`, and nothing is known here. Waits for memory, never for
  // I/O.
  bool fill(Position snapshot, const Token& token, const PersonStatus& status);

  enum class Seen { kFound, kUnknown, kStale };
  // A reading of one token as of a Position. kFound: `code` or `status` is filled. kUnknown: nothing is known.
  // kStale: this tier cannot say; ask the log.
  // `asked`: the question itself with its instant, of which `question` knows but the day. The codes are those of a
  // question that claims no statutory exception. each(i, Seen, ReasonCode), in any order.
  template <typename OnCode>
  void decide_many(Position as_of, const Question& asked, const CompiledQuestion& question,
                   std::span<const Token> tokens, OnCode&& each) const;
  // As decide_many, whole persons one by one: for what cannot be tabulated.
  Seen find(Position as_of, const Token& token, PersonStatus& status) const;

  // Of a token that is unknown as it stands: might it, or one of its forms, be a weak form of somebody known?
  bool may_have_weak_match(const Token& token, const TokenForms* forms) const {
    if (weak_.may_contain(token)) return true;
    if (!forms) return false;
    // Facts may have been recorded on the card itself, by a writer who never recorded whose card it is.
    return weak_.may_contain(forms->household) || weak_.may_contain(forms->loose) || knows(forms->household) ||
           knows(forms->loose);
  }
  void expect_weak_match(const Token& token) const {
    weak_.prefetch(token);
  }  // may_have_weak_match is about to be asked
  const TermsDictionary& terms() const { return terms_; }
  // How many events below `known_at` have been erased by an event at or beyond it.
  std::uint64_t erased_since(Position known_at) const;
  bool complete() const { return complete_.load(std::memory_order_acquire); }

  struct Stats {
    std::size_t tokens = 0, in_overflow = 0, terms = 0, memory_bytes = 0, evictions = 0, fills = 0, fills_refused = 0;
    bool huge_pages = false, complete = true;
  };
  Stats stats() const;

  // Snapshots (cache/near/projection_snapshot.cpp).
  bool whole() const override { return complete(); }
  // Only a start from the log forgets it.
  bool holds_what_was_erased() const override { return holds_erased_.load(std::memory_order_acquire); }
  std::vector<std::uint64_t> snapshot_sizes() const override;
  Result<void> snapshot(SnapshotSink& sink) const override;
  Position begun() const override { return Position(begun_.load(std::memory_order_acquire)); }
  std::unique_ptr<SnapshotRestorer> restore() override;
  void clear() override;

 private:
  class Sections;  // copies everything while it is written
  class Restorer;  // and puts it back before anybody asks
  void look_for_erasures(std::span<const StoredEvent> events);
  static constexpr std::size_t kOverflowMaps = 64, kTouchedCells = std::size_t{1} << 16;
  struct OverflowMap {
    mutable SharedMutex mutex;
    std::unordered_map<Token, std::shared_ptr<const PersonStatus>, TokenHash> people ISHI_GUARDED_BY(mutex);
  };
  OverflowMap& overflow_of(const Token& token) { return overflow_[token.bytes()[15] % kOverflowMaps]; }
  const OverflowMap& overflow_of(const Token& token) const { return overflow_[token.bytes()[15] % kOverflowMaps]; }
  bool knows(const Token& token) const { return table_.get(token).state != NearEntry::State::kAbsent; }
  bool has_only_notices(const Token& token) const { return table_.get(token).state <= NearEntry::State::kNotices; }
  static bool is_plain(const PersonStatus& status);
  std::shared_ptr<const PersonStatus> in_overflow(const Token& token) const;
  PersonStatus unpack(const Token& token, const NearEntry& entry) const;
  bool pack(const PersonStatus& status, NearEntry& entry);
  bool pack_objection(const PersonStatus& status, NearEntry& entry);
  bool put(const Token& token, const NearEntry& entry);
  bool put_elsewhere(const Token& token, Position as_of);
  void add_notice(const Token& token, const NoticeGiven& notice, Position as_of, std::set<Token>& to_refresh);
  // Of a whole table: the entry itself where that is plain, else the token goes to `to_refresh`.
  Result<void> fold_in(const EventLog& log, std::span<const StoredEvent> events, Position upto);
  void add_identity(const TokenIdentity& identity, Position as_of, std::set<Token>& to_refresh);
  Result<void> refresh(const EventLog& log, std::set<Token> tokens, Position upto);
  void replace_entry(const Token& token, PersonStatus status, const Population& fold, Position upto,
                     std::set<Token>& tokens, std::set<Token>& done);
  void keep_in_overflow(const Token& held, const std::shared_ptr<const PersonStatus>& status, std::set<Token>& done);
  void drop_from_overflow(const Token& token);
  void put_off(std::set<Token>& to_refresh, Position upto);
  void remember_crowded(const Population& fold, std::span<const StoredEvent> events, const std::vector<Token>& asked,
                        Position upto);
  Result<void> add_members(const EventLog& log, const std::set<Token>& cards, Position upto,
                           std::set<Token>& members) const;
  // Of a table that evicts:
  Result<void> forget_touched(const EventLog& log, std::span<const StoredEvent> events, Position upto);
  bool fill_plain(Position snapshot, const Token& token, const PersonStatus& status);
  Result<void> apply_erasure(const EventLog& log, std::span<const StoredEvent> events, EventIndex record,
                             const RecordErased& erased, std::set<Token>& to_refresh, std::set<Token>& cards);
  Result<void> apply_healing(const EventLog& log, EventIndex record, const TimesHealed& healed,
                             std::set<Token>& to_refresh, std::set<Token>& cards);
  void forget(const Token& token, Position as_of);
  void leave_to_the_log(const Token& token, Position as_of, std::set<Token>& done);

  Position& last_touched(const Token& token) ISHI_REQUIRES(writing_) {
    return last_touched_[token.bytes()[14] | token.bytes()[15] << 8];
  }

  const bool bounded_;
  const std::uint64_t crowded_events_;
  TermsDictionary terms_;
  NearTable table_;
  WeakFilter weak_;
  std::array<OverflowMap, kOverflowMaps> overflow_;
  std::atomic<bool> complete_{true};
  std::atomic<bool> holds_erased_{false};
  std::atomic<std::uint64_t> begun_{0}, applied_{0};
  Position loaded_;                      // everything below it may be in here from a snapshot
  std::set<EventIndex> read_as_erased_;  // the writer's: events whose content was gone when they were read
  std::atomic<std::size_t> fills_{0}, fills_refused_{0};
  Mutex writing_;
  // Of a table that evicts. What follows is the writer's, under writing_ like this one.
  std::vector<Position> last_touched_ ISHI_GUARDED_BY(writing_);
  std::set<Token> unfinished_;  // what a refresh that failed had still to do
  bool collects_touched_ = false;
  std::vector<Token> touched_;
  std::set<Token>
      less_known_;  // of whom something was erased or is believed otherwise, until their entries are replaced
  // Of whom the log holds so much that folding them with every batch would hold everybody up.
  struct Crowded {
    std::uint64_t events = 0;  // about them, when last folded
    Position folded_at;
  };
  std::map<Token, Crowded> crowded_;
  std::set<Token> put_off_;  // of those: left to the log since
  std::chrono::steady_clock::time_point settle_from_{};
  std::set<EventIndex> blank_;  // events that were never counted here: their content had gone before
  mutable Mutex erasures_mutex_;
  // Target, and the first record that names it.
  std::map<EventIndex, EventIndex> erasures_ ISHI_GUARDED_BY(erasures_mutex_);
};

template <typename OnCode>
void Projection::decide_many(Position as_of, const Question& asked, const CompiledQuestion& question,
                             std::span<const Token> tokens, OnCode&& each) const {
  using Binds = CompiledQuestion::Binds;
  const Seen unknown = complete() ? Seen::kUnknown : Seen::kStale;
  const std::uint64_t seen_upto = as_of.events();
  const std::int32_t today = jst_date(asked.as_of).days_since_epoch();
  // kStale: the caller asks find().
  const auto brief = [&](std::size_t i, const NearBrief& person) {
    Seen seen = person.absent ? unknown : Seen::kStale;
    ReasonCode code = person.absent ? question.of_unknown() : ReasonCode::kDenyUnknown;
    if (!person.absent && !person.elsewhere() && person.as_of() <= seen_upto) {
      if (person.objects()) {
        if (person.day() >= today || question.binds(person.objection_terms()) != Binds::kYes)
          return false;  // depends on the rest
        each(i, Seen::kFound, ReasonCode::kDenyOptout);
        return true;
      }
      code = question.of_untold();
      bool tabulated = true;
      if (person.count() > 0) {
        const auto progress = question.of(person.first());
        tabulated = progress.tabulated;
        code = CompiledQuestion::further(progress.code, code);
      }
      if (person.count() > 1) {
        const auto progress = question.of(person.second());
        tabulated = tabulated && progress.tabulated;
        code = CompiledQuestion::further(progress.code, code);
        tabulated = tabulated && question.adds_up(code);
      }
      if (tabulated) seen = Seen::kFound;
    }
    each(i, seen, code);
    return true;
  };
  const auto whole = [&](std::size_t i, const NearEntry& entry) {
    const bool absent = entry.state == NearEntry::State::kAbsent;
    Seen seen = absent ? unknown : Seen::kStale;
    ReasonCode code = absent ? question.of_unknown() : ReasonCode::kDenyUnknown;
    if (!absent && entry.state != NearEntry::State::kElsewhere && entry.as_of <= as_of) {
      code = question.of_untold();
      bool tabulated = true;
      for (std::size_t k = 0; k < entry.count; ++k) {
        const auto progress = question.of(entry.notices[k]);
        tabulated = tabulated && progress.tabulated;
        code = CompiledQuestion::further(progress.code, code);
      }
      if (entry.count > 1) tabulated = tabulated && question.adds_up(code);
      if (entry.state == NearEntry::State::kObjects && entry.objection.accepted_at <= asked.as_of) {
        const Binds binds = question.binds(entry.objection.terms);
        tabulated = binds == Binds::kYes || (tabulated && binds == Binds::kNo);
        if (binds == Binds::kYes) code = ReasonCode::kDenyOptout;
      }
      if (tabulated) seen = Seen::kFound;
    }
    each(i, seen, code);
  };
  table_.visit_many(tokens, brief, whole);
}

}  // namespace ishi::cache

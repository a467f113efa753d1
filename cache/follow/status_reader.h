// StatusReader: answers at a chosen freshness from this node's projection, and from the log itself for whatever
// the projection has already moved past. It is the StatusSource of the house; callers cannot tell tiers apart.
//
// Strict (the default): read the log's head after the question arrived, wait until it is applied, answer at the
// applied Position. Loosened: answer with what is here if it is no older than asked. Past: at the Position named.
// Every decision given with one View is exactly at its Position: persons touched later are refolded from the log.
//
// A node that has just started and is still reading the log answers all the same if there is a deep tier in step with
// it: the View is at the log's head, this node's own table is passed over, and whom the deep tier does not know is
// folded from the log.
#pragma once

#include <atomic>
#include <list>

#include "cache/follow/feed_follower.h"
#include "cache/follow/freshness_barrier.h"
#include "cache/follow/head_reader.h"
#include "cache/follow/policy_history.h"
#include "cache/follow/thread_pool.h"
#include "cache/near/projection.h"
#include "cache/shared/shared_cache.h"
#include "registry/ports/event_log.h"
#include "registry/ports/status_source.h"
#include "registry/threads/mutex.h"

namespace ishi::cache {

class StatusReader final : public StatusSource {
 public:
  StatusReader(const EventLog& log, const Projection& people, const PolicyHistory& policies,
               const FreshnessBarrier& barrier, const FeedFollower& follower, const Clock& clock,
               unsigned helper_threads = 0);
  // From now on, whoever this node's own table cannot answer for is asked of `deep` before the log; what is learned is
  // offered to `deep`, and to `near`, the table this reader reads. Either may be null. Before the first question only.
  void set_shared_cache(const SharedCache* deep, Projection* near) { deep_ = deep, near_ = near; }

  // True while it does so. Any thread.
  bool serves_from_shared_cache() const { return starting() && deep_->ready(); }

  // Heads come from there and not from the log; null: from the log. Before the first question only.
  void read_heads_from(const HeadSource* source) { heads_.read_from(source); }

  Result<View> view(const Freshness& freshness) const override;
  Result<View> view_at(Position known_at) const override;
  Result<void> decide_all(const View& view, const Question& question, std::span<const Token> tokens,
                          std::span<const TokenForms> forms, std::span<ReasonCode> out) const override;
  Result<Match> find(const View& view, const Token& token, const TokenForms* forms) const override;
  Result<std::vector<Match>> find_many(const View& view, std::span<const Token> tokens) const override;

  const ThreadPool& crew() const { return crew_; }
  std::uint64_t head_reads() const { return heads_.reads_done(); }
  // Tokens asked about, by where the answer was found: in this node's own table, or deeper.
  struct Stats {
    std::uint64_t near_hits = 0, near_misses = 0;
  };
  Stats stats() const {
    return {near_hits_.load(std::memory_order_relaxed), near_misses_.load(std::memory_order_relaxed)};
  }

 private:
  // A question tabulated for one policy version. Kept for the next batch that asks the same on the same day.
  struct Compiled {
    EventIndex policy_event;
    std::shared_ptr<const PolicyBook> book;
    CompiledQuestion question;
  };
  std::shared_ptr<const Compiled> compiled(const View& view, const Question& question) const;
  bool starting() const { return deep_ != nullptr && !follower_.ever_caught_up(); }
  Result<View> view_of(Position position, Timestamp evaluated_at) const;
  // At a Position this node has not reached: the policy, too, is read from the log.
  Result<View> view_ahead(const Head& head) const;
  bool is_ahead(const View& view) const { return view.position > barrier_.applied().position; }
  // Decides what this tier can; returns the indexes of what the log must be asked about.
  std::vector<std::size_t> decide_here(const View& view, const Question& question, const CompiledQuestion& table,
                                       std::span<const Token> tokens, std::span<const TokenForms> forms,
                                       std::span<ReasonCode> out) const;
  // What becomes of an asking. Too many: so many persons share that form that the log does not read them at once.
  struct MatchSink {
    std::function<void(std::size_t, const Match&)> match;
    std::function<void(std::size_t)> too_many = nullptr;  // null: then the whole question fails with kTooLarge
  };
  // For these askings: the deep tier where there is one, then the log.
  Result<void> ask_deeper(const View& view, std::span<const Token> tokens, std::span<const TokenForms> forms,
                          std::vector<std::size_t> asked, const MatchSink& told) const;
  // Folds the log up to `view` for these askings, in bounded chunks.
  Result<void> refold(const View& view, std::span<const Token> tokens, std::span<const TokenForms> forms,
                      std::span<const std::size_t> asked, const MatchSink& told) const;
  // One chunk of these. Errors: kTooLarge also when it is only the chunk that is too large.
  Result<void> refold_chunk(const View& view, std::span<const Token> tokens, std::span<const TokenForms> forms,
                            std::span<const std::size_t> chunk, const MatchSink& told) const;

  const EventLog& log_;
  const Projection& people_;
  const PolicyHistory& policies_;
  const FreshnessBarrier& barrier_;
  const FeedFollower& follower_;
  const Clock& clock_;
  HeadReader heads_;
  ThreadPool crew_;
  const SharedCache* deep_ = nullptr;
  Projection* near_ = nullptr;
  mutable PolicyHistory ahead_;  // versions this node has not come to yet
  mutable std::atomic<std::uint64_t> near_hits_{0}, near_misses_{0};
  mutable Mutex compiled_mutex_;
  mutable std::list<std::shared_ptr<const Compiled>> compiled_
      ISHI_GUARDED_BY(compiled_mutex_);  // newest first, at most kCompiledMax
};

}  // namespace ishi::cache

// StatusReader: answers at a chosen freshness from this node's projection, and from the log itself for whatever
// the projection has already moved past. It is the StatusSource of the server; callers cannot tell tiers apart.
//
// Strict (the default): read the log's head after the question arrived, wait until it is applied, answer at the
// applied Position. Loosened: answer with what is here if it is no older than asked. Past: at the Position named.
// Every decision given with one View is exactly at its Position: persons touched later are refolded from the log.
//
// A node that has just started and is still reading the log answers all the same if there is a shared cache in step
// with the log: the View is at the log's head, this node's own table is passed over, and persons whom the shared cache
// does not know are folded from the log.
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
  StatusReader(const EventLog& log, const Projection& statuses, const PolicyHistory& policies,
               const FreshnessBarrier& barrier, const FeedFollower& follower, const Clock& clock,
               unsigned helper_threads = 0);
  // From now on, what this node's own table cannot answer is asked of `shared` before the log; what the log said is
  // offered to `shared`, and to `near`, the table this reader reads. Either may be null. Before the first question
  // only.
  void set_shared_cache(const SharedCache* shared, Projection* near) { shared_ = shared, near_ = near; }

  // True while it does so. Any thread.
  bool serves_from_shared_cache() const { return starting() && shared_->ready(); }

  // Heads come from there and not from the log; null: from the log. `ahead_of_log`: it may show an event before reads
  // of the log do (a standby). Before the first question only.
  void read_heads_from(const HeadSource* source, bool ahead_of_log) {
    heads_.read_from(source);
    heads_ahead_of_log_ = ahead_of_log;
  }

  Result<View> view(const Freshness& freshness) const override;
  Result<View> view_at(Position known_at) const override;
  Result<void> decide_all(const View& view, const Question& question, std::span<const Token> tokens,
                          std::span<const TokenForms> forms, std::span<ReasonCode> out) const override;
  Result<Match> find(const View& view, const Token& token, const TokenForms* forms) const override;
  Result<std::vector<Match>> find_many(const View& view, std::span<const Token> tokens) const override;

  const ThreadPool& pool() const { return pool_; }
  std::uint64_t head_reads() const { return heads_.reads_done(); }
  // Tokens asked about, by where the answer was found: in this node's own table, or beyond it.
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
  bool starting() const { return shared_ != nullptr && !follower_.ever_caught_up(); }
  Result<View> view_of(Position position, Timestamp evaluated_at) const;
  Result<Timestamp> now_for(const Head& head) const;
  // At a Position this node has not reached: the policy, too, is read from the log.
  Result<View> view_ahead(const Head& head) const;
  bool is_ahead(const View& view) const { return view.position > barrier_.applied().position; }
  // What is asked about, as of one View. `forms` is empty, or there is one for each token.
  struct Asking {
    const View& view;
    std::span<const Token> tokens;
    std::span<const TokenForms> forms;

    const TokenForms* forms_of(std::size_t i) const { return forms.empty() ? nullptr : &forms[i]; }
    bool by_exact_form(std::size_t i) const { return forms.empty() || forms[i].level == TokenLevel::kExact; }
    Asking part(std::size_t begin, std::size_t count) const {
      return {view, tokens.subspan(begin, count), forms.empty() ? forms : forms.subspan(begin, count)};
    }
  };
  // Where matches go. too_many: so many persons share that form that the log does not read them at once.
  struct MatchSink {
    std::function<void(std::size_t, const Match&)> match;
    std::function<void(std::size_t)> too_many = nullptr;  // null: then the whole question fails with kTooLarge
  };
  struct Unsettled {
    std::uint32_t at;
    Projection::Seen seen;
  };

  // The steps of decide_all(). Those that decide from this node's table return the indexes of what it cannot answer.
  std::vector<std::size_t> decide_in_chunks(const Asking& asking, const Question& question,
                                            std::span<ReasonCode> out) const;
  std::vector<std::size_t> decide_here(const Asking& asking, const Question& question, const CompiledQuestion& table,
                                       std::span<ReasonCode> out) const;
  bool settle(const Asking& asking, const Question& question, const Unsettled& unsettled,
              std::span<ReasonCode> out) const;
  // For the indexes `asked`: the shared cache where there is one, then the log.
  Result<void> ask_beyond_table(const Asking& asking, std::vector<std::size_t> asked, const MatchSink& sink) const;
  // Returns what it did not know.
  std::vector<std::size_t> ask_shared_cache(const Asking& asking, std::span<const std::size_t> asked,
                                            const MatchSink& sink) const;
  Result<void> refold_and_offer(const Asking& asking, std::span<const std::size_t> asked, const MatchSink& sink) const;
  // A table that has not come as far as the View takes in nothing of it.
  Projection* table_to_fill(const View& view) const { return is_ahead(view) ? nullptr : near_; }
  // Folds the log up to the View for `asked`, in bounded chunks.
  Result<void> refold(const Asking& asking, std::span<const std::size_t> asked, const MatchSink& sink) const;
  // One chunk of these. Errors: kTooLarge also when it is only the chunk that is too large.
  Result<void> refold_chunk(const Asking& asking, std::span<const std::size_t> chunk, const MatchSink& sink) const;

  const EventLog& log_;
  const Projection& statuses_;
  const PolicyHistory& policies_;
  const FreshnessBarrier& barrier_;
  const FeedFollower& follower_;
  const Clock& clock_;
  HeadReader heads_;
  bool heads_ahead_of_log_ = false;
  ThreadPool pool_;
  const SharedCache* shared_ = nullptr;
  Projection* near_ = nullptr;
  mutable PolicyHistory ahead_;  // versions this node has not come to yet
  mutable std::atomic<std::uint64_t> near_hits_{0}, near_misses_{0};
  mutable Mutex compiled_mutex_;
  mutable std::list<std::shared_ptr<const Compiled>> compiled_
      ISHI_GUARDED_BY(compiled_mutex_);  // newest first, at most kCompiledMax
};

}  // namespace ishi::cache

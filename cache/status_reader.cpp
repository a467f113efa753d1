#include "cache/status_reader.h"

#include <algorithm>

#include "registry/assert.h"
#include "registry/rules/decide.h"

namespace ishi::cache {
namespace {

constexpr std::size_t kVisitChunk = 8'192;   // askings under one lock: the follower waits no longer than this
constexpr std::size_t kRefoldChunk = 5'000;  // askings per read of the log

// A token as asked: the plain token alone, or with its weak forms.
void add_asked_tokens(std::vector<Token>& wanted, const Token& token, const TokenForms* forms) {
  wanted.push_back(token);
  if (!forms) return;
  wanted.push_back(forms->household);
  wanted.push_back(forms->loose);
}

Match resolve(const Population& population, const Token& token, const TokenForms* forms) {
  return forms ? population.resolve(token, forms->household, forms->loose)
               : population.resolve(token, std::nullopt, std::nullopt);
}

}  // namespace

StatusReader::StatusReader(const EventLog& log, const People& people, const PolicyHistory& policies,
                           const FreshnessBarrier& barrier, const FeedFollower& follower, const Clock& clock)
    : log_(log), people_(people), policies_(policies), barrier_(barrier), follower_(follower), clock_(clock),
      heads_(log) {}

Result<View> StatusReader::view_of(Position position, Timestamp evaluated_at) const {
  auto version = policies_.at(position);
  if (!version)
    return fail(ErrorKind::kUnavailable, "no_policy", "no policy has been published yet; publish one and try again");
  View view;
  view.position = position;
  view.evaluated_at = evaluated_at;
  view.policy_event = version->first;
  view.book = std::move(version->second);
  return view;
}

Result<View> StatusReader::view(const Freshness& freshness) const {
  using std::chrono::steady_clock;
  if (freshness.staleness_max) {
    const auto age = steady_clock::now() - follower_.caught_up_at();
    const Head here = barrier_.applied();
    if (age <= *freshness.staleness_max && here.position >= freshness.at_least.value_or(Position())) {
      auto view = view_of(here.position, std::max(clock_.now(), here.last_registered_at));
      if (view) view->staleness = std::chrono::duration_cast<std::chrono::microseconds>(age);
      return view;
    }
  }
  const Position applied_before = barrier_.applied().position;
  auto head = heads_.read(freshness.deadline);
  if (!head) return fail(head.error());
  if (head->position < applied_before)
    return fail(ErrorKind::kCorrupt, "log_went_back", "the log is shorter than what this node has seen: another log, or "
                "an older copy of it was restored; no answer until an operator has looked");
  const Position wanted = std::max(head->position, freshness.at_least.value_or(Position()));
  auto applied = barrier_.wait_for(wanted, freshness.deadline);
  if (!applied) return fail(applied.error());
  return view_of(applied->position, std::max(clock_.now(), applied->last_registered_at));
}

Result<View> StatusReader::view_at(Position known_at) const {
  const Position applied = barrier_.applied().position;
  if (known_at > applied) {
    auto head = heads_.read(std::chrono::steady_clock::now() + std::chrono::seconds(2));
    if (!head) return fail(head.error());
    if (known_at > head->position)
      return fail(ErrorKind::kInvalidArgument, "known_at_in_the_future",
                  "known_at is beyond the end of the log; the newest Position is " +
                      std::to_string(head->position.events()));
    auto waited = barrier_.wait_for(known_at, std::chrono::steady_clock::now() + std::chrono::seconds(2));
    if (!waited) return fail(waited.error());
  }
  return view_of(known_at, clock_.now());
}

Result<void> StatusReader::refold(const View& view, std::span<const Token> tokens, std::span<const TokenForms> forms,
                                  std::span<const std::size_t> asked,
                                  const std::function<void(std::size_t, const Match&)>& each) const {
  for (std::size_t begin = 0; begin < asked.size(); begin += kRefoldChunk) {
    const auto chunk = asked.subspan(begin, std::min(kRefoldChunk, asked.size() - begin));
    std::vector<Token> wanted;
    for (const std::size_t i : chunk) add_asked_tokens(wanted, tokens[i], forms.empty() ? nullptr : &forms[i]);
    auto events = log_.read_about(wanted, view.position);
    if (!events) return fail(events.error());
    Population past;
    for (const StoredEvent& stored : *events) {
      past.skip_to(stored.index);
      past.apply(stored.index, stored.event);
    }
    for (const std::size_t i : chunk) each(i, resolve(past, tokens[i], forms.empty() ? nullptr : &forms[i]));
  }
  return {};
}

Result<void> StatusReader::decide_all(const View& view, const Question& question, std::span<const Token> tokens,
                                      std::span<const TokenForms> forms, std::span<ReasonCode> out) const {
  ISHI_ASSERT(out.size() == tokens.size());
  ISHI_ASSERT(barrier_.applied().position >= view.position);
  std::vector<std::size_t> moved_on;
  for (std::size_t begin = 0; begin < tokens.size(); begin += kVisitChunk) {
    const std::size_t count = std::min(kVisitChunk, tokens.size() - begin);
    people_.visit(view.position, tokens.subspan(begin, count), forms.empty() ? forms : forms.subspan(begin, count),
                  [&](std::size_t i, const Match& match, bool changed) {
                    if (changed)
                      moved_on.push_back(begin + i);
                    else
                      out[begin + i] = decide(*view.book, question, match).code;
                  });
  }
  return refold(view, tokens, forms, moved_on,
                [&](std::size_t i, const Match& match) { out[i] = decide(*view.book, question, match).code; });
}

Result<Match> StatusReader::find(const View& view, const Token& token, const TokenForms* forms) const {
  Match found;
  bool moved_on = false;
  const std::span<const Token> tokens(&token, 1);
  const std::span<const TokenForms> all_forms(forms, forms ? 1 : 0);
  people_.visit(view.position, tokens, all_forms, [&](std::size_t, const Match& match, bool changed) {
    found = match;
    moved_on = changed;
  });
  if (!moved_on) return found;
  const std::size_t first = 0;
  auto folded = refold(view, tokens, all_forms, std::span(&first, 1),
                       [&](std::size_t, const Match& match) { found = match; });
  if (!folded) return fail(folded.error());
  return found;
}

}  // namespace ishi::cache

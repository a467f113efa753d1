#include "cache/follow/status_reader.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <thread>
#include <variant>

#include "registry/assert.h"
#include "registry/ports/times_ahead.h"
#include "registry/rules/decide.h"
#include "registry/status/population.h"

namespace ishi::cache {
namespace {

constexpr std::chrono::milliseconds kStartPause{5};
constexpr std::size_t kCompiledMax = 64;      // questions kept tabulated
constexpr std::size_t kDecideChunk = 32'768;  // askings per turn of a thread: about a millisecond
constexpr std::size_t kRefoldChunk = 5'000;   // askings per read of the log

// A token as asked: the plain token alone, or with its weak forms.
void add_asked_tokens(std::vector<Token>& wanted, const Token& token, const TokenForms* forms) {
  wanted.push_back(token);
  if (!forms) return;
  wanted.push_back(forms->household);
  wanted.push_back(forms->loose);
}

Match resolve(const Population& population, const Token& token, const TokenForms* forms) {
  if (!forms) return population.resolve(token, std::nullopt, std::nullopt);
  Match match = population.resolve(token, forms->household, forms->loose);
  // Asked with a card that lacks its branch: whatever was found, the asker did not name one person.
  if (match.level == TokenLevel::kExact && !match.persons.empty()) match.level = forms->level;
  return match;
}

}  // namespace

StatusReader::StatusReader(const EventLog& log, const Projection& statuses, const PolicyHistory& policies,
                           const FreshnessBarrier& barrier, const FeedFollower& follower, const Clock& clock,
                           unsigned helper_threads)
    : log_(log),
      statuses_(statuses),
      policies_(policies),
      barrier_(barrier),
      follower_(follower),
      clock_(clock),
      heads_(log, &barrier),
      pool_(helper_threads) {}

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

// No answer is dated before a fact that it has seen. But a log that is far ahead of time was written by a clock that
// was wrong, and would have waiting periods end that have not: then nothing is answered.
Result<Timestamp> StatusReader::now_for(const Head& head) const {
  const Timestamp now = clock_.now();
  if (head.last_registered_at > now.plus_seconds(kTimeAheadSecondsMax))
    return fail(ErrorKind::kUnavailable, "log_ahead_of_time",
                "the log's last event is dated in the future: a clock was wrong, here or where it was written; run "
                "ishi audit fsck");
  return std::max(now, head.last_registered_at);
}

Result<View> StatusReader::view_ahead(const Head& head) const {
  const auto now = now_for(head);
  if (!now) return fail(now.error());
  const auto latest = log_.latest_policy(head.position);
  if (!latest) return fail(latest.error());
  if (!*latest) return view_of(Position(), clock_.now());  // says that there is none
  auto version = policies_.at(head.position);
  if (!version || version->first != **latest) version = ahead_.at(head.position);
  if (!version || version->first != **latest) {
    const auto published = log_.read(**latest, 1);
    if (!published) return fail(published.error());
    const auto* body = published->empty() ? nullptr : std::get_if<PolicyPublished>(&published->front().event.body);
    if (body == nullptr)
      return fail(ErrorKind::kCorrupt, "policy_missing", "the log names a policy event that is none");
    if (auto added = ahead_.add(**latest, *body); !added) return fail(added.error());
    version = ahead_.at(head.position);
  }
  View view;
  view.position = head.position;
  view.evaluated_at = *now;
  view.policy_event = version->first;
  view.book = std::move(version->second);
  return view;
}

Result<View> StatusReader::view(const Freshness& freshness) const {
  using std::chrono::steady_clock;
  if (freshness.staleness_max && follower_.ever_caught_up()) {
    const auto age = steady_clock::now() - follower_.caught_up_at();
    const Head here = barrier_.applied();
    if (age <= *freshness.staleness_max && here.position >= freshness.at_least.value_or(Position())) {
      const auto now = now_for(here);
      if (!now) return fail(now.error());
      auto view = view_of(here.position, *now);
      if (view) {
        view->staleness = std::chrono::duration_cast<std::chrono::microseconds>(age);
        view->at_once = freshness.at_once;
      }
      return view;
    }
  }
  const auto asked_at = freshness.asked_at.value_or(steady_clock::now());
  auto head = freshness.at_once ? heads_.read_at_once(asked_at) : heads_.read(freshness.deadline, asked_at);
  if (!head) return fail(head.error());
  // Everything acknowledged is below that head. A caller that names more would only hold a thread until the deadline.
  if (freshness.at_least.value_or(Position()) > head->position)
    return fail(ErrorKind::kNotFreshYet, "not_fresh_yet",
                "the log has not come to that Position; no such one was given out yet");
  const Position wanted = head->position;
  if (freshness.at_once && starting()) return fail(would_wait());
  // The shared cache is compared with the log within moments of the start.
  while (starting() && !shared_->ready() && wanted > barrier_.applied().position &&
         steady_clock::now() < freshness.deadline)
    std::this_thread::sleep_for(kStartPause);
  // A standby may show an event a moment before the log itself does: then the log cannot yet be folded up to there.
  const bool foldable = !heads_ahead_of_log_;
  if (foldable && head->position > barrier_.applied().position && head->position == wanted &&
      serves_from_shared_cache())
    return view_ahead(*head);
  auto applied = freshness.at_once ? barrier_.reached_by(wanted, freshness.deadline)
                                   : barrier_.wait_for(wanted, freshness.deadline);
  if (!applied) return fail(applied.error());
  if (auto same = barrier_.check(*head); !same) return fail(same.error());
  const auto now = now_for(*applied);
  if (!now) return fail(now.error());
  auto view = view_of(applied->position, *now);
  if (view) view->at_once = freshness.at_once;
  return view;
}

Result<View> StatusReader::view_at(Position known_at) const {
  const Position applied = barrier_.applied().position;
  if (known_at > applied) {
    auto head = heads_.read(std::chrono::steady_clock::now() + std::chrono::seconds(2));
    if (!head) return fail(head.error());
    if (known_at > head->position)
      return fail(
          ErrorKind::kInvalidArgument, "known_at_in_the_future",
          "known_at is beyond the end of the log; the newest Position is " + std::to_string(head->position.events()));
    auto waited = barrier_.wait_for(known_at, std::chrono::steady_clock::now() + std::chrono::seconds(2));
    if (!waited) return fail(waited.error());
  }
  auto view = view_of(known_at, clock_.now());
  if (view) view->erased_since = statuses_.erased_since(known_at);
  return view;
}

Result<void> StatusReader::refold_chunk(const Asking& asking, std::span<const std::size_t> chunk,
                                        const MatchSink& sink) const {
  std::vector<Token> wanted;
  for (const std::size_t i : chunk) add_asked_tokens(wanted, asking.tokens[i], asking.forms_of(i));
  auto events = log_.read_about(wanted, asking.view.position);
  if (!events) return fail(events.error());
  // A weak form names people by their identities, and a household's card among them names its members: their own facts
  // are further readings.
  for (int reading = 2; reading <= 3; ++reading) {
    std::set<Token> members;
    for (const StoredEvent& stored : *events)
      if (const auto* identity = std::get_if<TokenIdentity>(&stored.event.body)) members.insert(identity->exact);
    for (const Token& token : wanted) members.erase(token);
    if (members.empty()) break;
    wanted.insert(wanted.end(), members.begin(), members.end());
    events = log_.read_about(wanted, asking.view.position);
    if (!events) return fail(events.error());
  }
  Population past;
  for (const StoredEvent& stored : *events) {
    past.skip_to(stored.index);
    past.apply(stored.index, stored.event);
  }
  for (const std::size_t i : chunk) sink.match(i, resolve(past, asking.tokens[i], asking.forms_of(i)));
  return {};
}

Result<void> StatusReader::refold(const Asking& asking, std::span<const std::size_t> asked,
                                  const MatchSink& sink) const {
  std::size_t chunk_max = kRefoldChunk;
  while (!asked.empty()) {
    const auto chunk = asked.first(std::min(chunk_max, asked.size()));
    const auto folded = refold_chunk(asking, chunk, sink);
    if (!folded && folded.error().kind == ErrorKind::kTooLarge && (chunk.size() > 1 || sink.too_many)) {
      chunk_max = std::max(std::size_t{1}, chunk.size() / 2);
      if (chunk.size() > 1) continue;
      sink.too_many(chunk.front());
    } else if (!folded) {
      return folded;
    }
    asked = asked.subspan(chunk.size());
    chunk_max = std::min(kRefoldChunk, chunk_max * 2);
  }
  return {};
}

Result<void> StatusReader::ask_beyond_table(const Asking& asking, std::vector<std::size_t> asked,
                                            const MatchSink& sink) const {
  if (asked.empty()) return {};
  if (asking.view.at_once) return fail(would_wait());
  near_misses_.fetch_add(asked.size(), std::memory_order_relaxed);
  if (shared_) asked = ask_shared_cache(asking, asked, sink);
  if (!shared_ && !near_) return refold(asking, asked, sink);
  return refold_and_offer(asking, asked, sink);
}

std::vector<std::size_t> StatusReader::ask_shared_cache(const Asking& asking, std::span<const std::size_t> asked,
                                                        const MatchSink& sink) const {
  std::vector<Token> wanted;
  std::vector<std::size_t> asked_there, left;
  for (const std::size_t i : asked) {
    if (!asking.by_exact_form(i)) {
      left.push_back(i);
      continue;
    }
    wanted.push_back(asking.tokens[i]);
    asked_there.push_back(i);
  }
  std::vector<bool> answered(wanted.size());
  Projection* const near = table_to_fill(asking.view);
  shared_->get_many(asking.view.position, wanted, [&](std::size_t k, const PersonStatus& status) {
    // What the card of a household means depends on its members.
    answered[k] = !status.household_card;
    if (!answered[k]) return;
    if (near) near->fill(asking.view.position, wanted[k], status);
    sink.match(asked_there[k], {TokenLevel::kExact, {status}});
  });
  for (std::size_t k = 0; k < wanted.size(); ++k)
    if (!answered[k]) left.push_back(asked_there[k]);
  return left;
}

Result<void> StatusReader::refold_and_offer(const Asking& asking, std::span<const std::size_t> asked,
                                            const MatchSink& sink) const {
  Projection* const near = table_to_fill(asking.view);
  std::vector<std::pair<std::size_t, PersonStatus>> folded;
  const auto offer = [&] {
    std::vector<SharedCache::Known> known;
    for (const auto& [i, status] : folded) {
      if (near) near->fill(asking.view.position, asking.tokens[i], status);
      known.push_back({&asking.tokens[i], &status});
    }
    if (shared_ && !known.empty()) shared_->fill(asking.view.position, known);
    folded.clear();
  };
  const auto keep = [&](std::size_t i, const Match& match) {
    sink.match(i, match);
    if (!asking.by_exact_form(i) || match.level != TokenLevel::kExact || match.persons.size() != 1) return;
    folded.emplace_back(i, match.persons.front());
    if (folded.size() == kRefoldChunk) offer();
  };
  auto done = refold(asking, asked, {keep, sink.too_many});
  if (done) offer();
  return done;
}

std::shared_ptr<const StatusReader::Compiled> StatusReader::compiled(const View& view, const Question& question) const {
  Question of_the_day = question;  // for those with notices only, nothing but the day matters
  of_the_day.as_of = jst_start_of(jst_date(question.as_of));
  const MutexLock lock(compiled_mutex_);
  for (auto at = compiled_.begin(); at != compiled_.end(); ++at) {
    const Compiled& known = **at;
    if (known.policy_event != view.policy_event || known.question.question() != of_the_day) continue;
    if (known.question.knows_all_terms()) {
      compiled_.splice(compiled_.begin(), compiled_, at);
      return compiled_.front();
    }
    compiled_.erase(at);
    break;
  }
  compiled_.push_front(std::shared_ptr<const Compiled>(new Compiled{
      view.policy_event, view.book, CompiledQuestion(*view.book, std::move(of_the_day), statuses_.terms())}));
  if (compiled_.size() > kCompiledMax) compiled_.pop_back();
  return compiled_.front();
}

Result<void> StatusReader::decide_all(const View& view, const Question& question, std::span<const Token> tokens,
                                      std::span<const TokenForms> forms, std::span<ReasonCode> out) const {
  ISHI_ASSERT(out.size() == tokens.size());
  ISHI_ASSERT(forms.empty() || forms.size() == tokens.size());
  const Asking asking{view, tokens, forms};
  std::vector<std::size_t> left;
  if (is_ahead(view)) {
    left.resize(tokens.size());
    std::iota(left.begin(), left.end(), std::size_t{0});
  } else {
    left = decide_in_chunks(asking, question, out);
  }
  return ask_beyond_table(
      asking, std::move(left),
      {[&](std::size_t i, const Match& match) { out[i] = decide(*view.book, question, match).code; },
       // Its neighbours are answered all the same.
       [&](std::size_t i) { out[i] = ReasonCode::kDenyAmbiguous; }});
}

std::vector<std::size_t> StatusReader::decide_in_chunks(const Asking& asking, const Question& question,
                                                        std::span<ReasonCode> out) const {
  const auto table = compiled(asking.view, question);
  const std::size_t chunks = (asking.tokens.size() + kDecideChunk - 1) / kDecideChunk;
  if (chunks == 1) return decide_here(asking, question, table->question, out);
  std::vector<std::vector<std::size_t>> left_by_chunk(chunks);
  pool_.run(chunks, [&](std::size_t chunk) {
    const std::size_t begin = chunk * kDecideChunk;
    const std::size_t count = std::min(kDecideChunk, asking.tokens.size() - begin);
    left_by_chunk[chunk] = decide_here(asking.part(begin, count), question, table->question, out.subspan(begin, count));
    for (std::size_t& i : left_by_chunk[chunk]) i += begin;
  });
  std::vector<std::size_t> left;
  for (const auto& part : left_by_chunk) left.insert(left.end(), part.begin(), part.end());
  return left;
}

// First all that the table answers; then, apart, the few that need a second look.
std::vector<std::size_t> StatusReader::decide_here(const Asking& asking, const Question& question,
                                                   const CompiledQuestion& table, std::span<ReasonCode> out) const {
  std::vector<Unsettled> unsettled;
  const bool tabulated = question.override_code.empty();
  statuses_.decide_many(asking.view.position, question, table, asking.tokens,
                        [&](std::size_t i, Projection::Seen seen, ReasonCode code) {
                          out[i] = code;
                          if (seen == Projection::Seen::kFound && tabulated && asking.by_exact_form(i)) return;
                          if (seen == Projection::Seen::kUnknown) statuses_.expect_weak_match(asking.tokens[i]);
                          unsettled.push_back({static_cast<std::uint32_t>(i), seen});
                        });
  std::vector<std::size_t> left;
  for (const Unsettled& one : unsettled)
    if (!settle(asking, question, one, out)) left.push_back(one.at);
  near_hits_.fetch_add(asking.tokens.size() - left.size(), std::memory_order_relaxed);
  return left;
}

bool StatusReader::settle(const Asking& asking, const Question& question, const Unsettled& unsettled,
                          std::span<ReasonCode> out) const {
  const std::size_t i = unsettled.at;
  if (unsettled.seen == Projection::Seen::kUnknown)
    return !statuses_.may_have_weak_match(asking.tokens[i], asking.forms_of(i));
  if (!asking.by_exact_form(i)) return false;
  Match match;
  match.persons.emplace_back();
  if (statuses_.find(asking.view.position, asking.tokens[i], match.persons.front()) != Projection::Seen::kFound ||
      match.persons.front().household_card)
    return false;
  out[i] = decide(*asking.view.book, question, match).code;
  return true;
}

Result<Match> StatusReader::find(const View& view, const Token& token, const TokenForms* forms) const {
  Match found;
  if (!is_ahead(view) && (!forms || forms->level == TokenLevel::kExact)) {
    PersonStatus status;
    const auto seen = statuses_.find(view.position, token, status);
    const bool known = seen == Projection::Seen::kFound && !status.household_card;
    if (known) found.persons.push_back(std::move(status));
    if (known || (seen == Projection::Seen::kUnknown && !statuses_.may_have_weak_match(token, forms))) {
      near_hits_.fetch_add(1, std::memory_order_relaxed);
      return found;
    }
  }
  const Asking asking{view, {&token, 1}, {forms, forms ? std::size_t{1} : std::size_t{0}}};
  auto answered = ask_beyond_table(asking, {0}, {[&](std::size_t, const Match& match) { found = match; }});
  if (!answered) return fail(answered.error());
  return found;
}

Result<std::vector<Match>> StatusReader::find_many(const View& view, std::span<const Token> tokens) const {
  std::vector<Match> matches(tokens.size());
  std::vector<std::size_t> left;
  const bool ahead = is_ahead(view);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    PersonStatus status;
    const auto seen = ahead ? Projection::Seen::kStale : statuses_.find(view.position, tokens[i], status);
    if (seen == Projection::Seen::kFound && !status.household_card)
      matches[i].persons.push_back(std::move(status));
    else if (seen != Projection::Seen::kUnknown || statuses_.may_have_weak_match(tokens[i], nullptr))
      left.push_back(i);
  }
  near_hits_.fetch_add(tokens.size() - left.size(), std::memory_order_relaxed);
  auto answered = ask_beyond_table({view, tokens, {}}, std::move(left),
                                   {[&](std::size_t i, const Match& match) { matches[i] = match; }});
  if (!answered) return fail(answered.error());
  return matches;
}

}  // namespace ishi::cache

#include "cache/follow/status_reader.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <thread>
#include <variant>

#include "registry/assert.h"
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

StatusReader::StatusReader(const EventLog& log, const Projection& people, const PolicyHistory& policies,
                           const FreshnessBarrier& barrier, const FeedFollower& follower, const Clock& clock,
                           unsigned helper_threads)
    : log_(log),
      people_(people),
      policies_(policies),
      barrier_(barrier),
      follower_(follower),
      clock_(clock),
      heads_(log, &barrier),
      crew_(helper_threads) {}

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

Result<View> StatusReader::view_ahead(const Head& head) const {
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
  view.evaluated_at = std::max(clock_.now(), head.last_registered_at);
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
      auto view = view_of(here.position, std::max(clock_.now(), here.last_registered_at));
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
  // Whatever was acknowledged is below that head: who names more would hold a thread until the deadline, in vain.
  if (freshness.at_least.value_or(Position()) > head->position)
    return fail(ErrorKind::kNotFreshYet, "not_fresh_yet",
                "the log has not come to that Position; no such one was given out yet");
  const Position wanted = head->position;
  if (freshness.at_once && starting()) return fail(would_wait());
  // The deep tier is compared with the log within moments of the start.
  while (starting() && !deep_->ready() && wanted > barrier_.applied().position &&
         steady_clock::now() < freshness.deadline)
    std::this_thread::sleep_for(kStartPause);
  // A standby may show an event a moment before the log itself does: then the log cannot yet be folded up to there.
  const bool foldable = heads_.reads_from_log();
  if (foldable && head->position > barrier_.applied().position && head->position == wanted &&
      serves_from_shared_cache())
    return view_ahead(*head);
  auto applied = freshness.at_once ? barrier_.reached_by(wanted, freshness.deadline)
                                   : barrier_.wait_for(wanted, freshness.deadline);
  if (!applied) return fail(applied.error());
  auto view = view_of(applied->position, std::max(clock_.now(), applied->last_registered_at));
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
  if (view) view->erased_since = people_.erased_since(known_at);
  return view;
}

Result<void> StatusReader::refold_chunk(const View& view, std::span<const Token> tokens,
                                        std::span<const TokenForms> forms, std::span<const std::size_t> chunk,
                                        const MatchSink& told) const {
  std::vector<Token> wanted;
  for (const std::size_t i : chunk) add_asked_tokens(wanted, tokens[i], forms.empty() ? nullptr : &forms[i]);
  auto events = log_.read_about(wanted, view.position);
  if (!events) return fail(events.error());
  // A weak form names people by their identities; their own facts are a second reading.
  std::set<Token> members;
  for (const StoredEvent& stored : *events)
    if (const auto* identity = std::get_if<TokenIdentity>(&stored.event.body)) members.insert(identity->exact);
  for (const Token& token : wanted) members.erase(token);
  if (!members.empty()) {
    wanted.insert(wanted.end(), members.begin(), members.end());
    events = log_.read_about(wanted, view.position);
    if (!events) return fail(events.error());
  }
  Population past;
  for (const StoredEvent& stored : *events) {
    past.skip_to(stored.index);
    past.apply(stored.index, stored.event);
  }
  for (const std::size_t i : chunk) told.match(i, resolve(past, tokens[i], forms.empty() ? nullptr : &forms[i]));
  return {};
}

Result<void> StatusReader::refold(const View& view, std::span<const Token> tokens, std::span<const TokenForms> forms,
                                  std::span<const std::size_t> asked, const MatchSink& told) const {
  std::size_t chunk_max = kRefoldChunk;
  while (!asked.empty()) {
    const auto chunk = asked.first(std::min(chunk_max, asked.size()));
    const auto folded = refold_chunk(view, tokens, forms, chunk, told);
    if (!folded && folded.error().kind == ErrorKind::kTooLarge && (chunk.size() > 1 || told.too_many)) {
      chunk_max = std::max(std::size_t{1}, chunk.size() / 2);
      if (chunk.size() > 1) continue;
      told.too_many(chunk.front());
    } else if (!folded) {
      return folded;
    }
    asked = asked.subspan(chunk.size());
    chunk_max = std::min(kRefoldChunk, chunk_max * 2);
  }
  return {};
}

Result<void> StatusReader::ask_deeper(const View& view, std::span<const Token> tokens,
                                      std::span<const TokenForms> forms, std::vector<std::size_t> asked,
                                      const MatchSink& told) const {
  if (asked.empty()) return {};
  if (view.at_once) return fail(would_wait());
  near_misses_.fetch_add(asked.size(), std::memory_order_relaxed);
  if (!deep_ && !near_) return refold(view, tokens, forms, asked, told);
  // A table that has not come so far takes in nothing from there.
  Projection* const near = is_ahead(view) ? nullptr : near_;
  const auto by_exact_form = [&](std::size_t i) { return forms.empty() || forms[i].level == TokenLevel::kExact; };
  if (deep_) {
    std::vector<Token> wanted;
    std::vector<std::size_t> asked_there, left;
    for (const std::size_t i : asked) {
      if (!by_exact_form(i)) {
        left.push_back(i);
        continue;
      }
      wanted.push_back(tokens[i]);
      asked_there.push_back(i);
    }
    std::vector<bool> answered(wanted.size());
    deep_->get_many(view.position, wanted, [&](std::size_t k, const PersonStatus& status) {
      answered[k] = true;
      if (near) near->fill(view.position, wanted[k], status);
      told.match(asked_there[k], {TokenLevel::kExact, {status}});
    });
    for (std::size_t k = 0; k < wanted.size(); ++k)
      if (!answered[k]) left.push_back(asked_there[k]);
    asked = std::move(left);
  }
  std::vector<std::pair<std::size_t, PersonStatus>> learned;
  const auto offer = [&] {
    std::vector<SharedCache::Known> known;
    for (const auto& [i, status] : learned) {
      if (near) near->fill(view.position, tokens[i], status);
      known.push_back({&tokens[i], &status});
    }
    if (deep_ && !known.empty()) deep_->fill(view.position, known);
    learned.clear();
  };
  const auto learn = [&](std::size_t i, const Match& match) {
    told.match(i, match);
    if (!by_exact_form(i) || match.level != TokenLevel::kExact || match.persons.size() != 1) return;
    learned.emplace_back(i, match.persons.front());
    if (learned.size() == kRefoldChunk) offer();
  };
  auto folded = refold(view, tokens, forms, asked, {learn, told.too_many});
  if (folded) offer();
  return folded;
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
      view.policy_event, view.book, CompiledQuestion(*view.book, std::move(of_the_day), people_.terms())}));
  if (compiled_.size() > kCompiledMax) compiled_.pop_back();
  return compiled_.front();
}

Result<void> StatusReader::decide_all(const View& view, const Question& question, std::span<const Token> tokens,
                                      std::span<const TokenForms> forms, std::span<ReasonCode> out) const {
  ISHI_ASSERT(out.size() == tokens.size());
  ISHI_ASSERT(forms.empty() || forms.size() == tokens.size());
  const MatchSink told{[&](std::size_t i, const Match& match) { out[i] = decide(*view.book, question, match).code; },
                       [&](std::size_t i) { out[i] = ReasonCode::kDenyAmbiguous; }};  // and its neighbours are answered
  if (is_ahead(view)) {
    std::vector<std::size_t> all(tokens.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    return ask_deeper(view, tokens, forms, std::move(all), told);
  }
  const auto table = compiled(view, question);
  const auto deeper = [&](std::vector<std::size_t> moved_on) {
    return ask_deeper(view, tokens, forms, std::move(moved_on), told);
  };
  const std::size_t chunks = (tokens.size() + kDecideChunk - 1) / kDecideChunk;
  if (chunks == 1) return deeper(decide_here(view, question, table->question, tokens, forms, out));
  std::vector<std::vector<std::size_t>> moved_on_by_chunk(chunks);
  crew_.run(chunks, [&](std::size_t chunk) {
    const std::size_t begin = chunk * kDecideChunk;
    const std::size_t count = std::min(kDecideChunk, tokens.size() - begin);
    moved_on_by_chunk[chunk] =
        decide_here(view, question, table->question, tokens.subspan(begin, count),
                    forms.empty() ? forms : forms.subspan(begin, count), out.subspan(begin, count));
    for (std::size_t& i : moved_on_by_chunk[chunk]) i += begin;
  });
  std::vector<std::size_t> moved_on;
  for (const auto& part : moved_on_by_chunk) moved_on.insert(moved_on.end(), part.begin(), part.end());
  return deeper(std::move(moved_on));
}

std::vector<std::size_t> StatusReader::decide_here(const View& view, const Question& question,
                                                   const CompiledQuestion& table, std::span<const Token> tokens,
                                                   std::span<const TokenForms> forms, std::span<ReasonCode> out) const {
  std::vector<std::size_t> moved_on;
  const auto look_deeper = [&](std::size_t i) {
    Match match;
    match.persons.emplace_back();
    if (people_.find(view.position, tokens[i], match.persons.front()) == Projection::Seen::kFound)
      out[i] = decide(*view.book, question, match).code;
    else
      moved_on.push_back(i);
  };
  // First all that the table answers; then, apart, the few that need a second look.
  struct Unsettled {
    std::uint32_t at;
    Projection::Seen seen;
  };
  std::vector<Unsettled> unsettled;
  const bool tabulated = question.override_code.empty();
  people_.decide_many(view.position, question, table, tokens,
                      [&](std::size_t i, Projection::Seen seen, ReasonCode code) {
                        out[i] = code;
                        const bool weak_form = !forms.empty() && forms[i].level != TokenLevel::kExact;
                        if (seen == Projection::Seen::kFound && tabulated && !weak_form) return;
                        if (seen == Projection::Seen::kUnknown) people_.expect_weak_match(tokens[i]);
                        unsettled.push_back({static_cast<std::uint32_t>(i), seen});
                      });
  for (const auto [i, seen] : unsettled) {
    if (seen == Projection::Seen::kUnknown) {
      if (people_.may_have_weak_match(tokens[i], forms.empty() ? nullptr : &forms[i])) moved_on.push_back(i);
    } else if (!forms.empty() && forms[i].level != TokenLevel::kExact) {
      moved_on.push_back(i);
    } else {
      look_deeper(i);
    }
  }
  near_hits_.fetch_add(tokens.size() - moved_on.size(), std::memory_order_relaxed);
  return moved_on;
}

Result<Match> StatusReader::find(const View& view, const Token& token, const TokenForms* forms) const {
  Match found;
  if (!is_ahead(view) && (!forms || forms->level == TokenLevel::kExact)) {
    PersonStatus status;
    const auto seen = people_.find(view.position, token, status);
    const bool known = seen == Projection::Seen::kFound;
    if (known) found.persons.push_back(std::move(status));
    if (known || (seen == Projection::Seen::kUnknown && !people_.may_have_weak_match(token, forms))) {
      near_hits_.fetch_add(1, std::memory_order_relaxed);
      return found;
    }
  }
  auto folded = ask_deeper(view, {&token, 1}, {forms, forms ? std::size_t{1} : std::size_t{0}}, {0},
                           {[&](std::size_t, const Match& match) { found = match; }});
  if (!folded) return fail(folded.error());
  return found;
}

Result<std::vector<Match>> StatusReader::find_many(const View& view, std::span<const Token> tokens) const {
  std::vector<Match> matches(tokens.size());
  std::vector<std::size_t> moved_on;
  const bool ahead = is_ahead(view);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    PersonStatus status;
    const auto seen = ahead ? Projection::Seen::kStale : people_.find(view.position, tokens[i], status);
    if (seen == Projection::Seen::kFound)
      matches[i].persons.push_back(std::move(status));
    else if (seen == Projection::Seen::kStale || people_.may_have_weak_match(tokens[i], nullptr))
      moved_on.push_back(i);
  }
  near_hits_.fetch_add(tokens.size() - moved_on.size(), std::memory_order_relaxed);
  auto folded = ask_deeper(view, tokens, {}, std::move(moved_on),
                           {[&](std::size_t i, const Match& match) { matches[i] = match; }});
  if (!folded) return fail(folded.error());
  return matches;
}

}  // namespace ishi::cache

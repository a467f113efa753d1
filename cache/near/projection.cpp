#include "cache/near/projection.h"

#include <algorithm>
#include <mutex>
#include <utility>
#include <variant>

#include "registry/assert.h"
#include "registry/status/population.h"

namespace ishi::cache {
namespace {

constexpr std::size_t kRefreshChunk = 2'000;  // tokens folded per read of the log
constexpr std::size_t kHealedChunk = 10'000;  // events read at a time after a clock was wrong
constexpr std::size_t kReadApartMax = 16;     // tokens of one person with notices and consents of their own

std::optional<std::uint16_t> packed_date(CivilDate date) {
  if (date.days_since_epoch() < 0 || date.days_since_epoch() > 0xffff) return std::nullopt;
  return static_cast<std::uint16_t>(date.days_since_epoch());
}

Population fold_of(std::span<const StoredEvent> events) {
  Population fold;
  for (const StoredEvent& stored : events) {
    fold.skip_to(stored.index);
    fold.apply(stored.index, stored.event);
  }
  return fold;
}

}  // namespace

Projection::Projection(NearLimits limits)
    : bounded_(limits.evict),
      crowded_events_(limits.crowded_events),
      table_(limits),
      weak_(limits.weak_forms_max ? limits.weak_forms_max : limits.people_max * 2),
      complete_(!limits.evict),
      last_touched_(limits.evict ? kTouchedCells : 0) {}

// Notices, and at most one objection that stands.
bool Projection::is_plain(const PersonStatus& status) {
  const bool undisputed =
      status.objections.empty() || (status.objections.size() == 1 && !status.objections[0].withdrawn_at);
  return status.tokens.size() == 1 && undisputed && status.consents.empty() && status.links.empty() &&
         !status.died_on && !status.household_card && status.household_objections.empty();
}

std::shared_ptr<const PersonStatus> Projection::in_overflow(const Token& token) const {
  const OverflowMap& overflow = overflow_of(token);
  const ReaderLock lock(overflow.mutex);
  const auto found = overflow.people.find(token);
  return found == overflow.people.end() ? nullptr : found->second;
}

PersonStatus Projection::unpack(const Token& token, const NearEntry& entry) const {
  PersonStatus status;
  status.as_of = entry.as_of;
  status.tokens = {token};
  for (std::size_t i = 0; i < entry.count; ++i)
    for (const NoticeTerms& terms : terms_.at(entry.notices[i].terms))
      status.notices.push_back(
          {terms.holder, terms.regime, terms.template_id, terms.method, CivilDate(entry.notices[i].date)});
  std::sort(status.notices.begin(), status.notices.end());
  if (entry.state == NearEntry::State::kObjects) {
    const NearEntry::Objection& objection = entry.objection;
    const ObjectionTerms& terms = terms_.at(objection.terms);
    status.objections.push_back({objection.event, token, terms.scope, terms.requester, objection.accepted_at,
                                 std::nullopt, terms.past_data, terms.reaffirm_on});
  }
  return status;
}

bool Projection::pack_objection(const PersonStatus& status, NearEntry& entry) {
  const ObjectionFact& objection = status.objections.front();
  const auto day = packed_date(jst_date(objection.accepted_at));
  if (!day) return false;
  const auto terms =
      terms_.intern(ObjectionTerms{objection.scope, objection.requester, objection.past_data, objection.reaffirm_on});
  if (!terms) return false;
  entry.state = NearEntry::State::kObjects;
  entry.objection = {objection.event, *terms, *day, objection.accepted_at};
  return true;
}

bool Projection::pack(const PersonStatus& status, NearEntry& entry) {
  std::vector<std::pair<std::uint16_t, TermsDictionary::Set>> by_date;
  for (const NoticeFact& notice : status.notices) {
    const auto date = packed_date(notice.date);
    if (!date) return false;
    auto same_day = std::find_if(by_date.begin(), by_date.end(), [&](const auto& day) {
      return day.first == *date && day.second.front().holder == notice.holder;
    });
    if (same_day == by_date.end()) same_day = by_date.insert(by_date.end(), {*date, {}});
    same_day->second.push_back({notice.holder, notice.regime, notice.template_id, notice.method});
  }
  entry = NearEntry{};
  entry.state = NearEntry::State::kNotices;
  entry.as_of = status.as_of;
  if (!status.objections.empty() && !pack_objection(status, entry)) return false;
  if (by_date.size() > entry.room()) return false;
  for (auto& [date, set] : by_date) {
    std::sort(set.begin(), set.end());
    set.erase(std::unique(set.begin(), set.end()), set.end());
    const auto terms = terms_.intern(std::move(set));
    if (!terms) return false;
    entry.notices[entry.count++] = {*terms, date};
  }
  return true;
}

bool Projection::put(const Token& token, const NearEntry& entry) {
  if (collects_touched_ && !bounded_) touched_.push_back(token);
  return table_.put(token, entry);
}

bool Projection::put_elsewhere(const Token& token, Position as_of) {
  NearEntry elsewhere;
  elsewhere.state = NearEntry::State::kElsewhere;
  elsewhere.as_of = as_of;
  if (put(token, elsewhere)) return true;
  complete_.store(false, std::memory_order_release);  // no slot left: from now on absence means nothing
  return false;
}

void Projection::add_notice(const Token& token, const NoticeGiven& notice, Position as_of,
                            std::set<Token>& to_refresh) {
  NearEntry entry = table_.get(token);
  // A token that is somebody's household card is not one person's, whatever is recorded on it.
  if (weak_.may_contain(token)) {
    to_refresh.insert(token);
    return;
  }
  if (entry.state == NearEntry::State::kElsewhere || (entry.state == NearEntry::State::kAbsent && !complete())) {
    to_refresh.insert(token);
    return;
  }
  const auto date = packed_date(notice.date);
  if (!date) {
    to_refresh.insert(token);
    return;
  }
  if (entry.state == NearEntry::State::kAbsent) entry.state = NearEntry::State::kNotices;
  entry.as_of = std::max(entry.as_of, as_of);
  const NoticeTerms terms_given{notice.holder, notice.regime, notice.template_id, notice.method};
  for (std::size_t i = 0; i < entry.count; ++i) {
    const TermsDictionary::Set& known = terms_.at(entry.notices[i].terms);
    if (entry.notices[i].date != *date || known.front().holder != terms_given.holder) continue;
    TermsDictionary::Set both = known;
    if (const auto at = std::lower_bound(both.begin(), both.end(), terms_given); at == both.end() || *at != terms_given)
      both.insert(at, terms_given);
    const auto terms = terms_.intern(std::move(both));
    if (terms) entry.notices[i].terms = *terms;
    if (!terms || !put(token, entry)) to_refresh.insert(token);
    return;
  }
  const auto terms = entry.count == entry.room() ? std::nullopt : terms_.intern(TermsDictionary::Set{terms_given});
  if (terms) entry.notices[entry.count++] = {*terms, *date};
  if (!terms || !put(token, entry)) to_refresh.insert(token);
}

// Whom it was about is in the event itself, as long as it is there.
Result<void> Projection::apply_erasure(const EventLog& log, std::span<const StoredEvent> events, EventIndex record,
                                       const RecordErased& erased, std::set<Token>& to_refresh,
                                       std::set<Token>& cards) {
  const auto too_late = [] {
    return fail(ErrorKind::kCorrupt, "erased_before_heard",
                "the content of an event was erased before this node heard of it: start this node anew");
  };
  if (erased.target == record) {
    if (loaded_.covers(record)) return too_late();
    blank_.insert(record);
    return {};
  }
  if (erased.target > record) return {};
  {
    const MutexLock lock(erasures_mutex_);
    if (const auto [known, is_new] = erasures_.try_emplace(erased.target, record); !is_new && known->second != record)
      return {};
  }
  if (blank_.contains(erased.target)) return {};
  std::vector<StoredEvent> target;
  if (erased.target >= events.front().index) {
    target.push_back(events[erased.target.value() - events.front().index.value()]);
  } else {
    auto read = log.read(erased.target, 1);
    if (!read) return fail(read.error());
    target = std::move(*read);
  }
  const auto* gone = target.empty() ? nullptr : std::get_if<RecordErased>(&target.front().event.body);
  if (target.empty() || (gone != nullptr && gone->target == erased.target)) return too_late();
  const EventKind kind = kind_of(target.front().event.body);
  for (const Token& token : subjects_of(target.front().event.body)) {
    to_refresh.insert(token);
    less_known_.insert(token);
    if (kind == EventKind::kObjection || kind == EventKind::kObjectionWithdrawn) cards.insert(token);
  }
  return {};
}

// What was accepted by a clock that was wrong is believed otherwise now, and the log reads so from now on.
Result<void> Projection::apply_healing(const EventLog& log, EventIndex record, const TimesHealed& healed,
                                       std::set<Token>& to_refresh, std::set<Token>& cards) {
  for (EventIndex at = healed.first; at < record;) {
    const auto events = log.read(at, std::min(kHealedChunk, record.value() - at.value()));
    if (!events) return fail(events.error());
    if (events->empty()) return {};
    for (const StoredEvent& stored : *events) {
      const EventKind kind = kind_of(stored.event.body);
      const bool on_cards = kind == EventKind::kObjection || kind == EventKind::kObjectionWithdrawn;
      if (!on_cards && kind != EventKind::kConsentGiven && kind != EventKind::kConsentWithdrawn) continue;
      for (const Token& token : subjects_of(stored.event.body)) {
        to_refresh.insert(token);
        less_known_.insert(token);
        if (on_cards) cards.insert(token);
      }
    }
    at = Position::after(events->back().index).next_index();
  }
  return {};
}

// Nothing can be kept of somebody who was known. Absence means "never known" here, so the log is asked instead.
void Projection::forget(const Token& token, Position as_of) {
  put_elsewhere(token, as_of);
  drop_from_overflow(token);
}

void Projection::drop_from_overflow(const Token& token) {
  OverflowMap& overflow = overflow_of(token);
  const WriterLock lock(overflow.mutex);
  overflow.people.erase(token);
}

// More tokens are linked with this one than the log reads at once. Each of them was linked by an event that named it,
// or was held as one person with a token that it named; so in the end all of them come here.
void Projection::leave_to_the_log(const Token& token, Position as_of, std::set<Token>& done) {
  if (const auto before = in_overflow(token))
    for (const Token& held : before->tokens)
      if (done.insert(held).second) forget(held, as_of);
  if (done.insert(token).second) forget(token, as_of);
}

std::uint64_t Projection::erased_since(Position known_at) const {
  const MutexLock lock(erasures_mutex_);
  std::uint64_t count = 0;
  for (const auto& [target, record] : erasures_) {
    if (target >= known_at.next_index()) break;
    count += record >= known_at.next_index();
  }
  return count;
}

Result<void> Projection::refresh(const EventLog& log, std::set<Token> tokens, Position upto) {
  std::set<Token> done;
  std::size_t chunk_max = kRefreshChunk;
  while (!tokens.empty()) {
    std::vector<Token> chunk;
    while (!tokens.empty() && chunk.size() < chunk_max) chunk.push_back(tokens.extract(tokens.begin()).value());
    auto events = log.read_about(chunk, upto);
    if (!events && events.error().kind == ErrorKind::kTooLarge) {
      chunk_max = std::max(std::size_t{1}, chunk.size() / 2);
      if (chunk.size() > 1)
        tokens.insert(chunk.begin(), chunk.end());
      else
        leave_to_the_log(chunk.front(), upto, done);
      continue;
    }
    chunk_max = std::min(kRefreshChunk, chunk_max * 2);
    if (!events) {
      // Some who led here have their new entries already, and would not lead here again.
      unfinished_ = std::move(tokens);
      unfinished_.insert(chunk.begin(), chunk.end());
      return fail(events.error());
    }
    const Population fold = fold_of(*events);
    if (events->size() > crowded_events_) remember_crowded(fold, *events, chunk, upto);
    for (const Token& token : chunk) {
      put_off_.erase(token);
      if (done.contains(token)) continue;
      if (auto status = fold.find(token))
        replace_entry(token, std::move(*status), fold, upto, tokens, done);
      else if (less_known_.contains(token))
        forget(token, upto);
    }
  }
  less_known_.clear();
  return {};
}

void Projection::replace_entry(const Token& token, PersonStatus status, const Population& fold, Position upto,
                               std::set<Token>& tokens, std::set<Token>& done) {
  // No event that is left says that they are less known than before: as of now.
  const bool less_known = std::any_of(status.tokens.begin(), status.tokens.end(),
                                      [&](const Token& held) { return less_known_.contains(held); });
  if (less_known) status.as_of = std::max(status.as_of, upto);
  // Tokens that were one person with these before, and no longer are, must be looked at too.
  for (const Token& held : status.tokens)
    if (const auto before = in_overflow(held))
      for (const Token& other : before->tokens)
        if (!done.contains(other) && !std::binary_search(status.tokens.begin(), status.tokens.end(), other))
          tokens.insert(other);
  NearEntry entry;
  if (is_plain(status) && pack(status, entry) && put(token, entry)) {
    drop_from_overflow(token);
    done.insert(token);
    return;
  }
  const auto shared = std::make_shared<const PersonStatus>(std::move(status));
  if (!fold.permits_differ(token)) {
    for (const Token& held : shared->tokens) keep_in_overflow(held, shared, done);
    return;
  }
  // Each token has notices and consents of its own. Of a crowd of them the log is asked.
  for (const Token& held : shared->tokens) {
    if (held == token) {
      keep_in_overflow(held, shared, done);
    } else if (shared->tokens.size() > kReadApartMax) {
      forget(held, shared->as_of);
      done.insert(held);
    } else if (auto own = fold.find(held)) {
      own->as_of = shared->as_of;
      keep_in_overflow(held, std::make_shared<const PersonStatus>(std::move(*own)), done);
    }
  }
}

void Projection::keep_in_overflow(const Token& held, const std::shared_ptr<const PersonStatus>& status,
                                  std::set<Token>& done) {
  {
    OverflowMap& overflow = overflow_of(held);
    const WriterLock lock(overflow.mutex);
    overflow.people[held] = status;
  }
  if (!put_elsewhere(held, status->as_of)) drop_from_overflow(held);
  done.insert(held);
}

void Projection::look_for_erasures(std::span<const StoredEvent> events) {
  for (const StoredEvent& stored : events) {
    const auto* erased = std::get_if<RecordErased>(&stored.event.body);
    if (!erased) continue;
    if (erased->target == stored.index)
      read_as_erased_.insert(stored.index);
    else if (!read_as_erased_.contains(erased->target))
      holds_erased_.store(true, std::memory_order_release);
  }
}

Result<void> Projection::add_members(const EventLog& log, const std::set<Token>& cards, Position upto,
                                     std::set<Token>& members) const {
  std::vector<Token> known_cards;
  for (const Token& card : cards)
    if (weak_.may_contain(card)) known_cards.push_back(card);
  if (known_cards.empty()) return {};
  for (std::size_t at = 0, chunk_max = known_cards.size(); at < known_cards.size();) {
    const auto chunk = std::span(known_cards).subspan(at, std::min(chunk_max, known_cards.size() - at));
    const auto about = log.read_about(chunk, upto);
    const bool too_large = !about && about.error().kind == ErrorKind::kTooLarge;
    if (too_large && chunk.size() > 1) {
      chunk_max = chunk.size() / 2;
      continue;
    }
    if (!about && !too_large) return fail(about.error());
    at += chunk.size();
    if (too_large) continue;  // a card is never linked: a token linked with so many is none
    for (const StoredEvent& stored : *about)
      if (const auto* identity = std::get_if<TokenIdentity>(&stored.event.body);
          identity && cards.contains(identity->household))
        members.insert(identity->exact);
  }
  return {};
}

void Projection::add_identity(const TokenIdentity& identity, Position as_of, std::set<Token>& to_refresh) {
  if (identity.household != identity.exact) weak_.add(identity.household);
  if (identity.loose != identity.exact) weak_.add(identity.loose);
  if (identity.level == TokenLevel::kLoose) {  // nobody is known by it, but objections may be held against it
    weak_.add(identity.exact);
    for (const Token& token : {identity.exact, identity.household})
      if (!complete() || knows(token)) to_refresh.insert(token);
    return;
  }
  if (identity.level != TokenLevel::kExact || !has_only_notices(identity.household)) to_refresh.insert(identity.exact);
  // Whatever was recorded on the card itself now names a household.
  if (identity.household != identity.exact && (!complete() || knows(identity.household)))
    to_refresh.insert(identity.household);
  if (knows(identity.exact)) return;
  if (!complete() || weak_.may_contain(identity.exact)) {
    to_refresh.insert(identity.exact);  // absent may mean forgotten; or this is somebody's card
    return;
  }
  NearEntry known;
  known.state = NearEntry::State::kNotices;
  known.as_of = as_of;
  if (!put(identity.exact, known)) to_refresh.insert(identity.exact);
}

Result<void> Projection::apply(const EventLog& log, std::span<const StoredEvent> events) {
  if (events.empty()) return {};
  const Position upto = Position::after(events.back().index);
  begun_.store(upto.events(), std::memory_order_release);  // before anything of it can be copied
  look_for_erasures(events);
  auto applied = bounded_ ? forget_touched(log, events, upto) : fold_in(log, events, upto);
  if (applied) applied_.store(upto.events(), std::memory_order_release);
  return applied;
}

Result<void> Projection::fold_in(const EventLog& log, std::span<const StoredEvent> events, Position upto) {
  const MutexLock lock(writing_);
  std::set<Token> cards, to_refresh = std::exchange(unfinished_, {});
  for (const StoredEvent& stored : events) {
    const Position as_of = Position::after(stored.index);
    const EventBody& body = stored.event.body;
    if (const auto* notice = std::get_if<NoticeGiven>(&body)) {
      add_notice(notice->token, *notice, as_of, to_refresh);
    } else if (const auto* identity = std::get_if<TokenIdentity>(&body)) {
      add_identity(*identity, as_of, to_refresh);
    } else if (const auto* erased = std::get_if<RecordErased>(&body)) {
      if (auto applied = apply_erasure(log, events, stored.index, *erased, to_refresh, cards); !applied) {
        unfinished_ = std::move(to_refresh);
        return applied;
      }
    } else if (const auto* healed = std::get_if<TimesHealed>(&body)) {
      if (auto applied = apply_healing(log, stored.index, *healed, to_refresh, cards); !applied) {
        unfinished_ = std::move(to_refresh);
        return applied;
      }
    } else {
      for (const Token& token : subjects_of(body)) to_refresh.insert(token);
      if (const auto* objection = std::get_if<Objection>(&body)) cards.insert(objection->token);
      if (const auto* withdrawn = std::get_if<ObjectionWithdrawn>(&body)) cards.insert(withdrawn->token);
    }
  }
  // An objection on a household's card touches everybody on that card.
  if (auto added = add_members(log, cards, upto, to_refresh); !added) {
    unfinished_ = std::move(to_refresh);
    return added;
  }
  put_off(to_refresh, upto);
  return refresh(log, std::move(to_refresh), upto);
}

Projection::Seen Projection::find(Position as_of, const Token& token, PersonStatus& status) const {
  const NearEntry entry = table_.get(token);
  if (entry.state == NearEntry::State::kAbsent) return complete() ? Seen::kUnknown : Seen::kStale;
  if (entry.as_of > as_of) return Seen::kStale;
  if (entry.state != NearEntry::State::kElsewhere) {
    status = unpack(token, entry);
    return Seen::kFound;
  }
  const auto shared = in_overflow(token);
  if (!shared || shared->as_of > as_of) return Seen::kStale;
  status = *shared;
  return Seen::kFound;
}

void Projection::clear() {
  table_.clear();
  terms_.clear();
  for (std::size_t at = 0; at < weak_.words(); ++at) weak_.restore_word(at, 0);
  for (OverflowMap& overflow : overflow_) {
    const WriterLock lock(overflow.mutex);
    overflow.people.clear();
  }
  complete_.store(!bounded_);
  begun_.store(0);
  applied_.store(0);
  loaded_ = Position();
  blank_.clear();
  crowded_.clear();
  put_off_.clear();
  read_as_erased_.clear();
  const MutexLock lock(erasures_mutex_);
  erasures_.clear();
}

Projection::Stats Projection::stats() const {
  Stats stats;
  stats.tokens = table_.size();
  stats.terms = terms_.count();
  stats.memory_bytes = table_.memory_bytes() + weak_.memory_bytes() + (bounded_ ? kTouchedCells * sizeof(Position) : 0);
  stats.evictions = table_.evictions();
  stats.fills = fills_.load(std::memory_order_relaxed);
  stats.fills_refused = fills_refused_.load(std::memory_order_relaxed);
  stats.huge_pages = table_.huge_pages();
  stats.complete = complete();
  for (const OverflowMap& overflow : overflow_) {
    const ReaderLock lock(overflow.mutex);
    stats.in_overflow += overflow.people.size();
  }
  return stats;
}

}  // namespace ishi::cache

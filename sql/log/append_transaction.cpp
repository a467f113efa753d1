#include "sql/log/append_transaction.h"

#include <algorithm>
#include <map>
#include <set>

#include <openssl/rand.h>

#include "registry/assert.h"
#include "registry/events/event_codec.h"
#include "registry/merkle/leaf.h"
#include "registry/ports/append_checks.h"
#include "sql/log/idempotency_rows.h"
#include "sql/log/intake_days.h"
#include "sql/log/timeline_gate.h"

namespace ishi::sql {
namespace {

const CopyTarget kEventTable{"ishi.event", {"index", "kind", "registered_at", "commitment", "salt", "body"}};
const CopyTarget kSubjectTable{"ishi.event_subject", {"token", "event_index"}};
const CopyTarget kTileTable{"ishi.tile", {"level", "index", "hashes", "root"}};

// The events of the group in their order, ready to be stored.
struct NewEvents {
  struct Place {
    std::size_t begin;  // in `bytes`
    EventKind kind;
    Timestamp registered_at;
  };
  struct Subject {
    Token token;
    std::uint64_t index;
  };
  std::uint64_t first_index = 0;
  Bytes bytes;
  std::vector<Place> places;
  std::vector<Subject> subjects;
  std::vector<std::uint64_t> erased, erasing;  // targets, and the records that name them

  std::size_t size() const { return places.size(); }
  ByteView event_bytes(std::size_t i) const {
    const std::size_t end = i + 1 < places.size() ? places[i + 1].begin : bytes.size();
    return ByteView(bytes).subspan(places[i].begin, end - places[i].begin);
  }
};

using Key = std::pair<std::string, std::string>;  // caller, key

class GroupAppend {
 public:
  // `latest`: nothing is registered later, unless the log already is.
  GroupAppend(Session& session, const Clock& clock, const AppendGroup& group, LogTail tail,
              std::optional<Timestamp> latest)
      : session_(session),
        clock_(clock),
        group_(group),
        tail_(std::move(tail)),
        latest_(latest),
        answers_(group.size()) {
    events_.first_index = tail_.frontier.size();
  }

  Result<void> prepare() {
    if (auto found = read_known_answers(session_, group_); found) {
      known_ = *std::move(found);
    } else {
      return fail(found.error());
    }
    if (auto found = read_books(session_, group_); found) {
      books_ = *std::move(found);
    } else {
      return fail(found.error());
    }
    for (std::size_t i = 0; i < group_.size(); ++i) judge(i);
    return {};
  }

  bool nothing_to_write() const { return accepted_.empty(); }
  bool has_repeats() const {
    return std::any_of(answers_.begin(), answers_.end(),
                       [](const auto& answer) { return answer && answer->has_value(); });
  }

  Result<void> write() {
    std::vector<KeptAnswer> kept;
    std::set<std::string> changed;
    for (const std::size_t i : accepted_) {
      const AppendRequest& request = group_[i]->request;
      if (request.key) kept.push_back({&*request.key, &answers_[i]->value()});
      if (request.sequence) changed.insert(request.sequence->source);
    }
    if (auto done = write_events(); !done) return done;
    if (auto done = save_answers(session_, kept); !done) return done;
    for (const std::string& source : changed) {
      if (auto done = save_books(session_, books_.at(source)); !done) return done;
    }
    if (auto done = delivered_.save(session_); !done) return done;
    if (events_.size() == 0) return {};
    const Bytes peaks = peaks_to_bytes(tail_.frontier);
    auto advanced = session_.run(kAdvanceHead, Parameters()
                                                   .number(tail_.frontier.size())
                                                   .number(tail_.last_registered_at.microseconds())
                                                   .bytes(peaks)
                                                   .bytes(tail_.last_commitment)
                                                   .number(tail_.believed_at.microseconds()));
    if (!advanced) return fail(advanced.error());
    return {};
  }

  const LogTail& tail() const { return tail_; }
  // What those get who were not to be written; nullopt for the accepted and for repeats of an accepted one.
  std::vector<std::optional<Result<Appended>>> answers_without_writing() const {
    auto answers = answers_;
    for (const std::size_t i : accepted_) answers[i].reset();
    for (const std::size_t i : repeats_) answers[i].reset();
    return answers;
  }
  GroupAnswers answers() const {
    GroupAnswers answers;
    for (const auto& answer : answers_) answers.push_back(answer.value());
    return answers;
  }

 private:
  void judge(std::size_t i) {
    const AppendRequest& request = group_[i]->request;
    if (request.key && answer_known(i, *request.key)) return;
    const Timestamp now = clock_.now();
    const auto earliest = earliest_registration(request.bodies, std::max(now, tail_.believed_at));
    if (!earliest) return refuse(i, earliest.error());
    const Timestamp stored_at = std::max(tail_.times.to_store(*earliest), tail_.last_registered_at);
    if (latest_ && *earliest > std::max(*latest_, tail_.believed_at))
      return refuse(
          i, {ErrorKind::kUnprocessable, "accepted_in_future", "accepted_at lies in the future; check the clocks"});

    std::optional<IntakeSource> books;
    std::optional<std::uint64_t> gap_from;
    if (request.sequence) {
      books = books_[request.sequence->source];
      auto gap = take_sequence(*books, request.sequence->sequence);
      if (!gap) return refuse(i, gap.error());
      gap_from = *gap;
    }
    if (auto added = add_events(request, stored_at); !added) return refuse(i, added.error());
    const std::uint64_t size = events_.first_index + events_.size();
    for (std::size_t k = 0; k < request.bodies.size(); ++k)
      if (const auto* healed = std::get_if<TimesHealed>(&request.bodies[k]))
        tail_.times.add(EventIndex(size - request.bodies.size() + k), stored_at, *healed);
    if (!request.bodies.empty()) {
      tail_.last_registered_at = stored_at;
      tail_.believed_at = tail_.times.registered_at(EventIndex(size - 1), stored_at);
    }
    const Timestamp registered_at = request.bodies.empty() ? *earliest : tail_.believed_at;
    if (books) {
      books->source = request.sequence->source;
      books->batches += 1;
      books->events += request.bodies.size();
      books->last_seen = registered_at;
      books_.insert_or_assign(books->source, *books);
    }
    if (request.delivery) delivered_.add(*request.delivery, registered_at);
    answers_[i] = Appended{
        EventIndex(size - request.bodies.size()), Position(size), registered_at, false, request.answer, gap_from};
    accepted_.push_back(i);
    if (request.key) written_[{request.key->caller, request.key->key}] = i;
  }

  bool answer_known(std::size_t i, const IdempotencyKey& key) {
    const Key name(key.caller, key.key);
    const auto known = known_.find(name);
    const auto written = written_.find(name);
    if (known == known_.end() && written == written_.end()) return false;
    const Digest& digest =
        known != known_.end() ? known->second.body_digest : group_[written->second]->request.key->body_digest;
    if (digest != key.body_digest) {
      refuse(i, {ErrorKind::kConflict, "key_reused", "this idempotency key came with another body before"});
      return true;
    }
    Appended again = known != known_.end() ? known->second.appended : answers_[written->second]->value();
    again.repeated = true;
    again.gap_from.reset();
    answers_[i] = std::move(again);
    if (known == known_.end()) repeats_.push_back(i);
    return true;
  }

  void refuse(std::size_t i, Error error) { answers_[i] = Result<Appended>(fail(std::move(error))); }

  Result<void> add_events(const AppendRequest& request, Timestamp registered_at) {
    const std::size_t bytes = events_.bytes.size(), places = events_.places.size(), subjects = events_.subjects.size();
    const std::size_t erased = events_.erased.size();
    Event event{registered_at, request.caller, {}};
    for (const EventBody& body : request.bodies) {
      events_.places.push_back({events_.bytes.size(), kind_of(body), registered_at});
      const std::uint64_t index = events_.first_index + events_.size() - 1;
      std::vector<Token> tokens = subjects_of(body);
      std::sort(tokens.begin(), tokens.end());
      tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
      for (const Token& token : tokens) events_.subjects.push_back({token, index});
      if (const auto* erasure = std::get_if<RecordErased>(&body); erasure && erasure->target.value() < index) {
        events_.erased.push_back(erasure->target.value());
        events_.erasing.push_back(index);
      }
      event.body = body;
      if (auto encoded = encode_event_onto(event, events_.bytes); !encoded) {
        events_.bytes.resize(bytes);
        events_.places.resize(places);
        events_.subjects.resize(subjects);
        events_.erased.resize(erased);
        events_.erasing.resize(erased);
        return encoded;
      }
    }
    return {};
  }

  Result<void> write_events() {
    if (events_.size() == 0) return {};
    std::vector<Salt> salts(events_.size());
    const auto salt_bytes = static_cast<int>(salts.size() * sizeof(Salt));
    ISHI_ASSERT(RAND_bytes(salts.front().data(), salt_bytes) == 1);
    std::vector<TileBuilder::Completed> completed;
    auto done = session_.copy(kEventTable, events_.size(), [&](std::size_t i, CopyRow& row) {
      const Digest commitment = commitment_of(salts[i], events_.event_bytes(i));
      tail_.last_commitment = commitment;
      const Digest leaf_hash = leaf_hash_of(commitment);
      tail_.frontier.append(leaf_hash);
      tail_.tiles.append(leaf_hash, completed);
      row.number(events_.first_index + i);
      row.number(static_cast<std::uint64_t>(events_.places[i].kind));
      row.number(events_.places[i].registered_at.microseconds());
      row.bytes(commitment);
      row.bytes(salts[i]);
      row.bytes(events_.event_bytes(i));
    });
    if (!done) return done;
    if (!events_.subjects.empty()) {
      done = session_.copy(kSubjectTable, events_.subjects.size(), [&](std::size_t i, CopyRow& row) {
        row.token(events_.subjects[i].token);
        row.number(events_.subjects[i].index);
      });
    }
    if (done && !events_.erased.empty()) {
      auto saved = session_.run(kSaveErasures, Parameters().numbers(events_.erased).numbers(events_.erasing));
      if (!saved) return fail(saved.error());
    }
    if (!done || completed.empty()) return done;
    return session_.copy(kTileTable, completed.size(), [&](std::size_t i, CopyRow& row) {
      Bytes hashes;
      for (const Digest& hash : completed[i].hashes) hashes.insert(hashes.end(), hash.begin(), hash.end());
      row.number(std::uint64_t{completed[i].tile.level});
      row.number(completed[i].tile.index);
      row.bytes(hashes);
      row.bytes(completed[i].root);
    });
  }

  Session& session_;
  const Clock& clock_;
  const AppendGroup& group_;
  LogTail tail_;
  const std::optional<Timestamp> latest_;
  NewEvents events_;
  std::map<Key, KnownAnswer> known_;    // written by earlier transactions
  std::map<Key, std::size_t> written_;  // accepted in this group
  std::map<std::string, IntakeSource> books_;
  DeliveredDays delivered_;
  std::vector<std::optional<Result<Appended>>> answers_;
  std::vector<std::size_t> accepted_, repeats_;  // repeats of one accepted in this very group
};

// The latest instant with which anything may be registered now, if clocks are compared. While the two clocks are
// surely not within the limit, nothing is appended: the log cannot forget a time that was wrong.
Result<std::optional<Timestamp>> compare_clocks(Session& session, const AppendClock& clock) {
  if (clock.difference_max.count() == 0) return std::nullopt;
  const std::int64_t limit = std::chrono::microseconds(clock.difference_max).count();
  const std::int64_t before = clock.clock.now().microseconds();
  const auto rows = session.run(kTimeOfDay);
  if (!rows) return fail(rows.error());
  const std::int64_t there = rows->number(0, 0), after = clock.clock.now().microseconds();
  if (before < there - limit || after > there + limit)
    return fail(ErrorKind::kUnavailable, "clock_differs",
                "this machine's clock and the database's differ too much; set the clocks (NTP)");
  return Timestamp(there + limit);
}

}  // namespace

tl::expected<GroupAnswers, GroupFailure> append_group(Session& session, const AppendClock& clock,
                                                      const AppendGroup& group, std::optional<LogTail>& tail) {
  const auto failed = [&](Error error, std::vector<std::optional<Result<Appended>>> answers) {
    tail.reset();
    session.roll_back();
    answers.resize(group.size());
    return tl::unexpected(GroupFailure{std::move(error), std::move(answers)});
  };
  if (auto begun = session.begin(); !begun) return failed(begun.error(), {});
  auto locked = lock_tail(session, tail);
  if (!locked) return failed(locked.error(), {});
  const auto latest = compare_clocks(session, clock);
  if (!latest) return failed(latest.error(), {});
  GroupAppend append(session, clock.clock, group, *std::move(locked), *latest);
  if (auto prepared = append.prepare(); !prepared) return failed(prepared.error(), {});
  if (append.nothing_to_write()) {
    if (!append.has_repeats()) {
      session.roll_back();
      return append.answers();
    }
    // What is repeated may have been committed here and never been acknowledged (a restart ended the wait for the
    // standbys). Acknowledging it now must wait for them as the first time should have.
    if (auto touched = session.run(kTouchHead); !touched)
      return failed(touched.error(), append.answers_without_writing());
  }
  if (auto written = append.nothing_to_write() ? Result<void>() : append.write(); !written)
    return failed(written.error(), append.answers_without_writing());
  if (auto committed = session.commit(); !committed) return failed(committed.error(), append.answers_without_writing());
  // The standbys may have become fewer while the commit waited for them: then not all of them have it.
  if (auto waited = wait_if_fewer_waited(session, append.tail().standbys); !waited)
    return failed({ErrorKind::kOutcomeUnknown, "outcome_unknown", "written, and the connection was lost; retry"},
                  append.answers_without_writing());
  tail = append.tail();
  return append.answers();
}

}  // namespace ishi::sql

// The snapshot rule (cache/snapshot/snapshot.h) as a model: a log that grows, loses content and may be put back to an
// earlier moment; a node that applies it write by write, copies its table piece by piece meanwhile, dies at any instant
// and starts again from the file. Which function each step stands for is said beside it. A second node of the same file
// is a start like any other: a node that starts knows nothing but the file and the log.
//
// Two things that the code does are left out, and so shown not to be needed for right answers: that linked persons of
// whom only some were copied in time are not loaded, and that nothing is written by a node which held what was erased
// (that one is for the sake of the person whose data it was).
//
// Two tokens, whose facts are a set of bits: one for each event that counts.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ishi::cache::model {

enum class Happened { kNotice, kVoided, kObjection, kWithdrawal, kLink, kSplit, kErased };
struct Fact {
  Happened what;
  int token = 0, target = -1;  // target: of kErased, which event
};
using History = std::vector<Fact>;

struct SnapshotRules {
  bool whole_or_none = true;         // a file that was not finished is never loaded
  bool follow_from_position = true;  // else from where the copying ended
  bool last_known_event = true;  // the last event it may know of must be in the log; else only that before its Position
  bool erased_below_known = true;  // nothing it may know of was erased since; else nothing below its Position
  bool late_is_late = true;        // content that is gone may still be in what was loaded: then no further
  bool carries_erasures = true;    // what was erased before goes with it
};

using Facts = std::uint32_t;
struct Status {
  int as_of = 0, tokens = 0;  // tokens: bits
  Facts facts = 0;
  bool plain = true;
  friend auto operator<=>(const Status&, const Status&) = default;
};
struct NearSlot {
  enum class State : std::int8_t { kAbsent, kPlain, kElsewhere } state = State::kAbsent;
  int as_of = 0;
  Facts facts = 0;
  friend auto operator<=>(const NearSlot&, const NearSlot&) = default;
};
struct Tables {
  std::array<NearSlot, 2> near;
  std::array<std::optional<Status>, 2> overflow;
  friend auto operator<=>(const Tables&, const Tables&) = default;
};
struct Write {  // one store that a copier may see or miss
  bool to_shelf;
  int token;
  NearSlot slot;
  std::optional<Status> status;
  friend auto operator<=>(const Write&, const Write&) = default;
};
using Erasures = std::vector<std::pair<int, int>>;  // target, record
struct Digest1 {  // of one event: which branch it is on, and whether its content is there
  int branch = 0;
  bool blank = false;
  friend auto operator<=>(const Digest1&, const Digest1&) = default;
};
struct File {
  bool finished = false;
  int position = 0, known = 0;
  Digest1 last, last_known;
  Tables tables;
  Erasures erasures;
  friend auto operator<=>(const File&, const File&) = default;
};
struct Node {
  Tables tables;
  int applied = 0, begun = 0;  // announced; the end of the batch that is being applied
  int loaded = 0;              // the tables may hold what is below, from a file
  std::vector<Write> pending;  // of that batch
  Erasures erasures;
  std::uint32_t blank = 0;  // events whose content was gone when they were read
  bool stuck = false;
  std::optional<File> writing;
  int pieces = 0;
  friend auto operator<=>(const Node&, const Node&) = default;
};
struct SnapshotWorld {
  int log = 0, forked_at = -1;
  std::uint32_t blank = 0;
  std::optional<Node> node;
  std::optional<File> disk;
  int starts = 0, batch_of_two = 0;
  friend auto operator<=>(const SnapshotWorld&, const SnapshotWorld&) = default;
};

class SnapshotModel {
 public:
  // `otherwise`: what happens after an older copy of the log was put back; empty: none ever is.
  SnapshotModel(SnapshotRules rules, History history, History otherwise = {})
      : rules_(rules), history_(std::move(history)), otherwise_(std::move(otherwise)) {}

  template <typename Go>
  void steps(const SnapshotWorld& world, Go&& go) const {
    const History& history = world.forked_at < 0 ? history_ : otherwise_;
    if (world.log < static_cast<int>(history.size())) {
      SnapshotWorld next = world;
      ++next.log;
      go("an event is acknowledged", next);
    }
    for (int i = 0; i < world.log; ++i) {
      const Fact fact = at(world, i);
      if (fact.what != Happened::kErased || (world.blank & bit(fact.target))) continue;
      SnapshotWorld next = world;
      next.blank |= bit(fact.target);
      go("the content of an erased event is gone", next);  // sql/log/erase, once the grace is over
    }
    if (!otherwise_.empty() && world.forked_at < 0) {
      for (int upto = 1; upto < world.log; ++upto) {
        SnapshotWorld next = world;
        next.log = next.forked_at = upto;
        next.node.reset();
        go("an older copy of the log is put back, and every node started anew", next);
      }
    }
    if (!world.node) {
      if (world.starts < kStartsMax) go("a node starts", started(world));
      return;
    }
    SnapshotWorld dead = world;
    dead.node.reset();
    go("the node dies", dead);
    follow(world, go);
    write_file(world, go);
  }

  // Everything that could be asked of this node, of the present and of the past.
  std::string wrong(const SnapshotWorld& world) const {
    if (!world.node) return "";
    const Node& node = *world.node;
    for (int token = 0; token < 2; ++token) {
      for (int view = 0; view <= node.applied; ++view) {
        const auto found = find(node, token, view);
        if (!found) continue;
        ++answers_;
        const Facts truth = fold(world, view, false)[static_cast<std::size_t>(token)].value_or(Status{}).facts;
        if (*found == truth) continue;
        const Facts missing = truth & ~*found, extra = *found & ~truth;
        if (missing & objections(world)) return "an objection that was acknowledged is not seen";
        if (extra & objections(world)) return "a withdrawal that was acknowledged is not seen";
        if (extra) return "something counts that is not in the log, or not any more";
        if (missing & ~world.blank) return "something is forgotten";
        if (node.applied == world.log && erased_since(node, view) == 0)
          return "an answer about the past does not say that something was erased since";
      }
    }
    return "";
  }
  std::size_t answers() const { return answers_; }

 private:
  static constexpr int kStartsMax = 3;
  static constexpr int kPieces = 4;  // a bucket, another, an overflow map, another
  static constexpr std::uint32_t bit(int i) { return 1U << i; }

  const Fact& at(const SnapshotWorld& world, int i) const {
    return (world.forked_at >= 0 && i >= world.forked_at ? otherwise_ : history_)[static_cast<std::size_t>(i)];
  }
  int branch(const SnapshotWorld& world, int i) const { return world.forked_at >= 0 && i >= world.forked_at ? 1 : 0; }
  Digest1 digest(const SnapshotWorld& world, int i) const { return {branch(world, i), (world.blank & bit(i)) != 0}; }
  Facts fact_bit(const SnapshotWorld& world, int i) const { return bit(i + 8 * branch(world, i)); }
  Facts objections(const SnapshotWorld& world) const {
    Facts all = 0;
    for (int i = 0; i < static_cast<int>(history_.size()); ++i)
      if (history_[static_cast<std::size_t>(i)].what == Happened::kObjection) all |= bit(i);
    for (int i = 0; i < static_cast<int>(otherwise_.size()); ++i)
      if (otherwise_[static_cast<std::size_t>(i)].what == Happened::kObjection) all |= bit(i + 8);
    return all & ~(world.forked_at < 0 ? 0U : bit(8 + world.forked_at) - bit(8));
  }

  // Population over EventLog::read_about: without what a RecordErased below `upto` names. `readable`: nor what has no
  // content left.
  std::array<std::optional<Status>, 2> fold(const SnapshotWorld& world, int upto, bool readable) const {
    std::uint32_t left_out = readable ? world.blank : 0;
    for (int i = 0; i < upto; ++i)
      if (at(world, i).what == Happened::kErased) left_out |= bit(at(world, i).target);
    std::array<Status, 2> own;
    bool linked = false;
    for (int i = 0; i < upto; ++i) {
      const Fact& fact = at(world, i);
      if ((left_out & bit(i)) || fact.what == Happened::kErased) continue;
      Status& status = own[static_cast<std::size_t>(fact.token)];
      status.as_of = i + 1;
      Facts mine = 0;
      for (int k = 0; k < i; ++k)
        if (at(world, k).token == fact.token && !(left_out & bit(k))) {
          const bool objected = at(world, k).what == Happened::kObjection;
          if ((fact.what == Happened::kWithdrawal && objected) || (fact.what == Happened::kVoided && !objected))
            mine |= fact_bit(world, k);
        }
      switch (fact.what) {
        case Happened::kNotice:
        case Happened::kObjection: status.facts |= fact_bit(world, i); break;
        case Happened::kWithdrawal: status.plain = false; [[fallthrough]];
        case Happened::kVoided: status.facts &= ~mine; break;
        default:
          linked = fact.what == Happened::kLink;
          for (Status& either : own) {
            either.as_of = i + 1;
            either.plain = false;
          }
      }
    }
    std::array<std::optional<Status>, 2> statuses;
    for (int token = 0; token < 2; ++token) {
      Status status = own[static_cast<std::size_t>(token)];
      if (status.as_of == 0) continue;
      status.tokens = 1 << token;
      if (linked) status = {std::max(own[0].as_of, own[1].as_of), 3, own[0].facts | own[1].facts, false};
      statuses[static_cast<std::size_t>(token)] = status;
    }
    return statuses;
  }

  // Projection::find. Nullopt: ask the log.
  std::optional<Facts> find(const Node& node, int token, int view) const {
    const NearSlot& slot = node.tables.near[static_cast<std::size_t>(token)];
    if (slot.state == NearSlot::State::kAbsent) return Facts{0};
    if (slot.as_of > view) return std::nullopt;
    if (slot.state == NearSlot::State::kPlain) return slot.facts;
    const auto& in_overflow = node.tables.overflow[static_cast<std::size_t>(token)];
    if (!in_overflow || in_overflow->as_of > view) return std::nullopt;
    return in_overflow->facts;
  }
  static int erased_since(const Node& node, int view) {
    int count = 0;
    for (const auto& [target, record] : node.erasures) count += target < view && record >= view;
    return count;
  }

  template <typename Go>
  void follow(const SnapshotWorld& world, Go&& go) const;
  std::optional<std::vector<Write>> apply(const SnapshotWorld& world, Node& node, int upto) const;
  static void store(Tables& tables, const Write& write);
  template <typename Go>
  void write_file(const SnapshotWorld& world, Go&& go) const;
  SnapshotWorld started(const SnapshotWorld& world) const;
  bool verified(const SnapshotWorld& world, const File& file) const;

  const SnapshotRules rules_;
  const History history_, otherwise_;
  mutable std::size_t answers_ = 0;
};

inline void SnapshotModel::store(Tables& tables, const Write& write) {
  if (write.to_shelf)
    tables.overflow[static_cast<std::size_t>(write.token)] = write.status;
  else
    tables.near[static_cast<std::size_t>(write.token)] = write.slot;
}

// FeedFollower::advance
template <typename Go>
void SnapshotModel::follow(const SnapshotWorld& world, Go&& go) const {
  const Node& now = *world.node;
  if (now.stuck) return;
  SnapshotWorld next = world;
  Node& node = *next.node;
  if (!now.pending.empty()) {
    store(node.tables, now.pending.front());
    node.pending.erase(node.pending.begin());
    return go("the follower stores", next);
  }
  if (now.begun > now.applied) {
    node.applied = now.begun;
    return go("the follower announces", next);
  }
  for (int upto = now.applied + 1; upto <= std::min(world.log, now.applied + 2); ++upto) {
    next = world;
    if (auto writes = apply(world, node, upto)) {
      node.pending = std::move(*writes);
      node.begun = upto;
    } else {
      node.stuck = true;  // erased_before_heard: until it is started anew
    }
    go("the follower reads", next);
  }
}

// Projection::fold_in, add_notice, apply_erasure, replace_entry and forget: what they store, in their order.
inline std::optional<std::vector<Write>> SnapshotModel::apply(const SnapshotWorld& world, Node& node, int upto) const {
  std::vector<Write> writes;
  Tables tables = node.tables;
  const auto put = [&](const Write& write) {
    writes.push_back(write);
    store(tables, write);
  };
  std::set<int> refresh, less_known, done;
  const auto known_erased = [&](int target) {
    return std::any_of(node.erasures.begin(), node.erasures.end(),
                       [&](const auto& one) { return one.first == target; });
  };
  for (int i = node.applied; i < upto; ++i) {
    const Fact& fact = at(world, i);
    if (world.blank & bit(i)) {
      if (rules_.late_is_late && i < node.loaded) return std::nullopt;
      node.blank |= bit(i);
    } else if (fact.what == Happened::kNotice) {
      NearSlot slot = tables.near[static_cast<std::size_t>(fact.token)];
      if (slot.state == NearSlot::State::kElsewhere) {
        refresh.insert(fact.token);
        continue;
      }
      put({false,
           fact.token,
           {NearSlot::State::kPlain, std::max(slot.as_of, i + 1), slot.facts | fact_bit(world, i)},
           {}});
    } else if (fact.what == Happened::kErased) {
      if (known_erased(fact.target)) continue;
      node.erasures.emplace_back(fact.target, i);
      if (node.blank & bit(fact.target)) continue;
      if (world.blank & bit(fact.target)) return std::nullopt;
      refresh.insert(at(world, fact.target).token);
      less_known.insert(at(world, fact.target).token);
    } else if (fact.what == Happened::kLink || fact.what == Happened::kSplit) {
      refresh.insert({0, 1});
    } else {
      refresh.insert(fact.token);
    }
  }
  const auto statuses = fold(world, upto, true);
  while (!refresh.empty()) {
    const int token = refresh.extract(refresh.begin()).value();
    if (!done.insert(token).second) continue;
    auto status = statuses[static_cast<std::size_t>(token)];
    if (!status) {
      if (!less_known.contains(token)) continue;
      put({false, token, {NearSlot::State::kElsewhere, upto, 0}, {}});
      put({true, token, {}, std::nullopt});
      continue;
    }
    for (const int other : less_known)
      if (status->tokens & (1 << other)) status->as_of = std::max(status->as_of, upto);
    if (const auto& before = tables.overflow[static_cast<std::size_t>(token)])
      for (int other = 0; other < 2; ++other)
        if ((before->tokens & ~status->tokens & (1 << other)) && !done.contains(other)) refresh.insert(other);
    if (status->plain) {
      put({false, token, {NearSlot::State::kPlain, status->as_of, status->facts}, {}});
      put({true, token, {}, std::nullopt});
      continue;
    }
    for (int held = 0; held < 2; ++held) {
      if (!(status->tokens & (1 << held))) continue;
      put({true, held, {}, status});
      put({false, held, {NearSlot::State::kElsewhere, status->as_of, 0}, {}});
      done.insert(held);
    }
  }
  return writes;
}

// SnapshotKeeper::write_if_grown and write_snapshot
template <typename Go>
void SnapshotModel::write_file(const SnapshotWorld& world, Go&& go) const {
  const Node& now = *world.node;
  SnapshotWorld next = world;
  Node& node = *next.node;
  if (!now.writing) {
    if (now.applied == 0 || (world.disk && now.applied <= world.disk->position)) return;
    node.writing = File{false, now.applied, 0, digest(world, now.applied - 1), {}, {}, {}};
    node.pieces = 0;
    if (!rules_.whole_or_none) next.disk = node.writing;
    return go("a snapshot is begun", next);
  }
  if (now.pieces < kPieces) {  // Projection::Sections: buckets, then overflow_map
    const auto token = static_cast<std::size_t>(now.pieces % 2);
    if (now.pieces < 2)
      node.writing->tables.near[token] = now.tables.near[token];
    else
      node.writing->tables.overflow[token] = now.tables.overflow[token];
    ++node.pieces;
    if (!rules_.whole_or_none) next.disk = node.writing;
    return go("a piece is copied", next);
  }
  File file = *now.writing;  // SnapshotWriter::known, SnapshotFileWriter::finish
  file.finished = true;
  file.known = now.begun;
  file.last_known = digest(world, now.begun - 1);
  if (rules_.carries_erasures) file.erasures = now.erasures;
  next.disk = file;
  node.writing.reset();
  go("the snapshot is finished and renamed", next);
}

// SnapshotReader::load
inline bool SnapshotModel::verified(const SnapshotWorld& world, const File& file) const {
  if (rules_.whole_or_none && !file.finished) return false;
  if (world.log < file.position || digest(world, file.position - 1) != file.last) return false;
  if (rules_.last_known_event && file.finished &&
      (world.log < file.known || digest(world, file.known - 1) != file.last_known))
    return false;
  const int holds = rules_.erased_below_known ? file.known : file.position;
  for (int i = file.position; i < world.log; ++i)
    if (at(world, i).what == Happened::kErased && at(world, i).target < holds) return false;
  return true;
}

inline SnapshotWorld SnapshotModel::started(const SnapshotWorld& world) const {
  SnapshotWorld next = world;
  ++next.starts;
  Node node;
  if (world.disk && verified(world, *world.disk)) {
    const File& file = *world.disk;
    node.tables = file.tables;
    node.loaded = file.known;
    node.applied = node.begun = rules_.follow_from_position ? file.position : std::max(file.position, file.known);
    node.erasures = file.erasures;
    for (const auto& [target, record] : file.erasures) node.blank |= bit(target);
  }
  next.node = node;
  return next;
}

}  // namespace ishi::cache::model

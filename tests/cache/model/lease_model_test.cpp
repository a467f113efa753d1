// The lease on heads and the gate before acknowledgements, over all interleavings of a primary, its standby, and an
// operator who promotes the one without fencing the other, or takes it out: HeadLease, pass_gate, wait_if_fewer_waited.
// The promise: no answer is older than what was acknowledged before its question, whichever server is asked. Beside it,
// what goes wrong when a part is left out.
#include <algorithm>
#include <array>
#include <vector>

#include "tests/cache/model/explorer.h"

namespace ishi::cache::model {
namespace {

// The old primary P has a standby S that it waits for. S may be promoted while P goes on (nobody fences it), or P's
// operator may take S out of synchronous_standby_names. One node asks P (or S) for heads; writers go to either.
struct LeaseRules {
  bool confirms = true;              // a head counts only while the lease runs
  bool counted_from_begin = true;    // of the confirmation; else from its end
  bool gate_on_new_timeline = true;  // who takes over waits before the first acknowledgement
  bool gate_outlasts_lease = true;   // and longer than any lease
  bool same_server = true;           // a head counts only from the server that confirmed
  bool gate_on_fewer = true;         // who waits for fewer standbys waits before the first acknowledgement
  bool looks_after_commit = true;    // and looks again when the commit is over
};

constexpr int kLease = 2, kTicks = 5;

struct LeaseWorld {
  int now = 0;
  bool promoted = false;                          // S is a primary of its own
  bool waits_for_s = true;                        // P's synchronous_standby_names
  int gate_at_s = -1, gate_at_p = -1;             // when each opens; -1: nobody has come to it
  bool s_open = false, p_open = true;             // log_head says so
  int old_log = 0, standby_log = 0, new_log = 0;  // events at P, applied at S as its standby, at S as primary
  // A commit at P: written there, and not acknowledged.
  enum class Commit : std::int8_t { kNone, kWaits, kReleased } commit = Commit::kNone;
  bool saw_waiting = true;  // what the commit's transaction saw of the names
  int release_gate = -1;    // what the look after the commit makes it wait for
  int old_acknowledged = 0, new_acknowledged = 0;
  // The node's lease.
  int confirming_since = -1, confirmed_from = -1;  // instants
  bool reached_s = false;                          // S has applied the confirmation under way
  bool confirming_new = false, confirmed_new = false, confirmed_waits = false;
  // One question.
  enum class Asking : std::int8_t { kAway, kAsks, kRead, kAnswered } asking = Asking::kAway;
  enum class Source : std::int8_t { kOld, kNew, kStandby } source = Source::kOld;
  int asked_at = 0, owed_old = 0, owed_new = 0, head = 0, answer_old = 0, answer_new = 0;
  friend auto operator<=>(const LeaseWorld&, const LeaseWorld&) = default;
};

class LeaseModel {
 public:
  explicit LeaseModel(LeaseRules rules) : rules_(rules) {}

  template <typename Go>
  void steps(const LeaseWorld& world, Go&& go) const {
    if (world.asking == LeaseWorld::Asking::kAnswered) return;  // one question is enough
    LeaseWorld next = world;
    if (world.now < kTicks) {
      ++next.now;
      go("the clock moves on", next);
    }
    rebuild(world, go);
    append_old(world, go);
    append_new(world, go);
    confirm(world, go);
    ask(world, go);
  }

  static std::string wrong(const LeaseWorld& world) {
    if (world.asking == LeaseWorld::Asking::kAnswered &&
        (world.answer_old < world.owed_old || world.answer_new < world.owed_new))
      return "an answer older than what was acknowledged before the question";
    return "";
  }

 private:
  int gate(int now) const { return now + kLease + (rules_.gate_outlasts_lease ? 0 : -1); }

  template <typename Go>
  void rebuild(const LeaseWorld& world, Go&& go) const {
    LeaseWorld next = world;
    // Never one that is not waited for: it lacks what was acknowledged without it, and no lease brings that back.
    if (!world.promoted && world.waits_for_s) {
      next.promoted = true;
      next.s_open = !rules_.gate_on_new_timeline;
      go("the standby is promoted, the old primary goes on", next);
    }
    if (world.waits_for_s && !world.promoted) {
      next = world;
      next.waits_for_s = false;
      next.p_open = !rules_.gate_on_fewer;
      go("the old primary no longer waits for the standby", next);
    }
    if (!world.promoted && world.standby_log < world.old_log) {
      next = world;
      next.standby_log = world.old_log;
      go("the standby applies", next);
    }
  }

  // One event at P: its transaction passes the gate, commits, waits for S, looks at the names again, is acknowledged.
  template <typename Go>
  void append_old(const LeaseWorld& world, Go&& go) const {
    LeaseWorld next = world;
    using Commit = LeaseWorld::Commit;
    if (world.promoted && !world.waits_for_s) return;  // two primaries that wait for nobody: no lease can help
    switch (world.commit) {
      case Commit::kNone:
        if (world.old_log > 0) return;
        if (!world.p_open && world.gate_at_p < 0) {
          next.gate_at_p = gate(world.now);
          return go("an append waits at the old primary's gate", next);
        }
        if (!world.p_open && world.now < world.gate_at_p) return;
        next.p_open = true;
        next.old_log = 1;
        next.saw_waiting = world.waits_for_s;
        next.commit = Commit::kWaits;
        return go("an event is written at the old primary", next);
      case Commit::kWaits:
        // S has it, or nobody waits for S any more.
        if (world.waits_for_s && world.standby_log < 1) return;
        next.commit = Commit::kReleased;
        if (rules_.looks_after_commit && rules_.gate_on_fewer && world.saw_waiting && !world.waits_for_s)
          next.release_gate = gate(world.now);
        return go("the commit returns", next);
      case Commit::kReleased:
        if (world.now < world.release_gate) return;
        if (world.old_acknowledged == 1) return;
        next.old_acknowledged = 1;
        return go("the old primary acknowledges it", next);
    }
  }

  template <typename Go>
  void append_new(const LeaseWorld& world, Go&& go) const {
    if (!world.promoted || world.new_acknowledged > 0) return;
    LeaseWorld next = world;
    if (!world.s_open && world.gate_at_s < 0) {
      next.gate_at_s = gate(world.now);
      return go("an append waits at the new primary's gate", next);
    }
    if (world.s_open || world.now >= world.gate_at_s) {
      next.s_open = true;
      next.new_log = next.new_acknowledged = 1;
      go("the new primary acknowledges an event", next);
    }
  }

  template <typename Go>
  void confirm(const LeaseWorld& world, Go&& go) const {
    LeaseWorld next = world;
    if (world.confirming_since < 0) {
      next.confirming_since = world.now;
      next.reached_s = next.confirming_new = false;
      go("a confirmation begins at the old primary", next);
      if (!world.promoted || !world.s_open) return;
      next.confirming_new = true;
      return go("a confirmation begins at the new primary", next);
    }
    next.confirming_since = -1;
    go("a confirmation is given up", next);
    next = world;
    if (!world.promoted && !world.reached_s) {
      next.reached_s = true;
      go("the standby applies the confirmation", next);
      next = world;
    }
    // A confirmation at P that waits for nobody counts only where no standby is required: not while there is S.
    if (!world.confirming_new && !(world.waits_for_s ? world.reached_s : !world.promoted)) return;
    next.confirming_since = -1;
    next.confirmed_from = rules_.counted_from_begin ? world.confirming_since : world.now;
    next.confirmed_new = world.confirming_new;
    next.confirmed_waits = world.waits_for_s && !world.confirming_new;
    go("a confirmation returns", next);
  }

  bool covered(const LeaseWorld& world) const {
    if (!rules_.confirms) return true;
    if (world.confirmed_from < 0 || world.asked_at >= world.confirmed_from + kLease) return false;
    if (world.source == LeaseWorld::Source::kStandby) return world.confirmed_waits;
    return !rules_.same_server || world.confirmed_new == (world.source == LeaseWorld::Source::kNew);
  }

  template <typename Go>
  void ask(const LeaseWorld& world, Go&& go) const {
    using Asking = LeaseWorld::Asking;
    using Source = LeaseWorld::Source;
    LeaseWorld next = world;
    switch (world.asking) {
      case Asking::kAway:
        next.asking = Asking::kAsks;
        next.asked_at = world.now;
        next.owed_old = world.old_acknowledged;
        next.owed_new = world.new_acknowledged;
        for (const Source source : {Source::kOld, Source::kNew, Source::kStandby}) {
          if (source == Source::kNew && !world.promoted) continue;
          next.source = source;
          go("a question arrives", next);
        }
        return;
      case Asking::kAsks:
        if (world.source == Source::kStandby && world.promoted) return;  // each read asks whether it still is one
        next.asking = Asking::kRead;
        // What waits for a standby is not seen at its primary.
        next.answer_old =
            world.source == Source::kOld ? (world.commit == LeaseWorld::Commit::kReleased ? 1 : 0) : world.standby_log;
        next.answer_new = world.source == Source::kNew ? world.new_log : 0;
        return go("it reads a head", next);
      case Asking::kRead:
        if (!covered(world)) return;
        next.asking = Asking::kAnswered;
        return go("it is answered", next);
      case Asking::kAnswered: return;
    }
  }

  const LeaseRules rules_;
};

Explorer<LeaseWorld> walk(LeaseRules rules) {
  const LeaseModel model(rules);
  Explorer<LeaseWorld> explorer;
  explorer.walk(
      {}, [&](const LeaseWorld& world, const auto& go) { model.steps(world, go); }, &LeaseModel::wrong);
  return explorer;
}

TEST(LeaseModel, NoAnswerIsOlderThanWhatWasAcknowledgedByWhicheverPrimary) {
  expect_never_wrong(walk({}), 100'000);
}

TEST(LeaseModel, WithoutConfirmationAReplacedPrimaryWouldBeBelieved) {
  expect_wrong(walk({.confirms = false}), "any primary's head could count");
}

TEST(LeaseModel, CountedFromItsEndAConfirmationWouldLastTooLong) {
  expect_wrong(walk({.counted_from_begin = false}), "the lease could begin when the confirmation is over");
}

TEST(LeaseModel, WithoutTheGateTheNewPrimaryWouldAcknowledgeTooSoon) {
  expect_wrong(walk({.gate_on_new_timeline = false}), "a new primary could acknowledge at once");
}

TEST(LeaseModel, AGateShorterThanTheLeaseWouldOpenTooSoon) {
  expect_wrong(walk({.gate_outlasts_lease = false}), "the gate could be shorter than the lease");
}

TEST(LeaseModel, AConfirmationOfOneServerSaysNothingOfAnother) {
  expect_wrong(walk({.same_server = false}), "any server's confirmation could cover any server's head");
}

TEST(LeaseModel, AStandbyNoLongerWaitedForWouldBeBelieved) {
  expect_wrong(walk({.gate_on_fewer = false}), "a standby could be taken out without a pause");
}

TEST(LeaseModel, ACommitThatAStandbyWasTakenFromWouldBeAcknowledgedTooSoon) {
  expect_wrong(walk({.looks_after_commit = false}), "the names could be read before the commit only");
}

}  // namespace
}  // namespace ishi::cache::model

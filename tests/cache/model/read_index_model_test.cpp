// How fresh an answer is, over all interleavings, by a clock that may stand still between any two steps. Strict: the
// shared look at the log's head (HeadReader::read and read_at_once) and the barrier: every event acknowledged before
// the question arrived is seen, and nobody sleeps for ever. Loosened: the age that the follower keeps
// (FeedFollower::advance, StatusReader::view): every event older than that is seen. Beside it, what goes wrong when a
// rule is left out.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "tests/cache/model/explorer.h"

namespace ishi::cache::model {
namespace {

struct ReadRules {
  bool began_after_question = true;  // the read under way is shared only by those who came before it began
  bool last_began_after = true;      // and so is the last one
  bool strictly_after = true;        // "after" by a clock that has moved on meanwhile
  bool began_before_look = true;     // a read is dated before it looks
  bool wakes_all = true;
  bool waits_for_barrier = true;
  bool some_at_once = true;  // not a rule: whether some questions wait for nobody's read
};

struct Round {
  int began = -1, saw = 0;
  bool done = false;
  friend auto operator<=>(const Round&, const Round&) = default;
};
struct Asking {
  enum class Stage : std::int8_t {
    kAway,
    kArrived,
    kWaits,
    kReads,
    kLooked,
    kHasHead,
    kAnswered,
    kGaveUp
  } stage = Stage::kAway;
  bool asleep = false, at_once = false;
  int asked_at = 0, acknowledged = 0, round = -1, head = 0, answer = 0;
  friend auto operator<=>(const Asking&, const Asking&) = default;
};
struct ReadWorld {
  int now = 0, log = 0, applied = 0;
  std::vector<Round> rounds;
  int last = -1, running = -1, next = -1;
  std::array<Asking, 3> askings;
  friend auto operator<=>(const ReadWorld&, const ReadWorld&) = default;
};

class ReadModel {
 public:
  ReadModel(ReadRules rules, int questions, int events) : rules_(rules), questions_(questions), events_(events) {}

  template <typename Go>
  void steps(const ReadWorld& world, Go&& go) const {
    if (world.now < kTicks) {
      ReadWorld next = world;
      ++next.now;
      go("the clock moves on", next);
    }
    if (world.log < events_) {
      ReadWorld next = world;
      ++next.log;
      go("an event is acknowledged", next);
    }
    if (world.applied < world.log) {
      ReadWorld next = world;
      ++next.applied;
      go("the follower announces", next);  // FreshnessBarrier::announce
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(questions_); ++i) {
      if (i > 0 && world.askings[i - 1].stage == Asking::Stage::kAway) break;  // numbered as they arrive
      ask(world, i, go);
    }
  }

  static std::string wrong(const ReadWorld& world) {
    for (const Asking& asking : world.askings) {
      if (asking.stage == Asking::Stage::kAnswered && asking.answer < asking.acknowledged)
        return "an answer older than what was acknowledged before the question";
      if (asking.stage == Asking::Stage::kWaits && asking.asleep && world.running < 0)
        return "somebody sleeps and nobody reads";
    }
    return "";
  }

 private:
  static constexpr int kTicks = 3;

  bool after(int began, int asked) const { return rules_.strictly_after ? began > asked : began >= asked; }

  // HeadReader::read, one step for what is done under one hold of its mutex; then FreshnessBarrier::wait_for.
  template <typename Go>
  void ask(const ReadWorld& world, std::size_t i, Go&& go) const {
    ReadWorld next = world;
    Asking& mine = next.askings[i];
    switch (mine.stage) {
      case Asking::Stage::kAway:
        mine.stage = Asking::Stage::kArrived;
        mine.asked_at = world.now;
        mine.acknowledged = world.log;
        go("a question arrives", next);
        if (!rules_.some_at_once) return;
        mine.at_once = true;
        return go("a question arrives that waits for nobody", next);
      case Asking::Stage::kArrived: {
        const auto began = [&](int round) { return next.rounds[static_cast<std::size_t>(round)].began; };
        if (world.last >= 0 && (!rules_.last_began_after || after(began(world.last), mine.asked_at))) {
          mine.head = world.rounds[static_cast<std::size_t>(world.last)].saw;
          mine.stage = Asking::Stage::kHasHead;
          return go("it is served by the last read", next);
        }
        if (mine.at_once) {  // reads by itself
          mine.round = static_cast<int>(next.rounds.size());
          next.rounds.push_back({.began = world.now});
          mine.stage = Asking::Stage::kReads;
          return go("it reads for itself", next);
        }
        if (next.next < 0) {
          next.next = static_cast<int>(next.rounds.size());
          next.rounds.emplace_back();
        }
        const bool shares =
            world.running >= 0 && (!rules_.began_after_question || after(began(world.running), mine.asked_at));
        mine.round = shares ? world.running : next.next;
        read_or_sleep(next, mine);
        return go("it reads or waits", next);
      }
      case Asking::Stage::kWaits: {
        ReadWorld late = world;
        late.askings[i] = {.stage = Asking::Stage::kGaveUp};
        go("a deadline passes", late);
        if (mine.asleep) return;
        if (const Round& round = world.rounds[static_cast<std::size_t>(mine.round)]; round.done) {
          mine.head = round.saw;
          mine.stage = Asking::Stage::kHasHead;
          return go("it wakes and takes what was read for it", next);
        }
        read_or_sleep(next, mine);
        return go("it wakes, reads or waits", next);
      }
      case Asking::Stage::kReads:
        next.rounds[static_cast<std::size_t>(mine.round)].saw = world.log;
        mine.stage = Asking::Stage::kLooked;
        return go("the store says its head", next);
      case Asking::Stage::kLooked: {
        Round& round = next.rounds[static_cast<std::size_t>(mine.round)];
        round.done = true;
        if (!rules_.began_before_look) round.began = world.now;
        mine.head = round.saw;
        mine.stage = Asking::Stage::kHasHead;
        if (next.last < 0 || next.rounds[static_cast<std::size_t>(next.last)].began < round.began)
          next.last = mine.round;
        if (mine.at_once) return go("its own read is over", next);
        next.running = -1;
        for (Asking& other : next.askings)
          if (std::exchange(other.asleep, false) && !rules_.wakes_all) break;
        return go("the read is over", next);
      }
      case Asking::Stage::kHasHead:
        if (rules_.waits_for_barrier && world.applied < mine.head) return;
        mine = {.stage = Asking::Stage::kAnswered, .acknowledged = mine.acknowledged, .answer = world.applied};
        return go("it is answered", next);
      case Asking::Stage::kAnswered:
      case Asking::Stage::kGaveUp: return;
    }
  }

  void read_or_sleep(ReadWorld& world, Asking& mine) const {
    if (world.running >= 0) {
      mine.stage = Asking::Stage::kWaits;
      mine.asleep = true;
      return;
    }
    world.running = mine.round;
    world.next = -1;
    world.rounds[static_cast<std::size_t>(mine.round)].began = world.now;
    mine.stage = Asking::Stage::kReads;
  }

  const ReadRules rules_;
  const int questions_, events_;
};

Explorer<ReadWorld> walk(ReadRules rules, int questions, int events = 2) {
  const ReadModel model(rules, questions, events);
  Explorer<ReadWorld> explorer;
  explorer.walk(
      {}, [&](const ReadWorld& world, const auto& go) { model.steps(world, go); }, &ReadModel::wrong);
  return explorer;
}

TEST(ReadIndexModel, NoAnswerIsOlderThanWhatWasAcknowledgedBeforeItsQuestion) {
  expect_never_wrong(walk({}, 2), 300'000);
  expect_never_wrong(walk({.some_at_once = false}, 3, 1), 300'000);
}

TEST(ReadIndexModel, AReadThatBeganBeforeTheQuestionWouldBeStale) {
  expect_wrong(walk({.began_after_question = false}, 2), "the read under way could be shared by all");
}

TEST(ReadIndexModel, TheLastReadWouldBeStaleForWhoCameLater) {
  expect_wrong(walk({.last_began_after = false}, 2), "the last read could serve everybody");
}

TEST(ReadIndexModel, AClockThatStandsStillWouldMakeAReadLookLaterThanItWas) {
  expect_wrong(walk({.strictly_after = false}, 2), "a read dated the same as the question could serve it");
}

TEST(ReadIndexModel, DatedWhenItIsOverAReadWouldBeStale) {
  expect_wrong(walk({.began_before_look = false}, 2), "a read could be dated at its end");
}

TEST(ReadIndexModel, WithoutTheBarrierTheNodeWouldAnswerBeforeItKnows) {
  expect_wrong(walk({.waits_for_barrier = false}, 1), "the head alone would do");
}

TEST(ReadIndexModel, WakingOneOfThoseWhoWaitWouldLeaveTheOthersAsleep) {
  expect_wrong(walk({.wakes_all = false, .some_at_once = false}, 3), "one could be woken at a time");
}

struct AgeWorld {
  int now = 0, applied = 0, caught_up_at = -1;
  std::vector<int> log;  // when each event was acknowledged
  enum class Follower : std::int8_t { kRests, kLooks, kAnnounces } follower = Follower::kRests;
  int asked_at = 0, saw = 0;
  std::optional<int> answer;  // to somebody who accepts an age
  int answered_at = 0, age_max = 0;
  friend auto operator<=>(const AgeWorld&, const AgeWorld&) = default;
};

Explorer<AgeWorld> walk_ages(bool dated_before_look) {
  constexpr int kTicks = 4, kEvents = 3;
  const auto steps = [&](const AgeWorld& world, const auto& go) {
    AgeWorld next = world;
    if (world.now < kTicks) {
      ++next.now;
      go("the clock moves on", next);
    }
    if (world.log.size() < kEvents) {
      next = world;
      next.log.push_back(world.now);
      go("an event is acknowledged", next);
    }
    next = world;
    switch (world.follower) {
      case AgeWorld::Follower::kRests:
        next.asked_at = world.now;
        next.follower = AgeWorld::Follower::kLooks;
        go("the follower takes the time", next);
        break;
      case AgeWorld::Follower::kLooks:
        next.saw = static_cast<int>(world.log.size());
        next.follower = AgeWorld::Follower::kAnnounces;
        go("the follower looks", next);
        break;
      case AgeWorld::Follower::kAnnounces:
        next.applied = world.saw;
        next.caught_up_at = dated_before_look ? world.asked_at : world.now;
        next.follower = AgeWorld::Follower::kRests;
        go("the follower announces", next);
    }
    if (world.answer || world.caught_up_at < 0) return;
    for (const int age_max : {0, 1, 2}) {
      if (world.now - world.caught_up_at > age_max) continue;
      next = world;
      next.answer = world.applied;
      next.answered_at = world.now;
      next.age_max = age_max;
      go("somebody who accepts an age is answered", next);
    }
  };
  const auto wrong = [](const AgeWorld& world) -> std::string {
    const auto owed = std::count_if(world.log.begin(), world.log.end(),
                                    [&](int at) { return at < world.answered_at - world.age_max; });
    return world.answer && *world.answer < owed ? "an answer older than it may be" : "";
  };
  Explorer<AgeWorld> explorer;
  explorer.walk({}, steps, wrong);
  return explorer;
}

TEST(ReadIndexModel, NoAnswerIsOlderThanWasAccepted) {
  expect_never_wrong(walk_ages(true), 10'000);
}

TEST(ReadIndexModel, AnAgeCountedFromTheEndOfTheLookWouldBeTooYoung) {
  expect_wrong(walk_ages(false), "the follower could take the time after it looked");
}

}  // namespace
}  // namespace ishi::cache::model

// The Position rules of a shared cache, tried in every order in which things can happen: commits, an erasure, two
// followers, a late fill, eviction, loss of everything, an old dump put back, an older copy of the log put back. In
// every world every possible question is asked: whatever the tier would be used for must be what was true at that
// Position. The rules are those of cache/redis/redis_scripts.cpp, redis_cache.cpp and redis_follower.cpp, written once
// more in the plainest way; beside them, what goes wrong when one is left out.
#include <optional>
#include <vector>

#include "tests/cache/model/explorer.h"

namespace ishi::cache::model {
namespace {

struct Rules {
  bool one_script = true;          // floor, entries and applied change together
  bool contiguous = true;          // applied moves only from where the batch begins, or beyond
  bool fill_against_floor = true;  // else against applied
  bool epochs = true;              // a shard is read at one epoch only
  bool marks = true;               // and only if the event before its Position is in the log
  bool anew_after_erasure = true;  // a shard is founded anew when the log took something back
  bool restores = true;            // not a rule: whether old dumps come back at all
};

// What an event is to the one person of this model.
enum class Does { kNothing, kTouches, kErases };  // kErases: what touched them last
using Events = std::vector<Does>;

struct Entry {
  int as_of = 0;
  unsigned facts = 0;  // a bit for each event that counts
  friend auto operator<=>(const Entry&, const Entry&) = default;
};
struct Tier {
  int epoch = 0;  // 0: lost
  int floor = 0, applied = 0;
  int mark = 0;  // of the event before `applied`
  std::optional<Entry> entry;
  friend auto operator<=>(const Tier&, const Tier&) = default;
};
struct Follower {
  int batch = 0;  // the next one to write begins here, as far as it knows
  int epoch = 0;  // what it has verified
  int step = 0;   // within a batch that is written in three steps
  friend auto operator<=>(const Follower&, const Follower&) = default;
};
struct World {
  int log = 0;
  int forked_at = -1;  // from here on the log is another one than it was
  Tier tier;
  std::optional<Tier> dump;
  std::vector<Follower> followers;
  std::optional<std::pair<int, Entry>> reading;  // snapshot and status of a fill under way
  int epochs = 0, turns = 0, fills = 0, accidents = 0;
  friend auto operator<=>(const World&, const World&) = default;
};

class Model {
 public:
  Model(Rules rules, Events events, Events otherwise = {})
      : rules_(rules), events_(std::move(events)), otherwise_(std::move(otherwise)) {}

  Explorer<World> run(int followers) {
    World world;
    world.followers.resize(static_cast<std::size_t>(followers));
    Explorer<World> explorer;
    explorer.walk(
        world, [&](const World& at, const auto& go) { steps(at, go); }, [&](const World& at) { return wrong(at); });
    return explorer;
  }
  std::size_t used() const { return used_; }

 private:
  static constexpr int kTurnsMax = 9, kAccidentsMax = 3, kFillsMax = 2;

  Does at(const World& world, int i) const {
    return (world.forked_at >= 0 && i >= world.forked_at ? otherwise_ : events_)[static_cast<std::size_t>(i)];
  }
  static int mark(const World& world, int position) {
    return position == 0 ? 0 : 2 * position + (world.forked_at >= 0 && position > world.forked_at ? 1 : 0);
  }
  // As the log is folded.
  Entry truth(const World& world, int position) const {
    std::vector<Entry> past(1);
    for (int i = 0; i < position; ++i) {
      const int number = world.forked_at >= 0 && i >= world.forked_at ? i + 8 : i;
      if (at(world, i) == Does::kTouches) past.push_back({i + 1, past.back().facts | 1U << number});
      if (at(world, i) == Does::kErases && past.size() > 1) past.pop_back();
    }
    return past.back();
  }
  void put(Tier& tier, const Entry& entry) const {
    if (!tier.entry || tier.entry->as_of < entry.as_of) tier.entry = entry;
  }

  // RedisCache::get_batch, of every node at every Position. Of the past, what was erased since may be missing.
  std::string wrong(const World& world) {
    const Tier& tier = world.tier;
    if (tier.epoch == 0 || !tier.entry) return "";
    const unsigned left = truth(world, world.log).facts;
    for (const Follower& node : world.followers) {
      if (rules_.epochs ? node.epoch != tier.epoch : node.epoch == 0) continue;
      for (int position = 0; position <= world.log; ++position) {
        if (tier.entry->as_of > position) continue;
        if (tier.applied < position && tier.entry->as_of != position) continue;
        ++used_;
        const unsigned facts = truth(world, position).facts;
        if (tier.entry->facts != facts && (position == world.log || tier.entry->facts != (facts & left)))
          return "an entry that is not what the log says at a Position it is used for";
      }
    }
    return "";
  }

  template <typename Go>
  void steps(const World& world, Go&& go) const {
    if (world.log < static_cast<int>((world.forked_at < 0 ? events_ : otherwise_).size())) {
      World next = world;
      ++next.log;
      go("an event is acknowledged", next);
    }
    if (world.turns < kTurnsMax)
      for (std::size_t who = 0; who < world.followers.size(); ++who)
        for (const bool forgets : {false, true}) turn(world, who, forgets, go);
    fill(world, go);
    accidents(world, go);
  }

  // RedisFollower::round, one thing at a time. `forgets`: its own table has lost the person again, so it can only
  // remove the entry.
  template <typename Go>
  void turn(World world, std::size_t who, bool forgets, Go&& go) const {
    Follower& node = world.followers[who];
    Tier& tier = world.tier;
    ++world.turns;
    const auto found = [&](int position) {  // kFound
      tier = {++world.epochs, position, position, mark(world, position), std::nullopt};
    };
    if (tier.epoch == 0) {
      found(node.batch);
      return go("a follower founds what is lost", world);
    }
    if (node.epoch != tier.epoch) {  // RedisFollower::compare
      if (rules_.marks && tier.applied > world.log) return;
      if (rules_.marks && tier.mark != mark(world, tier.applied)) {
        found(node.batch);
        return go("a follower founds anew what is of another log", world);
      }
      node = {std::min(tier.applied, world.log), tier.epoch, 0};
      return go("a follower compares and verifies", world);
    }
    const int upto = node.batch + 1;
    if (upto > world.log) return;
    if ((rules_.contiguous && tier.applied < node.batch) || tier.applied >= upto) {  // kApply: behind, done
      node.batch = tier.applied;
      node.step = 0;
      return go("a follower learns how far the tier is", world);
    }
    const Does does = at(world, node.batch);
    if (does == Does::kErases && rules_.anew_after_erasure) {
      found(upto);
      return go("a follower founds anew after an erasure", world);
    }
    const auto write = [&] {
      if (does != Does::kTouches) return;
      if (forgets)
        tier.entry.reset();
      else
        put(tier, truth(world, upto));
    };
    const auto apply = [&] {
      tier.applied = node.batch = upto;
      tier.mark = mark(world, upto);
    };
    if (rules_.one_script) {
      tier.floor = std::max(tier.floor, upto);
      write();
      apply();
      return go("a follower writes", world);
    }
    switch (node.step++) {
      case 0: tier.floor = std::max(tier.floor, upto); break;
      case 1: write(); break;
      default: apply(); node.step = 0;
    }
    go("a follower writes a third", world);
  }

  template <typename Go>
  void fill(World world, Go&& go) const {
    if (!world.reading) {
      if (world.fills == kFillsMax) return;
      ++world.fills;
      world.reading = {world.log, truth(world, world.log)};
      return go("a reader asks the log", world);
    }
    const auto [snapshot, entry] = *world.reading;
    world.reading.reset();
    Tier& tier = world.tier;
    const bool verified = !rules_.epochs || world.followers.front().epoch == tier.epoch;
    const int guard = rules_.fill_against_floor ? tier.floor : tier.applied;
    if (tier.epoch != 0 && verified && snapshot >= guard && entry.as_of <= tier.applied) put(tier, entry);
    go("what it read is offered", world);
  }

  template <typename Go>
  void accidents(const World& world, Go&& go) const {
    if (!otherwise_.empty() && world.forked_at < 0) {
      for (int upto = 0; upto < world.log; ++upto) {
        World next = world;
        next.log = next.forked_at = upto;
        next.reading.reset();
        for (Follower& node : next.followers) node = {};
        go("an older copy of the log is put back, and every node started anew", next);
      }
    }
    if (world.accidents == kAccidentsMax) return;
    World next = world;
    ++next.accidents;
    if (world.tier.entry) {
      next.tier.entry.reset();
      go("the entry is evicted", next);
    }
    if (world.tier.epoch != 0) {
      next.tier = {};
      go("everything is flushed", next);
    }
    if (!rules_.restores) return;
    next = world;
    ++next.accidents;
    if (!world.dump) {
      next.dump = world.tier;
      go("a dump is taken, or a replica falls behind", next);
    } else {
      next.tier = *world.dump;
      go("the dump is put back, or the replica promoted", next);
    }
  }

  const Rules rules_;
  const Events events_, otherwise_;
  std::size_t used_ = 0;
};

constexpr Does kNothing = Does::kNothing, kTouches = Does::kTouches, kErases = Does::kErases;
constexpr std::size_t kWorldsMin = 5'000;

TEST(FillRuleModel, NoOrderOfEventsMakesAStaleEntryLookFresh) {
  for (const Events& events : {Events{kTouches, kTouches, kTouches},
                               {kTouches, kTouches, kNothing},
                               {kTouches, kNothing, kTouches},
                               {kNothing, kTouches, kNothing},
                               {kTouches, kErases, kNothing},
                               {kTouches, kErases, kTouches}}) {
    Model model({}, events);
    expect_never_wrong(model.run(1), kWorldsMin);
    EXPECT_GT(model.used(), kWorldsMin);
  }
}

TEST(FillRuleModel, TwoNodesThatWriteTheSameThingsDoNoHarm) {
  for (const Events& events : {Events{kTouches, kTouches}, {kTouches, kErases}}) {
    Model model({}, events);
    expect_never_wrong(model.run(2), kWorldsMin);
  }
}

TEST(FillRuleModel, AnOlderCopyOfTheLogThatWentAnotherWayIsNeverMixedWithWhatWasLost) {
  for (const Events& otherwise : {Events{kTouches, kNothing, kNothing}, {kTouches, kTouches, kTouches}}) {
    Model model({}, {kTouches, kTouches}, otherwise);
    expect_never_wrong(model.run(1), kWorldsMin);
  }
}

TEST(FillRuleModel, WrittenInThreeStepsTheFloorStillHoldsAsLongAsNothingGoesBack) {
  Model model({.one_script = false, .restores = false}, {kTouches, kTouches});
  expect_never_wrong(model.run(1), 1'000);
  EXPECT_GT(model.used(), 500U);
}

TEST(FillRuleModel, WrittenInThreeStepsAnOldDumpBetweenThemIsStale) {
  expect_wrong(Model({.one_script = false}, {kTouches, kTouches}).run(1), "one script would not be needed");
}

TEST(FillRuleModel, GuardedByAppliedAloneALateFillIsStale) {
  expect_wrong(
      Model({.one_script = false, .fill_against_floor = false, .restores = false}, {kTouches, kTouches}).run(1),
      "`floor` would not be needed");
}

TEST(FillRuleModel, WithoutTheContiguityCheckWhatAnOldDumpMissedIsStale) {
  expect_wrong(Model({.contiguous = false}, {kTouches, kNothing}).run(1), "a batch need not say where it begins");
}

TEST(FillRuleModel, BelievedWithoutLookingAtTheLogWhatItLostIsUsed) {
  expect_wrong(Model({.marks = false}, {kTouches, kTouches}, {kNothing, kNothing}).run(1),
               "a shard need not be compared with the log");
}

TEST(FillRuleModel, KeptAfterAnErasureWhatIsGoneIsUsed) {
  expect_wrong(Model({.anew_after_erasure = false}, {kTouches, kErases}).run(1), "a shard need not be founded anew");
}

TEST(FillRuleModel, BelievedAtWhateverEpochADumpOfWhatTheLogLostIsUsed) {
  expect_wrong(Model({.epochs = false}, {kTouches, kTouches}, {kNothing, kNothing}).run(1),
               "epochs would not be needed");
}

}  // namespace
}  // namespace ishi::cache::model

// The Position rules of a deep tier, tried in every order in which things can happen: commits, two followers, a late
// fill, eviction, loss of everything, an old dump put back. After every step every possible question is asked: whatever
// the tier would be used for must be what was true at that Position. The rules are those of cache/redis_scripts.cpp
// and cache/redis_tier.cpp, written once more in the plainest way; beside them, what goes wrong when one is left out.
#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <tuple>
#include <vector>

namespace ishi::cache {
namespace {

struct Rules {
  bool one_script = true;         // floor, entries and applied change together
  bool contiguous = true;         // applied moves only from where the batch begins, or beyond
  bool fill_against_floor = true; // else against applied
  bool epochs = true;             // a shard is believed at one epoch only
  bool restores = true;           // not a rule: whether old dumps come back at all
};

struct Entry {
  int as_of, facts;
  friend auto operator<=>(const Entry&, const Entry&) = default;
};
struct Tier {
  int epoch = 0;  // 0: lost
  int floor = 0, applied = 0;
  std::optional<Entry> entry;
  friend auto operator<=>(const Tier&, const Tier&) = default;
};
struct Follower {
  int batch = 0;                   // the next one to write begins here, as far as it knows
  int epoch = 0;                   // what it believes
  int step = 0;                    // within a batch that is written in three steps
  friend auto operator<=>(const Follower&, const Follower&) = default;
};
struct World {
  int log = 0;
  Tier tier;
  std::optional<Tier> dump;
  std::vector<Follower> followers;
  std::optional<std::pair<int, Entry>> reading;  // snapshot and status of a fill under way
  int epochs = 0, turns = 0, fills = 0, accidents = 0;
  friend auto operator<=>(const World&, const World&) = default;
};

class Model {
 public:
  // touches[i]: whether event i concerns the person; every other leaves their status as it was.
  Model(Rules rules, std::vector<bool> touches) : rules_(rules), touches_(std::move(touches)) {}

  void run(int followers) {
    World world;
    world.followers.resize(static_cast<std::size_t>(followers));
    visit(world);
  }
  std::size_t worlds() const { return seen_.size(); }
  std::size_t stale() const { return stale_; }
  std::size_t used() const { return used_; }

 private:
  static constexpr int kTurnsMax = 9, kAccidentsMax = 3, kFillsMax = 2;

  Entry truth(int position) const {
    Entry entry{0, 0};
    for (int i = 0; i < position; ++i)
      if (touches_[static_cast<std::size_t>(i)]) entry = {i + 1, entry.facts + 1};
    return entry;
  }
  void put(Tier& tier, const Entry& entry) const {
    if (!tier.entry || tier.entry->as_of < entry.as_of) tier.entry = entry;
  }

  void ask_everything(const World& world) {
    const Tier& tier = world.tier;
    if (tier.epoch == 0 || !tier.entry) return;
    for (const Follower& node : world.followers) {
      if (rules_.epochs && node.epoch != tier.epoch) continue;
      for (int position = 0; position <= world.log; ++position) {
        if (tier.entry->as_of > position) continue;
        if (tier.applied < position && tier.entry->as_of != position) continue;
        ++used_;
        if (tier.entry->facts != truth(position).facts) ++stale_;
      }
    }
  }

  void visit(const World& world) {
    if (!seen_.insert(world).second) return;
    ask_everything(world);
    if (world.log < static_cast<int>(touches_.size())) {
      World next = world;
      ++next.log;
      visit(next);
    }
    if (world.turns < kTurnsMax)
      for (std::size_t who = 0; who < world.followers.size(); ++who)
        for (const bool forgets : {false, true}) turn(world, who, forgets);
    fill(world);
    accidents(world);
  }

  // One turn of a follower. `forgets`: its own table has lost the person again, so it can only remove the entry.
  void turn(World world, std::size_t who, bool forgets) {
    Follower& node = world.followers[who];
    Tier& tier = world.tier;
    ++world.turns;
    if (tier.epoch == 0) {  // founded where its window begins
      tier = {++world.epochs, node.batch, node.batch, std::nullopt};
      return visit(world);
    }
    if (node.epoch != tier.epoch) {  // compared with the log, then believed
      node = {std::min(tier.applied, world.log), tier.epoch, 0};
      return visit(world);
    }
    const int upto = node.batch + 1;
    if (upto > world.log) return;
    if (rules_.contiguous && tier.applied < node.batch) {
      node.batch = tier.applied;
      node.step = 0;
      return visit(world);
    }
    if (tier.applied >= upto) {
      node.batch = tier.applied;
      node.step = 0;
      return visit(world);
    }
    const auto write = [&] {
      if (!touches_[static_cast<std::size_t>(node.batch)]) return;
      if (forgets)
        tier.entry.reset();
      else
        put(tier, truth(upto));
    };
    if (rules_.one_script) {
      tier.floor = std::max(tier.floor, upto);
      write();
      tier.applied = upto;
      node.batch = upto;
      return visit(world);
    }
    switch (node.step++) {
      case 0: tier.floor = std::max(tier.floor, upto); break;
      case 1: write(); break;
      default:
        tier.applied = upto;
        node.batch = upto;
        node.step = 0;
    }
    visit(world);
  }

  void fill(World world) {
    if (!world.reading) {
      if (world.fills == kFillsMax) return;
      ++world.fills;
      world.reading = {world.log, truth(world.log)};
      return visit(world);
    }
    const auto [snapshot, entry] = *world.reading;
    world.reading.reset();
    Tier& tier = world.tier;
    const bool believed = !rules_.epochs || world.followers.front().epoch == tier.epoch;
    const int guard = rules_.fill_against_floor ? tier.floor : tier.applied;
    if (tier.epoch != 0 && believed && snapshot >= guard && entry.as_of <= tier.applied) put(tier, entry);
    visit(world);
  }

  void accidents(const World& world) {
    if (world.accidents == kAccidentsMax) return;
    World next = world;
    ++next.accidents;
    if (world.tier.entry) {
      next.tier.entry.reset();  // evicted
      visit(next);
    }
    if (world.tier.epoch != 0) {
      next.tier = {};  // flushed, or killed without a dump
      visit(next);
    }
    if (!rules_.restores) return;
    next = world;
    ++next.accidents;
    if (!world.dump) {
      next.dump = world.tier;
      visit(next);
    } else {
      next.tier = *world.dump;  // an old dump, or a replica that was behind
      visit(next);
    }
  }

  const Rules rules_;
  const std::vector<bool> touches_;
  std::set<World> seen_;
  std::size_t stale_ = 0, used_ = 0;
};

constexpr std::size_t kWorldsMin = 5'000;

TEST(FillRuleModel, NoOrderOfEventsMakesAStaleEntryLookFresh) {
  for (const auto& touches : {std::vector<bool>{true, true, true}, {true, true, false}, {true, false, true}, {false, true, false}}) {
    Model model({}, touches);
    model.run(1);
    EXPECT_EQ(model.stale(), 0U);
    EXPECT_GT(model.used(), kWorldsMin);
    EXPECT_GT(model.worlds(), kWorldsMin);
  }
}

TEST(FillRuleModel, TwoNodesThatWriteTheSameThingsDoNoHarm) {
  Model model({}, {true, true});
  model.run(2);
  EXPECT_EQ(model.stale(), 0U);
  EXPECT_GT(model.worlds(), kWorldsMin);
}

TEST(FillRuleModel, WrittenInThreeStepsTheFloorStillHoldsAsLongAsNothingGoesBack) {
  Model model({.one_script = false, .restores = false}, {true, true});
  model.run(1);
  EXPECT_EQ(model.stale(), 0U);
  EXPECT_GT(model.used(), 500U);
}

TEST(FillRuleModel, WrittenInThreeStepsAnOldDumpBetweenThemIsStale) {
  Model model({.one_script = false}, {true, true});
  model.run(1);
  EXPECT_GT(model.stale(), 0U) << "then one script would not be needed";
}

TEST(FillRuleModel, GuardedByAppliedAloneALateFillIsStale) {
  Model model({.one_script = false, .fill_against_floor = false, .restores = false}, {true, true});
  model.run(1);
  EXPECT_GT(model.stale(), 0U) << "then `floor` would not be needed";
}

TEST(FillRuleModel, WithoutTheContiguityCheckWhatAnOldDumpMissedIsStale) {
  Model model({.contiguous = false}, {true, false});
  model.run(1);
  EXPECT_GT(model.stale(), 0U) << "then a batch need not say where it begins";
}

}  // namespace
}  // namespace ishi::cache

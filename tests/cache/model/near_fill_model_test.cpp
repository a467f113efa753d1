// The fill rule of a table that evicts (cache/near/projection_bounded.cpp) over all interleavings of a follower, two
// readers that fill back what the log told them, and eviction. One person; events are notices, added in place, and
// others, which make forget. Beside it, what goes wrong when a rule is left out.
#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "tests/cache/model/explorer.h"

namespace ishi::cache::model {
namespace {

struct NearRules {
  bool floor = true;              // a fill from before the last event that touched the person is refused
  bool floor_before = true;       // and the floor is raised before, or together with, what it guards
  bool forgets = true;            // what an event touches is forgotten
  bool newer_is_moved_on = true;  // an entry newer than the View says nothing
};

enum class What { kNotice, kWish, kOther };  // kOther: of somebody else

struct Held {
  int as_of = 0;
  unsigned facts = 0;
  friend auto operator<=>(const Held&, const Held&) = default;
};
struct Reader {
  enum class Stage : std::int8_t { kAway, kHasView, kHasRead } stage = Stage::kAway;
  int view = 0;
  Held read;
  friend auto operator<=>(const Reader&, const Reader&) = default;
};
struct NearWorld {
  int log = 0, applied = 0, floor = 0;
  int batch_upto = 0, batch_step = 0;  // of a batch that is being applied
  std::optional<Held> held;
  std::array<Reader, 2> readers;
  int asked = 0, evicted = 0;
  friend auto operator<=>(const NearWorld&, const NearWorld&) = default;
};

class NearModel {
 public:
  NearModel(NearRules rules, std::vector<What> events) : rules_(rules), events_(std::move(events)) {}

  template <typename Go>
  void steps(const NearWorld& world, Go&& go) const {
    NearWorld next = world;
    if (world.log < static_cast<int>(events_.size())) {
      ++next.log;
      go("an event is acknowledged", next);
    }
    if (world.held && world.evicted < kEvictedMax) {
      next = world;
      next.held.reset();
      ++next.evicted;
      go("the person is evicted", next);
    }
    follow(world, go);
    for (std::size_t i = 0; i < world.readers.size(); ++i) read(world, i, go);
  }

  // Projection::find at every Position that was announced.
  std::string wrong(const NearWorld& world) const {
    if (!world.held) return "";
    for (int view = rules_.newer_is_moved_on ? world.held->as_of : 0; view <= world.applied; ++view)
      if (world.held->facts != truth(view).facts) return "the table says what is not so at a Position it is used for";
    return "";
  }

 private:
  static constexpr int kAskedMax = 3, kEvictedMax = 2;

  Held truth(int position) const {
    Held held;
    for (int i = 0; i < position; ++i)
      if (events_[static_cast<std::size_t>(i)] != What::kOther) held = {i + 1, held.facts | 1U << i};
    return held;
  }

  // Projection::forget_touched, which is one step under the table's mutex; then FreshnessBarrier::announce.
  template <typename Go>
  void follow(const NearWorld& world, Go&& go) const {
    NearWorld next = world;
    if (world.batch_step == 0) {
      for (int upto = world.applied + 1; upto <= std::min(world.log, world.applied + 2); ++upto) {
        next.batch_upto = upto;
        next.batch_step = 1;
        go("the follower reads a batch", next);
      }
      return;
    }
    bool touches = false, forgets = false;
    for (int i = world.applied; i < world.batch_upto; ++i) {
      const What what = events_[static_cast<std::size_t>(i)];
      touches = touches || what != What::kOther;
      forgets = forgets || what == What::kWish;
    }
    if (world.batch_step == 1) {
      if (touches && rules_.floor_before) next.floor = world.batch_upto;
      if (forgets && rules_.forgets) next.held.reset();
      if (touches && !forgets && next.held)
        for (int i = world.applied; i < world.batch_upto; ++i)
          if (events_[static_cast<std::size_t>(i)] == What::kNotice)
            next.held = Held{std::max(next.held->as_of, i + 1), next.held->facts | 1U << i};
      next.batch_step = 2;
      return go("the follower applies it", next);
    }
    next.applied = world.batch_upto;
    if (touches && !rules_.floor_before) next.floor = world.batch_upto;
    next.batch_step = next.batch_upto = 0;
    go("the follower announces", next);
  }

  // StatusReader::refold_and_offer: a View, the log folded up to it, Projection::fill.
  template <typename Go>
  void read(const NearWorld& world, std::size_t i, Go&& go) const {
    NearWorld next = world;
    Reader& reader = next.readers[i];
    switch (reader.stage) {
      case Reader::Stage::kAway:
        if (world.asked == kAskedMax) return;
        ++next.asked;
        for (int view = 0; view <= world.applied; ++view) {
          reader = {Reader::Stage::kHasView, view, {}};
          go("a reader takes a View, of now or of the past", next);
        }
        return;
      case Reader::Stage::kHasView:
        reader = {Reader::Stage::kHasRead, reader.view, truth(reader.view)};
        return go("a reader asks the log", next);
      case Reader::Stage::kHasRead:
        if ((!rules_.floor || reader.view >= world.floor) && !world.held) next.held = reader.read;
        reader = {};
        return go("what it read is offered", next);
    }
  }

  const NearRules rules_;
  const std::vector<What> events_;
};

Explorer<NearWorld> walk(NearRules rules, std::vector<What> events) {
  const NearModel model(rules, std::move(events));
  Explorer<NearWorld> explorer;
  explorer.walk(
      {}, [&](const NearWorld& world, const auto& go) { model.steps(world, go); },
      [&](const NearWorld& world) { return model.wrong(world); });
  return explorer;
}

TEST(NearFillModel, WhatIsFilledBackWhileOthersWriteIsNeverStale) {
  using enum What;
  for (const auto& events : {std::vector{kNotice, kWish, kNotice}, {kNotice, kNotice, kWish}, {kWish, kOther, kNotice}})
    expect_never_wrong(walk({}, events), 3'000);
}

TEST(NearFillModel, WithoutAFloorALateFillIsStale) {
  expect_wrong(walk({.floor = false}, {What::kWish}), "a late fill does no harm");
}

TEST(NearFillModel, AFloorRaisedWhenAllIsDoneIsRaisedTooLate) {
  expect_wrong(walk({.floor_before = false}, {What::kWish}), "the floor could be raised at the end");
}

TEST(NearFillModel, WhatIsNotForgottenIsStale) {
  expect_wrong(walk({.forgets = false}, {What::kWish, What::kWish}), "an event need not make forget");
}

TEST(NearFillModel, AnEntryNewerThanTheViewIsNotOfTheView) {
  expect_wrong(walk({.newer_is_moved_on = false}, {What::kNotice}), "an entry need not say as of when it is");
}

}  // namespace
}  // namespace ishi::cache::model

// The snapshot rule over all interleavings of a log, its follower, the writer of snapshots, deaths and starts
// (snapshot_rule_model.h); beside it, what goes wrong when one of its parts is left out.
#include "tests/cache/model/snapshot_rule_model.h"

#include "tests/cache/model/explorer.h"

namespace ishi::cache::model {
namespace {

using enum Happened;

Explorer<SnapshotWorld> walk(const SnapshotModel& model) {
  Explorer<SnapshotWorld> explorer;
  explorer.walk(
      {}, [&](const SnapshotWorld& world, const auto& go) { model.steps(world, go); },
      [&](const SnapshotWorld& world) { return model.wrong(world); });
  return explorer;
}

const History kWishes{{kNotice}, {kObjection}, {kWithdrawal}, {kNotice}};
const History kLinked{{kObjection, 1}, {kLink}, {kNotice}, {kSplit}};
const History kVoidedNotice{{kNotice}, {kNotice, 1}, {kVoided}, {kObjection}};
const History kErasedNotice{{kNotice}, {kNotice}, {kErased, 0, 1}, {kNotice, 1}};
const History kErasedEarly{{kNotice}, {kErased, 0, 0}, {kNotice, 1}};
const History kLost{{kNotice}, {kObjection}, {kWithdrawal}};
const History kInstead{{kNotice}, {kObjection}, {kNotice, 1}, {kNotice, 1}};

TEST(SnapshotRuleModel, ARestartAtAnyInstantSaysWhatTheLogSays) {
  for (const History& history : {kWishes, kLinked, kVoidedNotice, kErasedNotice, kErasedEarly}) {
    const SnapshotModel model({}, history);
    expect_never_wrong(walk(model), 4'000);
    EXPECT_GT(model.answers(), 10'000U);
  }
}

TEST(SnapshotRuleModel, AnOlderCopyOfTheLogThatWentAnotherWayIsNeverMixedWithWhatWasLost) {
  expect_never_wrong(walk(SnapshotModel({}, kLost, kInstead)), 10'000);
}

TEST(SnapshotRuleModel, HalfAFileWouldForgetPeople) {
  expect_wrong(walk(SnapshotModel({.whole_or_none = false}, kWishes)),
               "a file need not be renamed when it is finished");
}

TEST(SnapshotRuleModel, FollowedFromWhereTheCopyingEndedAnObjectionWouldBeMissed) {
  expect_wrong(walk(SnapshotModel({.follow_from_position = false}, kWishes)),
               "a snapshot need not say from when it is");
}

TEST(SnapshotRuleModel, ComparedWithTheEventBeforeItsPositionAloneItWouldKeepWhatTheLogLost) {
  expect_wrong(walk(SnapshotModel({.last_known_event = false}, kLost, kInstead)),
               "the last event it may know of need not be compared");
}

TEST(SnapshotRuleModel, WhatWasErasedBeyondItsPositionWouldCountAgain) {
  expect_wrong(walk(SnapshotModel({.erased_below_known = false}, kErasedNotice)),
               "only erasures below its Position matter");
}

TEST(SnapshotRuleModel, ContentThatGoesBetweenLoadingAndFollowingWouldCountForEver) {
  expect_wrong(walk(SnapshotModel({.late_is_late = false}, kErasedNotice)),
               "what was gone when it was read was never counted");
}

TEST(SnapshotRuleModel, WithoutTheErasuresThePastWouldNotSayThatItIsIncomplete) {
  expect_wrong(walk(SnapshotModel({.carries_erasures = false}, kErasedEarly)), "erasures need not be in a snapshot");
}

}  // namespace
}  // namespace ishi::cache::model

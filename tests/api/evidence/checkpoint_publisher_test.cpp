// Who signs must never sign two logs. Every way that a log can change under the signer's hands.
#include "api/evidence/checkpoint_publisher.h"

#include <gtest/gtest.h>

#include "api/evidence/checkpoint_signer.h"
#include "api/host/durable_file.h"
#include "tests/api/evidence/log_house.h"

namespace ishi::api {
namespace {

using testing::kOrigin;

class Signing : public ::testing::Test, protected testing::LogHouse {
 protected:
  std::unique_ptr<CheckpointPublisher> start(const std::string& memory_file = "") {
    return std::make_unique<CheckpointPublisher>(keys, memory_file, evidence, store);
  }
  Checkpoint published() const {
    const auto note = parse_note(store.latest()->value());
    EXPECT_TRUE(open_checkpoint(*note, keys.verifiers));
    return *parse_checkpoint(note->text);
  }
};

struct Confirmer final : ReadConfirmer {
  std::string begin() const override { return "server"; }
  Result<void> confirm(const std::string& begun) const override {
    EXPECT_EQ(begun, "server");
    if (stays) return {};
    return fail(ErrorKind::kUnavailable, "read_unconfirmed", "");
  }
  bool stays = true;
};

// A11: a database that restarts after a crash shows events that no standby has; a failover may take them back.
TEST_F(Signing, WhatAFailoverMayTakeBackIsNeitherSignedNorRemembered) {
  Confirmer confirmer;
  const std::string memory = folder.file("confirmed.checkpoint");
  CheckpointPublisher round(keys, memory, evidence, store, &confirmer);
  append(300);
  ASSERT_TRUE(round.run());
  append(1);
  confirmer.stays = false;
  EXPECT_EQ(round.run().error().code, "read_unconfirmed");
  EXPECT_EQ(published().size, 300U);
  EXPECT_EQ(parse_checkpoint(parse_note(**read_if_there(memory, kNoteBytesMax))->text)->size, 300U);
  EXPECT_FALSE(round.refusal()) << "this is no wrong log";
  confirmer.stays = true;
  ASSERT_TRUE(round.run());
  EXPECT_EQ(published().size, 301U);
}

TEST_F(Signing, WhoStandsByRemembersNothingThatAFailoverMayTakeBack) {
  Confirmer confirmer;
  const std::string memory = folder.file("standby.checkpoint");
  const auto signer = start();
  CheckpointPublisher standby(keys, memory, evidence, store, &confirmer);
  append(300);
  ASSERT_TRUE(signer->run());
  confirmer.stays = false;
  EXPECT_EQ(standby.run().error().code, "read_unconfirmed");
  EXPECT_FALSE(standby.last());
  EXPECT_FALSE(*read_if_there(memory, kNoteBytesMax));
}

TEST_F(Signing, AnEmptyLogIsSignedToo) {
  EXPECT_TRUE(*start()->run());
  EXPECT_EQ(published(), (Checkpoint{kOrigin, 0, empty_root(), {}}));
}

TEST_F(Signing, EachGrowthIsSignedOnceAndStandstillNever) {
  const auto round = start();
  std::size_t total = 0;
  for (const std::size_t more : {1U, 2U, 253U, 1U, 300U, 500U, 7U}) {
    append(more);
    total += more;
    EXPECT_TRUE(*round->run());
    EXPECT_EQ(published().size, total);
    EXPECT_EQ(published().root, log.frontier()->root());
    EXPECT_FALSE(*round->run());
  }
  EXPECT_EQ(store.saved().size(), 7U);
}

TEST_F(Signing, GoesOnAfterARestartAtEverySize) {
  for (int i = 0; i < 40; ++i) {
    append(37);
    const auto done = start()->run();
    ASSERT_TRUE(done) << done.error().detail;
    EXPECT_TRUE(*done);
    EXPECT_FALSE(*start()->run());
  }
  EXPECT_EQ(published().size, 40U * 37U);
}

TEST_F(Signing, ARestoredOldBackupIsRefusedUntilTheLogIsWholeAgain) {
  const auto round = start();
  append(300);
  ASSERT_TRUE(round->run());
  testing::MemoryLog older(clock);
  evidence.look_at(older);
  const auto refused = round->run();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kCorrupt);
  EXPECT_EQ(refused.error().code, "log_shorter");
  EXPECT_EQ(round->run().error().code, "log_shorter");
  EXPECT_EQ(round->refusal()->code, "log_shorter");
  EXPECT_EQ(published().size, 300U);
  evidence.look_at(log);
  append(10);
  EXPECT_TRUE(*round->run());
  EXPECT_FALSE(round->refusal());
  EXPECT_EQ(published().size, 310U);
}

TEST_F(Signing, WhoStandsByRemembersWhatIsPublishedAndKnowsARestoredBackupToo) {
  const std::string memory = folder.file("standby.checkpoint");
  const auto signer = start(folder.file("signer.checkpoint"));
  const auto standby = start(memory);
  append(300);
  ASSERT_TRUE(signer->run());
  EXPECT_EQ(standby->run().error().code, "signer_elsewhere");
  EXPECT_EQ(standby->last()->checkpoint.size, 300U);
  EXPECT_EQ(*read_if_there(memory, kNoteBytesMax), store.latest()->value());
  testing::LogHouse backup;
  backup.append(100);
  store.restore(std::nullopt);
  evidence.look_at(backup.log);
  EXPECT_EQ(standby->run().error().code, "log_shorter");
  EXPECT_EQ(start(memory)->run().error().code, "log_shorter") << "also after a restart";
  evidence.look_at(log);
  EXPECT_EQ(standby->run().error().code, "signer_elsewhere");
  EXPECT_FALSE(standby->refusal());
}

TEST_F(Signing, WhoStandsByKnowsALogThatGrewAnew) {
  const auto signer = start();
  const auto standby = start();
  append(300);
  ASSERT_TRUE(signer->run());
  ASSERT_EQ(standby->run().error().code, "signer_elsewhere");
  testing::LogHouse other;
  other.append(100);
  other.clock.advance_seconds(1);
  other.append(500);
  store.restore(std::nullopt);
  evidence.look_at(other.log);
  ASSERT_EQ(signer->run().error().code, "log_forked");
  const auto next = start();  // has no memory: signs what it finds, and must be given one
  ASSERT_TRUE(next->run());
  EXPECT_EQ(standby->run().error().code, "log_forked");
}

TEST_F(Signing, ARestartDoesNotForgetWhatWasSignedEvenIfTheStoreDoes) {
  const std::string memory = folder.file("last.checkpoint");
  append(300);
  ASSERT_TRUE(start(memory)->run());
  testing::LogHouse backup;  // taken when the log had 100 events
  backup.append(100);
  store.restore(std::nullopt);
  evidence.look_at(backup.log);
  EXPECT_EQ(start(memory)->run().error().code, "log_shorter");
  backup.clock.advance_seconds(1);
  backup.append(500);  // and grew anew, beyond what was signed
  EXPECT_EQ(start(memory)->run().error().code, "log_forked");
  EXPECT_FALSE(store.latest()->has_value());
}

TEST_F(Signing, ALogThatGrewAnewBeyondWhatWasSignedIsRefused) {
  for (const std::size_t signed_size : {1U, 5U, 255U, 256U, 300U, 513U}) {
    testing::LogHouse first, second;
    first.append(signed_size);
    ASSERT_TRUE(CheckpointPublisher(keys, "", first.log, first.store).run());
    second.append(signed_size - 1);
    second.clock.advance_seconds(1);
    second.append(900);
    CheckpointPublisher after(keys, "", second.log, first.store);
    const auto refused = after.run();
    ASSERT_FALSE(refused) << signed_size;
    EXPECT_EQ(refused.error().code, "log_forked");
  }
}

TEST_F(Signing, AnEditedRowIsNoticedWhileRunningAndAfterARestart) {
  append(520);
  const auto round = start();
  ASSERT_TRUE(round->run());
  append(10);
  evidence.wrong_leaf = 515;  // below what was signed, in the last tile
  EXPECT_EQ(start()->run().error().code, "log_forked") << "who stands by looks too";
  EXPECT_EQ(round->run().error().code, "log_forked");
  EXPECT_EQ(start()->run().error().code, "log_forked");
  evidence.wrong_leaf = 525;  // above
  EXPECT_EQ(start()->run().error().code, "log_inconsistent");
  evidence.wrong_leaf.reset();
  EXPECT_TRUE(start()->run());
}

TEST_F(Signing, ACheckpointOfAnotherKeyIsNotOurs) {
  append(1);
  const api::KeyRing stranger = testing::key_ring(kOrigin, 2);
  ASSERT_TRUE(CheckpointPublisher(stranger, "", evidence, store).run());
  EXPECT_EQ(start()->run().error().code, "checkpoint_foreign");
}

TEST_F(Signing, AfterARotationTheNewKeySignsAndTheOldStillCounts) {
  append(5);
  ASSERT_TRUE(start()->run());
  const std::string before = store.latest()->value();
  const api::KeyRing next = testing::key_ring(kOrigin, 2);
  keys = {next.signing, {next.verifiers[0], keys.verifiers[0]}};
  EXPECT_TRUE(*start()->run()) << "also when nothing has been appended since";
  const auto again = parse_note(store.latest()->value());
  EXPECT_TRUE(open_checkpoint(*again, {&next.verifiers[0], 1}));
  EXPECT_TRUE(open_checkpoint(*again, {&keys.verifiers[1], 1})) << "one who knows only the old key can check it still";
  EXPECT_FALSE(*start()->run());
  EXPECT_EQ(store.saved().size(), 2U);
  append(5);
  ASSERT_TRUE(start()->run());
  const auto note = parse_note(store.latest()->value());
  EXPECT_EQ(*verify_note(*note, keys.verifiers), std::vector<std::size_t>{0});
  EXPECT_TRUE(open_checkpoint(*parse_note(before), keys.verifiers));
}

TEST_F(Signing, NothingIsShownThatWasNotSavedAndAFailureIsMadeGood) {
  append(3);
  const auto round = start(folder.file("memory"));
  store.break_with(Error{ErrorKind::kUnavailable, "database_away", ""});
  EXPECT_FALSE(round->run());
  EXPECT_FALSE(store.latest()->has_value());
  EXPECT_FALSE(round->last());
  store.break_with(std::nullopt);
  EXPECT_TRUE(*round->run());
  EXPECT_EQ(published().size, 3U);
}

TEST_F(Signing, AnUnreadableLogIsNoReasonToRefuseForGood) {
  append(3);
  const auto round = start();
  evidence.broken = Error{ErrorKind::kUnavailable, "database_away", ""};
  EXPECT_FALSE(round->run());
  evidence.broken.reset();
  EXPECT_TRUE(*round->run());
}

TEST_F(Signing, OnlyOneServerSigns) {
  append(3);
  auto first = start();
  const auto second = start();
  ASSERT_TRUE(first->run());
  append(1);
  EXPECT_EQ(second->run().error().code, "signer_elsewhere");
  first.reset();
  EXPECT_TRUE(*second->run());
  EXPECT_EQ(published().size, 4U);
}

TEST_F(Signing, TheThreadSignsByItselfAndStopsWhenTold) {
  std::vector<std::string> errors;
  SignerOptions options{keys, ""};
  EXPECT_LE(options.look_every, std::chrono::milliseconds(1'000)) << "an append is signed within a second";
  options.look_every = std::chrono::milliseconds(1);
  {
    CheckpointSigner signer(options, {}, evidence, store, nullptr);
    EXPECT_EQ(signer.refusal_reason(), "log_unchecked");
    signer.start();
    append(400);
    while (signer.stats().signed_size < 400) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    while (!signer.refusal_reason().empty()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const testing::MemoryLog older(clock);
  evidence.look_at(older);
  CheckpointSigner signer(options, {}, evidence, store, [&](const Error& error) { errors.push_back(error.code); });
  signer.start();
  while (!signer.stats().refusing) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  signer.stop();
  EXPECT_EQ(errors, std::vector<std::string>{"log_shorter"});
  EXPECT_EQ(signer.refusal_reason(), "log_shorter");
  EXPECT_EQ(published().size, 400U);
}

TEST(KeyFile, IsMadeOnceReadRotatedAndGuarded) {
  const testing::Folder folder;
  const std::string path = folder.file("log.key");
  EXPECT_EQ(read_key_file(path).error().code, "key_file_missing");
  const auto first = create_key_file(path, kOrigin, NoteKeyType::kSignature);
  ASSERT_TRUE(first) << first.error().detail;
  EXPECT_EQ(create_key_file(path, kOrigin, NoteKeyType::kSignature).error().code, "file_exists");
  EXPECT_FALSE(open_to_others(path));
  const auto second = rotate_key_file(path);
  ASSERT_TRUE(second);
  const auto ring = read_key_file(path);
  ASSERT_TRUE(ring) << ring.error().detail;
  EXPECT_EQ(ring->signing.verifier().format(), second->format());
  ASSERT_EQ(ring->verifiers.size(), 2U);
  EXPECT_EQ(ring->verifiers[0].format(), second->format());
  EXPECT_EQ(ring->verifiers[1].format(), first->format());
  std::filesystem::permissions(path, std::filesystem::perms::group_read, std::filesystem::perm_options::add);
  EXPECT_EQ(read_key_file(path).error().code, "key_file_open");
}

}  // namespace
}  // namespace ishi::api

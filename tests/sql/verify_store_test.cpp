// One row of each kind is altered, as only a superuser with triggers off could, and must be named; nothing else.
#include "sql/fsck/verify_store.h"

#include <atomic>
#include <thread>

#include "registry/notes/note.h"
#include "registry/status/population.h"
#include "sql/log/erase.h"
#include "tests/contract/event_log_contract.h"
#include "tests/sql/store.h"

namespace ishi::testing {
namespace {

std::vector<std::string> lines_of(const sql::VerifyReport& report) {
  std::vector<std::string> lines;
  for (const auto& finding : report.findings) lines.push_back(finding.code + " " + finding.place);
  std::sort(lines.begin(), lines.end());
  return lines;
}
using Lines = std::vector<std::string>;

struct VerifyStore : ::testing::Test {
  VerifyStore() {
    std::vector<EventBody> bodies;
    for (std::uint64_t i = 0; i < 700; ++i) {
      if (i % 3 == 0) bodies.push_back(notice_to(i));
      if (i % 3 == 1) bodies.push_back(objection_of(i, store.clock.now()));
      if (i % 3 == 2) bodies.push_back(linked(numbered_token(i - 1), numbered_token(i - 2)));
    }
    EXPECT_TRUE(store.log->append(request_of(std::move(bodies))).has_value());
    store.clock.advance_seconds(10);
    EXPECT_TRUE(store.log->append(keyed_request({notice_to(9'000)}, "k", 1, "a")).has_value());  // event 700
  }
  sql::VerifyReport verify(std::size_t findings_max = 1'000) {
    auto report = sql::verify_store({.connection_string = store.where, .findings_max = findings_max, .progress = {}});
    EXPECT_TRUE(report.has_value()) << report.error().detail;
    return report.value_or(sql::VerifyReport{});
  }
  Lines after(const std::string& text) {
    store.corrupt(text);
    return lines_of(verify());
  }
  Store store;
};

TEST_F(VerifyStore, AnUntouchedStoreIsCleanAndItsDigestsAreThoseOfTheLog) {
  const auto report = verify();
  EXPECT_EQ(lines_of(report), Lines{});
  EXPECT_TRUE(report.clean());
  EXPECT_EQ(report.head, store.log->head().value());
  EXPECT_EQ(report.root, store.log->frontier()->root());
  Population population;
  const auto events = store.log->read(EventIndex(0), 1'000).value();
  for (const StoredEvent& event : events) population.apply(event.index, event.event);
  EXPECT_EQ(report.population, population.digest());
  EXPECT_EQ(report.tokens, population.token_count());
}

TEST_F(VerifyStore, TheLastCommitmentIsTheLastEventsOrNotToldByAnEarlierVersion) {
  EXPECT_EQ(after("update ishi.log_head set last_commitment = decode(repeat('07', 32), 'hex')"),
            Lines{"head_commitment log_head"});
  store.run("update ishi.log_head set last_commitment = (select commitment from ishi.event where index = 700)");
  EXPECT_EQ(lines_of(verify()), Lines{});
  // What a server does that does not know of it: the head grows, the commitment stays.
  store.run("update ishi.log_head set size = size + 1");
  EXPECT_EQ(store.run("select octet_length(last_commitment) from ishi.log_head"), "0\n");
  EXPECT_EQ(store.log->head()->last_commitment, Digest{});
}

// A8
TEST_F(VerifyStore, WhatWasDatedInTheFutureIsNamed) {
  const auto as_of = [&](std::int64_t seconds) {
    return lines_of(
        sql::verify_store({.connection_string = store.where, .now = store.clock.now().plus_seconds(seconds)}).value());
  };
  EXPECT_EQ(as_of(0), Lines{});
  store.clock.advance_seconds(31 * 86'400);
  ASSERT_TRUE(store.log->append(request_of({notice_to(9'001)})).has_value());
  EXPECT_EQ(as_of(-31 * 86'400), Lines{"event_future event 701"});
  EXPECT_EQ(as_of(0), Lines{}) << "its time has come";
  const Timestamp before = store.log->read(EventIndex(700), 1)->at(0).event.registered_at;
  store.clock.advance_seconds(-31 * 86'400);
  ASSERT_TRUE(store.log->append(
      request_of({TimesHealed{EventIndex(701), before, store.clock.now(), "a clock was 31 days ahead"}})));
  ASSERT_TRUE(store.log->append(request_of({notice_to(9'002)})).has_value());
  EXPECT_EQ(as_of(0), Lines{}) << "what to believe has been said";
  EXPECT_EQ(store.run("select count(*) from ishi.event where registered_at > (select believed_at from ishi.log_head)"),
            "3\n")
      << "stored times stay";
  EXPECT_EQ(after("update ishi.log_head set believed_at = believed_at + 1"), Lines{"head_time log_head"});
}

TEST_F(VerifyStore, AHealingThatTheLogDoesNotBearOutIsNamed) {
  const Timestamp now = store.clock.now();
  ASSERT_TRUE(
      store.log->append(request_of({TimesHealed{EventIndex(700), now.plus_seconds(-86'400), now, "invented"}})));
  EXPECT_EQ(lines_of(verify()), Lines{"healing_invalid event 701"});
}

TEST_F(VerifyStore, AnEmptyStoreIsClean) {
  Store empty;
  auto report = sql::verify_store({.connection_string = empty.where, .progress = {}});
  ASSERT_TRUE(report.has_value());
  EXPECT_TRUE(report->clean());
  EXPECT_EQ(report->root, empty_root());
}

TEST_F(VerifyStore, AnAlteredContentIsNamed) {
  EXPECT_EQ(after("update ishi.event set body = set_byte(body, 25, get_byte(body, 25) # 1) where index = 300"),
            (Lines{"event_commitment event 300", "subject_missing event 300", "subject_surplus event 300"}));
}
TEST_F(VerifyStore, AnUnreadableContentIsNamed) {
  EXPECT_EQ(after("update ishi.event set body = '\\x02' where index = 300"),
            (Lines{"event_bytes event 300", "event_commitment event 300"}));
}
TEST_F(VerifyStore, AnAlteredSaltIsNamed) {
  EXPECT_EQ(after("update ishi.event set salt = decode(repeat('00', 16), 'hex') where index = 0"),
            (Lines{"event_commitment event 0"}));
}
TEST_F(VerifyStore, AnAlteredCommitmentIsNamed) {
  EXPECT_EQ(after("update ishi.event set commitment = decode(repeat('00', 32), 'hex') where index = 255"),
            (Lines{"event_commitment event 255"}));
}
TEST_F(VerifyStore, ARowReplacedWholeIsFoundByItsTile) {
  // Salt, content and commitment fit one another; only the tree knows better.
  EXPECT_EQ(after("update ishi.event e set salt = o.salt, body = o.body, commitment = o.commitment from ishi.event o "
                  "where e.index = 3 and o.index = 6"),
            (Lines{"head_tree log_head", "subject_missing event 3", "subject_surplus event 3", "tile_hashes tile/0/000",
                   "tile_root tile/0/000"}));
}
TEST_F(VerifyStore, AMissingEventIsNamed) {
  EXPECT_EQ(after("delete from ishi.event where index = 100"), (Lines{"event_missing event 100"}));
}
TEST_F(VerifyStore, AnEventBeyondTheHeadIsNamed) {
  EXPECT_EQ(after("insert into ishi.event select 701, kind, registered_at, commitment, salt, body from ishi.event "
                  "where index = 1"),
            (Lines{"event_surplus event 701"}));
}
TEST_F(VerifyStore, AnAlteredKindIsNamed) {
  EXPECT_EQ(after("update ishi.event set kind = 1 where index = 4"), (Lines{"event_columns event 4"}));
}
TEST_F(VerifyStore, ATimeThatGoesBackIsNamed) {
  const Lines lines = after("update ishi.event set registered_at = registered_at + 1 where index = 5");
  EXPECT_NE(std::find(lines.begin(), lines.end(), "event_columns event 5"), lines.end());
  EXPECT_NE(std::find(lines.begin(), lines.end(), "event_time event 6"), lines.end());
}
TEST_F(VerifyStore, AMissingOrForeignSubjectIsNamed) {
  EXPECT_EQ(after("delete from ishi.event_subject where event_index = 2 and token = (select min(token::text)::uuid "
                  "from ishi.event_subject where event_index = 2)"),
            (Lines{"subject_missing event 2"}));
  EXPECT_EQ(after("insert into ishi.event_subject values (gen_random_uuid(), 10), (gen_random_uuid(), 5000), "
                  "(gen_random_uuid(), -3)"),
            (Lines{"subject_missing event 2", "subject_surplus event 0", "subject_surplus event 10",
                   "subject_surplus event 5000"}));
}
TEST_F(VerifyStore, AnAlteredTileIsNamed) {
  EXPECT_EQ(after("update ishi.tile set hashes = set_byte(hashes, 8000, get_byte(hashes, 8000) # 1) where index = 1"),
            (Lines{"tile_hashes tile/0/001"}));
  EXPECT_EQ(after("update ishi.tile set root = decode(repeat('00', 32), 'hex') where index = 0"),
            (Lines{"tile_hashes tile/0/001", "tile_root tile/0/000"}));
}
TEST_F(VerifyStore, AMissingOrSurplusTileIsNamed) {
  EXPECT_EQ(after("delete from ishi.tile where index = 0"), (Lines{"tile_missing tile/0/000"}));
  EXPECT_EQ(after("insert into ishi.tile select 1, 0, hashes, root from ishi.tile where index = 1"),
            (Lines{"tile_missing tile/0/000", "tile_surplus tile 1 0"}));
}
TEST_F(VerifyStore, AnAlteredHeadIsNamed) {
  EXPECT_EQ(after("update ishi.log_head set peaks = set_byte(peaks, 3, get_byte(peaks, 3) # 1)"),
            (Lines{"head_tree log_head"}));
  EXPECT_EQ(after("update ishi.log_head set last_registered_at = last_registered_at + 1"),
            (Lines{"head_time log_head", "head_tree log_head"}));
}
TEST_F(VerifyStore, ATruncatedHeadIsNamed) {
  const Lines lines = after("update ishi.log_head set size = 700");
  for (const char* line : {"head_tree log_head", "event_surplus event 700", "subject_surplus event 700",
                           "answer_beyond_head idempotency"}) {
    EXPECT_NE(std::find(lines.begin(), lines.end(), line), lines.end()) << line;
  }
}
TEST_F(VerifyStore, ContentThatIsGoneWithoutARecordIsNamed) {
  EXPECT_EQ(after("update ishi.event set salt = null, body = null where index = 9; delete from ishi.event_subject "
                  "where event_index = 9"),
            (Lines{"erased_without_record event 9"}));
}

TEST_F(VerifyStore, TheListOfErasuresIsThatOfTheLog) {
  ASSERT_TRUE(
      store.log->append(request_of({RecordErased{EventIndex(9), "request"}, RecordErased{EventIndex(9), "again"}})));
  EXPECT_TRUE(verify().clean());
  EXPECT_EQ(after("insert into ishi.erasure values (12, 400)"), (Lines{"erasure_surplus event 12"}));
  EXPECT_EQ(after("delete from ishi.erasure where target = 9"),
            (Lines{"erasure_missing event 9", "erasure_surplus event 12"}));
}

TEST_F(VerifyStore, ACheckpointIsComparedWithTheTreeWhereverItIsKept) {
  const auto key = SigningKey::from_seed("log.example", NoteKeyType::kSignature, Ed25519Seed{7});
  const auto note_of = [&](std::uint64_t size, const Digest& root) {
    SignedNote note{format_checkpoint({"log.example", size, root, {}}), {}};
    note.signatures.push_back(key.sign(note.text));
    return format_note(note);
  };
  const Digest root = store.log->frontier()->root();
  const auto save = [&](std::uint64_t size, const Digest& column, const std::string& note) {
    store.corrupt("delete from ishi.checkpoint; insert into ishi.checkpoint values (true, " + std::to_string(size) +
                  ", '\\x" + to_hex(column) + "', '\\x" + to_hex(as_bytes(note)) + "')");
  };
  const auto checked = [&](std::vector<sql::KnownCheckpoint> remembered = {}) {
    auto report = sql::verify_store(
        {.connection_string = store.where, .keys = {key.verifier()}, .remembered = std::move(remembered)});
    EXPECT_TRUE(report) << report.error().detail;
    return *report;
  };
  save(701, root, note_of(701, root));
  auto report = checked({{"memory file", note_of(701, root)}});
  EXPECT_EQ(lines_of(report), Lines{});
  EXPECT_EQ(report.receipts, 1U);
  EXPECT_EQ(lines_of(checked({{"memory file", note_of(701, sha256(as_bytes("other")))}})),
            (Lines{"checkpoint_root memory file"}));
  EXPECT_EQ(lines_of(checked({{"memory file", note_of(702, root)}})), (Lines{"checkpoint_beyond_log memory file"}));
  EXPECT_EQ(lines_of(checked({{"memory file", "scribble"}})), (Lines{"checkpoint_unreadable memory file"}));
  std::string forged = note_of(701, root);
  forged[forged.size() - 8] = forged[forged.size() - 8] == 'A' ? 'B' : 'A';
  EXPECT_EQ(lines_of(checked({{"memory file", forged}})), (Lines{"checkpoint_signature memory file"}));
  save(700, root, note_of(701, root));
  EXPECT_EQ(lines_of(checked()), (Lines{"checkpoint_columns checkpoint"}));
  const Digest wrong = sha256(as_bytes("wrong"));
  save(701, wrong, note_of(701, wrong));
  EXPECT_EQ(lines_of(checked()), (Lines{"checkpoint_root checkpoint"}));
}

TEST_F(VerifyStore, ItGoesOnBesideWritersAndFindsNothing) {
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (std::uint64_t i = 0; !done; ++i)
      EXPECT_TRUE(store.log->append(request_of({notice_to(10'000 + i), notice_to(20'000 + i)})));
  });
  for (int i = 0; i < 10; ++i) EXPECT_EQ(lines_of(verify()), Lines{});
  done = true;
  writer.join();
}

TEST_F(VerifyStore, ItRestsAndStopsWhenTold) {
  int batches = 0;
  auto report = sql::verify_store({.connection_string = store.where,
                                   .fold = false,
                                   .busy_percent = 1,
                                   .progress = [&](Position done, Position of) { batches += done == of; },
                                   .stop = [&] { return batches > 0; }});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, "verify_stopped");
  EXPECT_EQ(batches, 1);
}

TEST_F(VerifyStore, WhatARunningServerHoldsIsComparedToo) {
  std::vector<EventIndex> asked;
  auto report = sql::verify_store(
      {.connection_string = store.where,
       .fold = false,
       .compare_people = [&](std::span<const sql::VerifyOptions::Person> people) -> Result<std::vector<EventIndex>> {
         for (const auto& person : people) asked.push_back(person.event);
         return std::vector{people.back().event};
       }});
  ASSERT_TRUE(report);
  EXPECT_EQ(asked, (std::vector{EventIndex(0), EventIndex(640)}));
  EXPECT_EQ(lines_of(*report), (Lines{"projection_differs event 640"}));
  EXPECT_EQ(report->persons, 2U);
}

TEST_F(VerifyStore, AnErasureByTheBookIsCleanAndEveryProofStillHolds) {
  const Frontier before = store.log->frontier().value();
  const StoredLeaf leaf = store.log->read_leaves(EventIndex(9), 1)->at(0);
  auto record = store.log->append(request_of({RecordErased{EventIndex(9), "request"}}));
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(verify().erasures_pending, 1U);
  for (int twice = 0; twice < 2; ++twice) {
    auto erased = sql::erase_content(store.where, record->first);
    ASSERT_TRUE(erased.has_value()) << erased.error().detail;
  }
  const auto report = verify();
  EXPECT_EQ(lines_of(report), Lines{});
  EXPECT_EQ(report.erased, 1U);
  EXPECT_EQ(report.erasures_pending, 0U);
  EXPECT_EQ(store.log->read(EventIndex(9), 1)->at(0).event.body, EventBody(RecordErased{EventIndex(9), ""}));
  const Token person[] = {numbered_token(9)};
  EXPECT_EQ(indexes_of(store.log->read_about(person, record->position).value()), (std::vector<std::uint64_t>{10, 11}));
  const StoredLeaf blank = store.log->read_leaves(EventIndex(9), 1)->at(0);
  EXPECT_EQ(blank.commitment, leaf.commitment);
  EXPECT_FALSE(blank.salt.has_value());
  const TiledHashReader reader(*store.log, before.size());
  EXPECT_TRUE(check_inclusion(9, before.size(), leaf_hash_of(leaf.commitment),
                              prove_inclusion(9, before.size(), reader).value(), before.root()));
}

TEST_F(VerifyStore, OnlyARecordOfAnEarlierEventErases) {
  EXPECT_EQ(sql::erase_content(store.where, EventIndex(3)).error().code, "no_erasure_record");
  EXPECT_EQ(sql::erase_content(store.where, EventIndex(5'000)).error().code, "no_such_event");
  auto itself = store.log->append(request_of({RecordErased{EventIndex(701), ""}}));
  EXPECT_EQ(sql::erase_content(store.where, itself->first).error().code, "no_erasure_record");
}

TEST_F(VerifyStore, FindingsAreBoundedButCounted) {
  store.corrupt("update ishi.event set salt = decode(repeat('00', 16), 'hex')");
  const auto report = verify(10);
  EXPECT_EQ(report.findings.size(), 10U);
  EXPECT_EQ(report.findings_count, 701U);
  EXPECT_FALSE(report.clean());
}

}  // namespace
}  // namespace ishi::testing

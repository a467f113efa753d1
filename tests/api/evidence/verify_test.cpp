// `ishi verify`, offline, with nothing but files.
#include "api/client/commands/verify_command.h"

#include <fstream>

#include <gtest/gtest.h>

#include "api/evidence/log_handler.h"
#include "api/evidence/receipt_handler.h"
#include "tests/api/evidence/log_house.h"

namespace ishi::client {
namespace {

class Verifying : public ::testing::Test, protected testing::LogHouse {
 protected:
  void SetUp() override {
    append(3);
    FilterRun run;
    run.batch_id = "batch-7";
    run.regime = "NGMIA_ANON";
    run.holder = "1312345679";
    run.counts[0] = 900;
    run.counts[1] = 12;
    ASSERT_TRUE(log.append({{run}, "clinic", std::nullopt, std::nullopt, ""}));
    ASSERT_TRUE(api::CheckpointPublisher(keys, "", log, store).run());
    write("0.tlog-proof", *receipts.receipt(EventIndex(0)));
    write("3.tlog-proof", *receipts.receipt(EventIndex(3)));
    write("checkpoint", store.latest()->value());
    write("vkey", keys.verifiers[0].format() + "\n");
  }
  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder.file(name), std::ios::binary) << text;
  }
  Result<Verdict> verify(const std::string& name, const std::string& key, Words words = Words::kEnglish) {
    return verify_file({folder.file(name), key, ""}, words);
  }
  api::LogHandler desk{log, store, keys.verifiers};
  api::ReceiptHandler receipts{desk, [] { return nullptr; }};
};

TEST_F(Verifying, AReceiptSaysInPlainWordsWhatItProves) {
  for (const std::string& key : {keys.verifiers[0].format(), folder.file("vkey")}) {
    const auto verdict = verify("0.tlog-proof", key);
    ASSERT_TRUE(verdict) << verdict.error().detail;
    EXPECT_TRUE(verdict->proved);
    for (const char* part :
         {"Proved: objection no. 0 is in the registry's log", "accepted at: 2026-11-20", "NGMIA_ANON",
          "size of the log: 4", "registry.example/log", "submitted by: clinic", "token fingerprint: "}) {
      EXPECT_NE(verdict->text.find(part), std::string::npos) << part << "\n" << verdict->text;
    }
  }
}

TEST_F(Verifying, TheTokenItselfIsNotShown) {
  const auto verdict = verify("0.tlog-proof", keys.verifiers[0].format());
  EXPECT_EQ(verdict->text.find(std::string(32, '0')), std::string::npos);
}

TEST_F(Verifying, AFilterRunShowsItsQuestionDigestsAndCounts) {
  const auto verdict = verify("3.tlog-proof", folder.file("vkey"));
  for (const char* part :
       {"filter run no. 3", "batch: batch-7", "ALLOW lines: 900", "DENY_OPTOUT lines: 12", "SHA-256 of the answers"}) {
    EXPECT_NE(verdict->text.find(part), std::string::npos) << part << "\n" << verdict->text;
  }
}

TEST_F(Verifying, JapaneseByLocale) {
  EXPECT_EQ(words_of_locale("ja_JP.UTF-8"), Words::kJapanese);
  EXPECT_EQ(words_of_locale("C.UTF-8"), Words::kEnglish);
  const auto verdict = verify("0.tlog-proof", folder.file("vkey"), Words::kJapanese);
  EXPECT_NE(verdict->text.find("提供停止の求め（番号 0）は台帳に記録されています。"), std::string::npos)
      << verdict->text;
}

TEST_F(Verifying, ACheckpointIsVerifiedToo) {
  EXPECT_TRUE(verify("checkpoint", folder.file("vkey"))->proved);
}

TEST_F(Verifying, TheWrongKeyOrABentFileProvesNothing) {
  const std::string stranger = testing::key_ring(testing::kOrigin, 5).verifiers[0].format();
  EXPECT_FALSE(verify("0.tlog-proof", stranger)->proved);
  EXPECT_FALSE(verify("checkpoint", stranger)->proved);
  std::string bent = *receipts.receipt(EventIndex(0));
  bent[60] = bent[60] == 'A' ? 'B' : 'A';
  write("bent", bent);
  const auto verdict = verify("bent", folder.file("vkey"));
  EXPECT_FALSE(verdict->proved);
  EXPECT_TRUE(verdict->text.starts_with("NOT PROVED")) << verdict->text;
  write("noise", "hello\n");
  EXPECT_FALSE(verify("noise", folder.file("vkey"))->proved);
}

TEST_F(Verifying, APolicyMayAskForWitnesses) {
  const api::KeyRing witness = testing::key_ring("w.example", 9, NoteKeyType::kCosignature);
  write("policy", "log " + keys.verifiers[0].format() + "\nwitness regulator " + witness.verifiers[0].format() +
                      "\nquorum regulator\n");
  EXPECT_FALSE(verify_file({folder.file("checkpoint"), "", folder.file("policy")}, Words::kEnglish)->proved);
  SignedNote note = *parse_note(store.latest()->value());
  note.signatures.push_back(witness.signing.cosign(note.text, 1'795'132'800));
  write("cosigned", format_note(note));
  const auto verdict = verify_file({folder.file("cosigned"), "", folder.file("policy")}, Words::kEnglish);
  EXPECT_TRUE(verdict->proved);
  EXPECT_NE(verdict->text.find("witnessed by: regulator, 2026-11-20T"), std::string::npos) << verdict->text;
}

TEST_F(Verifying, WithoutAnybodyToTrustItSaysWhatIsMissing) {
  EXPECT_EQ(verify("0.tlog-proof", "").error().code, "usage");
  EXPECT_FALSE(verify("0.tlog-proof", folder.file("absent")));
  EXPECT_FALSE(verify("absent", folder.file("vkey")));
}

}  // namespace
}  // namespace ishi::client

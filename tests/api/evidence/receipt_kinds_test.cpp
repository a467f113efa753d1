// Each kind of wish and each line of a load has a receipt of its own, from the number in the answer to the file that
// opens with nothing but the public key.
#include <gtest/gtest.h>

#include "api/client/evidence/evidence_words.h"
#include "api/evidence/log_handler.h"
#include "api/evidence/receipt_handler.h"
#include "registry/notes/receipt.h"
#include "tests/api/evidence/log_house.h"
#include "tests/api/writes/desk.h"

namespace ishi::api::testing {
namespace {

using nlohmann::json;

struct ReceiptsOfKinds : ::testing::Test {
  Desk desk;
  KeyRing keys = ishi::testing::key_ring(ishi::testing::kOrigin, 1);
  ishi::testing::MemoryCheckpointStore store;
  CheckpointPublisher round{keys, "", desk.log, store};
  LogHandler log{desk.log, store, keys.verifiers};
  ReceiptHandler receipts{log, [this] { return std::make_shared<const PolicyBook>(desk.book); }};

  ReceiptsOfKinds() { desk.principal = {"registry-ops", Role::kRegistryOps, {}, {}, {}}; }

  // What the file proves, after the next signature.
  template <typename Body>
  Body proved(std::uint64_t receipt) {
    EXPECT_TRUE(round.run().has_value());
    const auto file = receipts.receipt(EventIndex(receipt));
    if (!file) throw std::runtime_error(file.error().code);
    const auto opened = open_receipt(*file, WitnessPolicy::logs_only(keys.verifiers));
    if (!opened) throw std::runtime_error(opened.error().code);
    EXPECT_EQ(opened->index.value(), receipt);
    EXPECT_EQ(opened->event.caller, "registry-ops");
    return std::get<Body>(opened->event.body);
  }
};

TEST_F(ReceiptsOfKinds, AnObjectionAndItsWithdrawal) {
  const std::uint64_t objected = desk.post(kObjections, {{"token", token_text(1)}}).receipt();
  EXPECT_EQ(proved<Objection>(objected).token, token(1));
  const Answered withdrawn =
      desk.post(kWithdrawals, {{"token", token_text(1)}, {"objection", objected}, {"birth_date", "1980-04-01"}});
  ASSERT_EQ(withdrawn.status, 200) << withdrawn.text;
  const auto withdrawal = proved<ObjectionWithdrawn>(withdrawn.receipt());
  EXPECT_EQ(withdrawal.objections, std::vector<EventIndex>{EventIndex(objected)})
      << "it names the receipt that it undoes";
}

// Who answers for the registry stands under the signature, as long as it does: another option, another controller.
TEST_F(ReceiptsOfKinds, SayWhoAnswersForTheRegistry) {
  std::vector<std::string> lines{"controller FUND (STATE)"};
  CheckpointPublisher naming{keys, "", desk.log, store, nullptr, [&] { return lines; }};
  for (const auto& [line, expected] :
       {std::pair("controller FUND (STATE)", "controller of the registry: FUND (STATE)"),
        {"controller OPERATORS (CONSORTIUM)", "controller of the registry: OPERATORS (CONSORTIUM)"}}) {
    lines = {line};
    const std::uint64_t objected =
        desk.post(kObjections, {{"token", token_text(static_cast<int>(lines[0].size()))}, {"regimes", {"NGMIA_ANON"}}})
            .receipt();
    ASSERT_TRUE(naming.run());
    const auto opened =
        open_receipt(receipts.receipt(EventIndex(objected)).value(), WitnessPolicy::logs_only(keys.verifiers));
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->trusted.checkpoint.extensions, std::vector<std::string>{line});
    EXPECT_NE(client::describe(*opened, client::Words::kEnglish).find(expected), std::string::npos);
  }
}

TEST_F(ReceiptsOfKinds, AConsent) {
  const Answered answered = desk.post(
      kConsents,
      {{"token", token_text(2)}, {"regimes", {"GENOME"}}, {"holders", {sample::kAoba}}, {"birth_date", "1980-04-01"}});
  ASSERT_EQ(answered.status, 200) << answered.text;
  EXPECT_EQ(proved<ConsentGiven>(answered.receipt()).token, token(2));
}

TEST_F(ReceiptsOfKinds, EveryLineOfANoticeLoad) {
  json lines = json::array();
  for (int person = 1; person <= 40; ++person) lines.push_back(notice(person));
  lines[7]["method"] = "N99";
  const Answered load = desk.post(kNotices, lines);
  ASSERT_EQ(load.status, 200) << load.text;
  EXPECT_EQ(load.body["accepted"], 39);
  for (std::size_t line = 0; line < 40; ++line) {
    if (line == 7) {
      EXPECT_FALSE(load.line(line).contains("receipt")) << "what was rejected has none";
    } else {
      EXPECT_EQ(proved<NoticeGiven>(load.receipt(line)).token, token(static_cast<int>(line) + 1));
    }
  }
}

TEST_F(ReceiptsOfKinds, ByInsuranceNumberItIsTheWishAndNotTheIdentity) {
  const Answered answered = desk.post(kObjections, {{"id", id_text(5)}});
  ASSERT_EQ(answered.status, 200) << answered.text;
  EXPECT_EQ(answered.receipt(), 2U);
  proved<Objection>(answered.receipt());
  proved<TokenIdentity>(0);
  proved<TokenIdentity>(1);
}

TEST_F(ReceiptsOfKinds, ALinkItsUndoingAndADeath) {
  desk.post(kObjections, {{"token", token_text(1)}});
  const Answered linked =
      desk.post(kLinks, {{"token", token_text(1)}, {"other_token", token_text(2)}, {"source", "S3"}});
  ASSERT_EQ(linked.status, 200) << linked.text;
  EXPECT_EQ(proved<TokensLinked>(linked.receipt()).second, token(2));
  const Answered died = desk.post(kDeaths, {{"token", token_text(1)}, {"date", "2026-06-01"}});
  ASSERT_EQ(died.status, 200) << died.text;
  EXPECT_EQ(proved<DeathRecorded>(died.receipt()).token, token(1));
}

TEST_F(ReceiptsOfKinds, ARepeatedRequestNamesTheSameReceipt) {
  const Headers key = {{"Idempotency-Key", "k"}};
  const auto first = desk.post(kObjections, {{"token", token_text(1)}}, key);
  desk.post(kObjections, {{"token", token_text(2)}});
  const auto again = desk.post(kObjections, {{"token", token_text(1)}}, key);
  EXPECT_EQ(again.receipt(), first.receipt());
  EXPECT_EQ(proved<Objection>(again.receipt()).token, token(1));
}

}  // namespace
}  // namespace ishi::api::testing

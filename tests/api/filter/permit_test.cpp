// A question under a registered permit is asked as of the permit (LAW.md 7.9, 8.4; T19), and under nothing else.
#include "registry/ports/permits.h"
#include "tests/api/filter/hospital_day.h"

namespace ishi::api {
namespace {

struct Permit : HospitalDay {
  Permit() {
    Regime& database = std::const_pointer_cast<PolicyBook>(book)->regimes.at("PUBDB_NDB");
    database.cutoff = Cutoff::kPermitApprovalTime;
    who = {"sakura", Role::kOperatorBatch, {}, sample::kSakura, {}};
  }
  void approve(std::string id, PermitStart from = PermitStart::kRegistration, Timestamp approved_at = {}) {
    PermitApproved permit;
    permit.token = permit_token(id);
    permit.permit_id = std::move(id);
    permit.regime = "PUBDB_NDB";
    permit.recipient = sample::kSakura;
    permit.approved_at = from == PermitStart::kApproval ? approved_at : clock.now();
    permit.counts_from = from;
    permit.purposes = {"PURPOSE_1", "PURPOSE_2"};
    append(permit);
  }
  // May carol's data, of whom nobody knows anything else, be used for that permit?
  Response ask(std::string_view more) {
    Request request;
    request.method = Method::kPost;
    const std::string body = bytes_of({carol});
    request.body = body;
    request.headers.emplace_back("Content-Type", "application/octet-stream");
    return router
        .handle("/v1/filter?regime=PUBDB_NDB&categories=RECEIPT&recipient=OP-SAKURA" + std::string(more), request)
        .response;
  }
  bool usable(std::string_view permit_id) {
    const Response response = ask("&purpose=PURPOSE_1&permit_id=" + std::string(permit_id));
    EXPECT_EQ(response.status, 200) << response.body;
    return response.body == bytes_of({carol});
  }
};

TEST_F(Permit, T19AnObjectionBindsThePermitsThatAreApprovedAfterIt) {
  approve("P-1");
  const Timestamp approved_at = clock.now();
  clock.advance_seconds(60);
  EXPECT_TRUE(usable("P-1"));
  object(carol);
  clock.advance_seconds(60);
  approve("P-2");
  for (int again = 0; again < 2; ++again) {  // the same permit, known by now
    EXPECT_TRUE(usable("P-1")) << "approved before her objection";
    EXPECT_EQ(last_run().as_of, approved_at);
    EXPECT_EQ(last_run().details->permit_id, "P-1");
    EXPECT_FALSE(usable("P-2")) << "approved after it";
    EXPECT_EQ(ask("&purpose=PURPOSE_1").body, "") << "without a permit it is asked as of now";
    clock.advance_seconds(86'400);
  }
  // The same permit, asked by an auditor as of before and after the objection.
  who = {"ministry", Role::kAuditorMinister, {}, {}, {}};
  EXPECT_EQ(ask("&purpose=PURPOSE_1&permit_id=P-1&as_of=2026-11-20T12:00:30%2B09:00").body, bytes_of({carol}));
  EXPECT_EQ(ask("&purpose=PURPOSE_1&permit_id=P-1&as_of=2026-11-20T12:01:30%2B09:00").body, "");
}

TEST_F(Permit, AnObjectionOnPaperThatWasAcceptedBeforeItBindsItWhenItComes) {
  const Timestamp accepted_at = clock.now();
  clock.advance_seconds(3'600);
  approve("P-1");
  ASSERT_TRUE(usable("P-1"));
  Objection late;
  late.token = carol;
  late.accepted_at = accepted_at;
  append(late);
  EXPECT_FALSE(usable("P-1"));
}

TEST_F(Permit, CountsFromItsOwnPositionAndFromItsApprovalWithTwoSignatures) {
  const Timestamp long_ago = *parse_timestamp("2026-11-01T00:00:00+09:00");
  clock.advance_seconds(60);
  object(carol);
  const auto before = events();
  clock.advance_seconds(60);
  approve("P-1");
  approve("P-2", PermitStart::kApproval, long_ago);
  EXPECT_FALSE(usable("P-1"));
  EXPECT_TRUE(usable("P-2"));
  EXPECT_EQ(last_run().as_of, long_ago);
  who = {"ministry", Role::kAuditorMinister, {}, {}, {}};
  EXPECT_EQ(code(ask("&purpose=PURPOSE_1&permit_id=P-2&known_at=" + std::to_string(before))), "unknown_permit")
      << "nobody knew of it then";
}

TEST_F(Permit, TheFirstOfAnIdCounts) {
  approve("P-1");
  clock.advance_seconds(60);
  object(carol);
  clock.advance_seconds(60);
  approve("P-1");  // by two who registered it at once, say
  EXPECT_TRUE(usable("P-1"));
}

TEST_F(Permit, IsForItsRecipientItsPurposesAndItsRegime) {
  approve("P-1");
  const std::string under = "&permit_id=P-1";
  EXPECT_EQ(code(ask("&purpose=PURPOSE_1&permit_id=P-9")), "unknown_permit");
  EXPECT_EQ(code(ask(under)), "permit_purpose");
  EXPECT_EQ(code(ask(under + "&purpose=PURPOSE_3")), "permit_purpose");
  EXPECT_EQ(ask(under + "&purpose=PURPOSE_2").status, 200);
  EXPECT_EQ(code(ask(under + "&purpose=PURPOSE_1&override=LAW&ground=x")), "permit_exception");
  EXPECT_EQ(code(ask("&purpose=PURPOSE_1&override=LAW&ground=x")), "permit_needed");
  who = {"reviewer", Role::kReviewer, {}, {}, {}};
  Request request;
  request.method = Method::kPost;
  request.headers.emplace_back("Content-Type", "application/octet-stream");
  EXPECT_EQ(
      code(router.handle("/v1/filter?regime=PUBDB_NDB&categories=RECEIPT&purpose=PURPOSE_1&permit_id=P-1", request)
               .response),
      "permit_recipient");
  std::const_pointer_cast<PolicyBook>(book)->regimes.at("APPI_CONSENT").cutoff = Cutoff::kPermitApprovalTime;
  EXPECT_EQ(code(router
                     .handle("/v1/filter?regime=APPI_CONSENT&categories=RECEIPT&recipient=OP-SAKURA&purpose=PURPOSE_1"
                             "&permit_id=P-1",
                             request)
                     .response),
            "permit_regime");
}

TEST_F(Permit, ThatStatesAnExceptionLetsItBeClaimed) {
  object(carol);
  clock.advance_seconds(60);
  PermitApproved permit;
  permit.token = permit_token("P-1");
  permit.permit_id = "P-1";
  permit.regime = "PUBDB_NDB";
  permit.approved_at = clock.now();
  permit.purposes = {"PURPOSE_1"};
  permit.exception = "LAW";
  permit.ground = "public body, no alternative";
  append(permit);
  EXPECT_FALSE(usable("P-1"));
  EXPECT_EQ(ask("&purpose=PURPOSE_1&permit_id=P-1&override=LAW&ground=as%20the%20permit%20says").body,
            bytes_of({carol}));
}

TEST_F(Permit, UnderAnyOtherRegimeItsNumberIsOnlyRecorded) {
  std::const_pointer_cast<PolicyBook>(book)->regimes.at("PUBDB_NDB").cutoff = Cutoff::kProvisionTime;
  approve("P-1");
  clock.advance_seconds(60);
  object(carol);
  EXPECT_FALSE(usable("P-1"));
  EXPECT_EQ(last_run().details->permit_id, "P-1");
}

// Genome data keep their own law (LAW.md 7.10), which knows no permit: a consent that was taken back since is not
// there.
TEST_F(Permit, ReachesNoPartOfTheQuestionWhoseOwnLawKnowsNoPermit) {
  std::const_pointer_cast<PolicyBook>(book)->regimes.at("PUBDB_NDB").categories.insert("GENOME");
  approve("P-1");
  const Timestamp approved_at = clock.now();
  clock.advance_seconds(60);
  ASSERT_EQ(ask("&purpose=PURPOSE_1&permit_id=P-1").status, 200);
  EXPECT_EQ(last_run().as_of, approved_at);
  const auto with_genome = [&](const std::string& more) {
    Request request;
    request.method = Method::kPost;
    const std::string body = bytes_of({carol});
    request.body = body;
    request.headers.emplace_back("Content-Type", "application/octet-stream");
    return router
        .handle("/v1/filter?regime=PUBDB_NDB&categories=RECEIPT,GENOME&recipient=OP-SAKURA&purpose=PURPOSE_1" + more,
                request)
        .response;
  };
  const Response both = with_genome("&permit_id=P-1");
  ASSERT_EQ(both.status, 200) << both.body;
  EXPECT_EQ(last_run().as_of, clock.now());
  EXPECT_EQ(last_run().details->permit_id, "P-1");
  EXPECT_EQ(code(with_genome("&permit_id=P-9")), "unknown_permit") << "it is checked all the same";
  EXPECT_EQ(code(with_genome("&override=LAW&ground=x")), "permit_needed");
  EXPECT_EQ(code(with_genome("&permit_id=P-1&override=LAW&ground=x")), "permit_exception");
}

TEST_F(Permit, IsNeededForAnExceptionAlsoByOneWhoNamesThePresent) {
  const std::string now = "&as_of=2026-11-20T12:00:00%2B09:00";
  EXPECT_EQ(ask("&purpose=PURPOSE_1" + now).status, 200);
  EXPECT_EQ(code(ask("&purpose=PURPOSE_1&override=LAW&ground=x" + now)), "permit_needed");
}

TEST_F(Permit, OnePersonIsAskedAboutAsOfThePermitToo) {
  approve("P-1");
  clock.advance_seconds(60);
  object(carol);
  who = {"aoba", Role::kHolderBatch, sample::kAoba, {}, {}};
  const std::string target =
      "/v1/status/" + carol.reveal_hex() + "?regime=PUBDB_NDB&categories=RECEIPT&recipient=OP-SAKURA&purpose=PURPOSE_1";
  EXPECT_EQ(json(status(target))["code"], "DENY_OPTOUT");
  EXPECT_EQ(json(status(target + "&permit_id=P-1"))["code"], "ALLOW");
  Request request;
  request.at_once_until = std::chrono::steady_clock::now() + std::chrono::milliseconds(2);
  EXPECT_EQ(code(router.handle(target + "&permit_id=P-1", request).response), "would_wait");
}

}  // namespace
}  // namespace ishi::api

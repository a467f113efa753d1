#include "tests/api/filter/hospital_day.h"

namespace ishi::api {
namespace {

struct OnePerson : HospitalDay {
  Response ask(const std::string& identifier, const std::string& more = "") {
    return status("/v1/status/" + identifier + "?regime=NGMIA_ANON&categories=RECEIPT&holder=1312345679" + more);
  }
};

TEST_F(OnePerson, ATokenIsAnswered) {
  const auto before = events();
  const auto got = json(ask(alice.reveal_hex()));
  EXPECT_EQ(got["decision"], "ALLOW");
  EXPECT_EQ(got["code"], "ALLOW");
  EXPECT_EQ(got["position"], before);
  EXPECT_EQ(got["evaluated_at"], "2026-11-20T12:00:00.000000+09:00");
  EXPECT_EQ(got["valid_until"], "2026-11-21T12:00:00.000000+09:00");
  EXPECT_FALSE(got.contains("allowed_from"));
  EXPECT_EQ(events(), before);
}

TEST_F(OnePerson, ACardIsAnsweredAsItsToken) {
  EXPECT_EQ(json(ask("06139463%3A12%3A345%3A01"))["code"], "ALLOW");
  EXPECT_EQ(json(ask("06139463:12:345:01"))["code"], "ALLOW");
}

TEST_F(OnePerson, WaitingSaysUntilWhen) {
  const auto got = json(ask(dave.reveal_hex()));
  EXPECT_EQ(got["decision"], "DENY");
  EXPECT_EQ(got["code"], "DENY_WAITING");
  EXPECT_EQ(got["allowed_from"], "2026-12-11");
}

TEST_F(OnePerson, AskedByAThreadThatMustNotWaitThePastIsForLater) {
  who = {"ministry", Role::kAuditorMinister, {}, {}, {}};
  Request request;
  request.at_once_until = std::chrono::steady_clock::now() + std::chrono::milliseconds(2);
  const std::string target =
      "/v1/status/" + alice.reveal_hex() + "?regime=NGMIA_ANON&categories=RECEIPT&holder=1312345679";
  EXPECT_EQ(json(router.handle(target, request).response)["code"], "ALLOW");
  EXPECT_TRUE(source.asked.at_once);
  const Response past = router.handle(target + "&known_at=" + std::to_string(events()), request).response;
  EXPECT_EQ(past.status, 503);
  EXPECT_EQ(code(past), "would_wait");
  request.at_once_until.reset();
  EXPECT_EQ(router.handle(target + "&known_at=" + std::to_string(events()), request).response.status, 200);
}

TEST_F(OnePerson, AnObjectionDenies) {
  EXPECT_EQ(json(ask(bob.reveal_hex()))["code"], "DENY_OPTOUT");
}

TEST_F(OnePerson, WhatNamesNobodyIsRefusedWithoutEcho) {
  EXPECT_EQ(code(ask("hello")), "invalid_id");
  const Response response = ask("06139463:12:123456789018:01");
  EXPECT_EQ(code(response), "my_number_refused");
  EXPECT_EQ(response.body.find("123456789018"), std::string::npos);
}

TEST_F(OnePerson, OnlyTheOwnHospitalAndRegulatorsMayAsk) {
  EXPECT_EQ(
      status("/v1/status/" + alice.reveal_hex() + "?regime=NGMIA_ANON&categories=RECEIPT&holder=" + sample::kChidori)
          .status,
      403);
  who = {"ministry", Role::kAuditorMinister, {}, {}, {}};
  EXPECT_EQ(ask(alice.reveal_hex()).status, 200);
  who = {"sakura", Role::kOperatorBatch, {}, sample::kSakura, {}};
  EXPECT_EQ(ask(alice.reveal_hex()).status, 403);
  who = {"tokyo", Role::kAuditorGovernor, {}, {}, "13"};
  EXPECT_EQ(ask(alice.reveal_hex()).status, 200);
  who.prefecture = "27";
  EXPECT_EQ(ask(alice.reveal_hex()).status, 403);
}

TEST_F(OnePerson, TheHolderIsTheCallersOwnIfNoneIsNamed) {
  EXPECT_EQ(json(status("/v1/status/" + alice.reveal_hex() + "?regime=NGMIA_ANON&categories=RECEIPT"))["code"],
            "ALLOW");
}

TEST_F(OnePerson, ThePastCanBeAsked) {
  who = {"ministry", Role::kAuditorMinister, {}, {}, {}};
  EXPECT_EQ(json(ask(alice.reveal_hex(), "&known_at=1"))["code"], "DENY_UNKNOWN");
  EXPECT_EQ(json(ask(alice.reveal_hex(), "&as_of=2026-06-15"))["code"], "DENY_WAITING");
  EXPECT_EQ(code(ask(alice.reveal_hex(), "&as_of=2027-01-01")), "in_the_future");
}

TEST_F(OnePerson, ParametersOfBatchesAreNotKnownHere) {
  EXPECT_EQ(code(ask(alice.reveal_hex(), "&answer=counts")), "unknown_parameter");
}

}  // namespace
}  // namespace ishi::api

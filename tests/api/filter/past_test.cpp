// What was, and what was known then, is for auditors: an answer as of the past is no leave to use anything today.
#include "registry/merkle/sha256.h"
#include "tests/api/filter/hospital_day.h"

namespace ishi::api {
namespace {

constexpr const char* kNoon = "2026-11-20T12:00:00%2B09:00";

struct Past : HospitalDay {
  const Principal hospital = who;
  const Principal minister{"ministry", Role::kAuditorMinister, {}, {}, {}};

  Past() {
    before_objection = events();
    clock.advance_seconds(3'600);
    object(alice);
  }
  Response ask(std::string_view more) { return filter(more, "application/octet-stream", bytes_of({alice})); }
  Response one(std::string_view more) {
    return status("/v1/status/" + alice.reveal_hex() +
                  "?regime=NGMIA_ANON&categories=RECEIPT&holder=1312345679&recipient=OP-SAKURA" + std::string(more));
  }
  std::uint64_t before_objection = 0;
};

TEST_F(Past, IsNoLeaveForACollectorAfterAnObjection) {
  const std::string position = "&known_at=" + std::to_string(before_objection);
  const Principal sakura{"sakura", Role::kOperatorBatch, {}, sample::kSakura, {}};
  const Principal reviewer{"reviewer", Role::kReviewer, {}, {}, {}};
  const auto before = events();
  for (const Principal& asking : {hospital, sakura, reviewer}) {
    who = asking;
    for (const std::string& more :
         {std::string("&as_of=") + kNoon, position, std::string("&known_at=") + kNoon, position + "&as_of=" + kNoon,
          std::string("&answer=counts&dry_run=true&as_of=") + kNoon}) {
      const Response response = ask(more);
      EXPECT_EQ(response.status, 403) << who.id << more << response.body;
      EXPECT_EQ(code(response), "past_for_auditors") << who.id << more;
      EXPECT_NE(response.body.find(more.find("as_of") < more.find("known_at") ? "as_of" : "known_at"),
                std::string::npos)
          << "it names the parameter to leave out: " << response.body;
    }
  }
  who = hospital;
  EXPECT_EQ(code(one(std::string("&as_of=") + kNoon)), "past_for_auditors");
  EXPECT_EQ(code(one(position)), "past_for_auditors");
  EXPECT_EQ(events(), before);
}

TEST_F(Past, IsAnsweredToAuditorsAndPermitsNothing) {
  who = minister;
  EXPECT_EQ(ask("").body, "");
  const Response by_position = ask("&known_at=" + std::to_string(before_objection));
  EXPECT_EQ(by_position.body, bytes_of({alice}));
  EXPECT_EQ(header(by_position, "Ishi-Position"), std::to_string(before_objection));
  EXPECT_EQ(ask(std::string("&known_at=") + kNoon).body, bytes_of({alice}));
  const Response as_of = ask(std::string("&as_of=") + kNoon);
  EXPECT_EQ(as_of.body, bytes_of({alice})) << "before the objection was accepted";
  EXPECT_EQ(ask("&as_of=2026-06-15").body, "") << "still waiting then";
  for (const Response& response : {by_position, as_of})
    EXPECT_EQ(header(response, "Ishi-Valid-Until"), header(response, "Ishi-Evaluated-At"))
        << "the past permits nothing today";
  EXPECT_EQ(json(one(std::string("&as_of=") + kNoon))["code"], "ALLOW");
  EXPECT_EQ(json(one(std::string("&as_of=") + kNoon))["valid_until"],
            json(one(std::string("&as_of=") + kNoon))["evaluated_at"]);
}

TEST_F(Past, IsComparedByDigestWithoutAnAnswer) {
  const std::string then =
      "&answer=counts&dry_run=true&as_of=" + std::string(kNoon) + "&known_at=" + std::to_string(before_objection);
  const Response response = ask(then);
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_FALSE(json(response).contains("counts")) << "a count of one is an answer";
  EXPECT_EQ(header(response, "Ishi-Decision-Digest"), to_hex(sha256(as_bytes(std::string_view("\0", 1)))));
  EXPECT_EQ(header(response, "Ishi-Valid-Until"), header(response, "Ishi-Evaluated-At"));
  who = minister;
  EXPECT_EQ(json(ask(then))["counts"]["ALLOW"], 1);
}

TEST_F(Past, BeforeTheFirstPolicyNothingWasKnownAndWaitingWillNotHelp) {
  who = minister;
  source.broken = Error{ErrorKind::kUnavailable, "no_policy", "no policy has been published yet"};
  for (const char* known_at : {"&known_at=0", "&known_at=2020-01-01"}) {
    const Response past = ask(known_at);
    EXPECT_EQ(past.status, 400) << known_at;
    EXPECT_EQ(code(past), "known_at_before_policy") << known_at;
    EXPECT_EQ(header(past, "Retry-After"), "") << known_at;
  }
  EXPECT_EQ(ask("").status, 503) << "a server that has no policy yet may have one soon";
}

TEST_F(Past, OfTomorrowIsKnownToNobody) {
  EXPECT_EQ(code(ask("&as_of=2026-11-22")), "in_the_future");
  who = minister;
  EXPECT_EQ(code(ask("&as_of=2026-11-22")), "in_the_future");
  EXPECT_EQ(code(ask("&known_at=99999")), "known_at_in_the_future");
}

}  // namespace
}  // namespace ishi::api

// A batch id that comes again, and a batch in parts: no answer is older than what was acknowledged before it was asked.
#include "tests/api/filter/hospital_day.h"

namespace ishi::api {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Repeat : HospitalDay {
  Response ask(std::string_view more, std::initializer_list<Token> people, std::string_view batch_id,
               Headers headers = {}) {
    headers.emplace_back("Ishi-Batch-Id", batch_id);
    return filter(more, "application/octet-stream", bytes_of(people), std::move(headers));
  }
  Response ask(std::initializer_list<Token> people, std::string_view batch_id) { return ask("", people, batch_id); }
  // Refused as that, with words that say what to do, and nothing of the old answer.
  void expect_refused(const Response& response, std::string_view with) {
    EXPECT_EQ(response.status, 409) << response.body;
    EXPECT_EQ(code(response), with);
    EXPECT_NE(response.body.find("new Ishi-Batch-Id"), std::string::npos) << response.body;
    EXPECT_EQ(header(response, "Ishi-Decision-Digest"), "");
    EXPECT_EQ(header(response, "Ishi-Receipt"), "");
  }
};

TEST_F(Repeat, WithNothingChangedGivesTheSameBytes) {
  const Response first = ask({alice, bob, dave}, "b");
  object(carol);  // concerns nobody in it
  notified(carol, "2026-11-19");
  clock.advance_seconds(600);
  const auto before = events();
  const Response second = ask({alice, bob, dave}, "b");
  EXPECT_EQ(second.status, 200) << second.body;
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(second.headers, first.headers);
  EXPECT_EQ(events(), before);
  EXPECT_EQ(ask("&answer=reasons", {alice, bob, dave}, "b").body, std::string("\x00\x01\x08", 3))
      << "the same run in another form";
}

TEST_F(Repeat, AfterAnObjectionOfSomebodyInItIsSuperseded) {
  ASSERT_EQ(ask({alice, bob}, "b").body, bytes_of({alice}));
  object(alice);
  const auto before = events();
  expect_refused(ask({alice, bob}, "b"), "batch_superseded");
  expect_refused(ask("&answer=counts", {alice, bob}, "b"), "batch_superseded");
  EXPECT_EQ(events(), before);
  EXPECT_EQ(ask({alice, bob}, "c").body, "") << "a new run sees today";
}

TEST_F(Repeat, ThatWouldAllowMoreNowIsSupersededToo) {
  ASSERT_EQ(ask({carol}, "b").body, "");
  notified(carol, "2026-06-01");
  expect_refused(ask({carol}, "b"), "batch_superseded");
}

TEST_F(Repeat, OfAnOperatorIsSupersededByUseOnlyAndTellsNoReason) {
  who = {"sakura", Role::kOperatorBatch, {}, sample::kSakura, {}};
  const Response first = ask({carol}, "b");
  ASSERT_EQ(first.status, 200) << first.body;
  object(carol);  // refused before, for another reason
  EXPECT_EQ(ask({carol}, "b").headers, first.headers);
}

TEST_F(Repeat, AfterItsValidityIsExpired) {
  ASSERT_EQ(ask({alice}, "b").status, 200);
  clock.advance_seconds(book->decision_valid_seconds);
  EXPECT_EQ(ask({alice}, "b").status, 200) << "until then, that instant included";
  clock.advance_seconds(1);
  expect_refused(ask({alice}, "b"), "batch_expired");
  object(alice);
  expect_refused(ask({alice}, "b"), "batch_expired");
}

TEST_F(Repeat, OfWhatCannotBeSaidAgainSinceAnErasureIsSuperseded) {
  ASSERT_EQ(ask({alice}, "b").body, bytes_of({alice}));
  append(RecordErased{EventIndex(1), "request"});  // her only notice
  log.erase(EventIndex(1));
  expect_refused(ask({alice}, "b"), "batch_superseded");
}

TEST_F(Repeat, WithoutFreshnessHasNoAnswer) {
  ASSERT_EQ(ask({alice}, "b").status, 200);
  source.broken = Error{ErrorKind::kNotFreshYet, "not_fresh_yet", "deadline"};
  EXPECT_EQ(ask({alice}, "b").status, 503);
}

TEST_F(Repeat, WhileTheFirstIsInWorkIsJudgedAsAnyOther) {
  // The second request comes when the first has decided and not yet written; an objection lies between.
  Response within;
  source.after_deciding = [&] {
    source.after_deciding = nullptr;
    object(alice);
    within = ask({alice}, "b");
  };
  const Response first = ask({alice}, "b");
  EXPECT_EQ(within.body, "");
  EXPECT_EQ(within.status, 200) << within.body;
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.headers, within.headers) << "the newer of the two answers";
  EXPECT_EQ(first.body, "");
}

// ---- parts

TEST_F(Repeat, EachPartIsStrictAtItsOwnArrival) {
  const Response second_part = ask("&part=2&parts=3", {alice}, "long");
  ASSERT_EQ(second_part.body, bytes_of({alice})) << second_part.status;
  object(alice);
  const auto acknowledged = events();
  clock.advance_seconds(3'600);
  const Response first_part = ask("&part=1&parts=3", {alice, bob}, "long");
  ASSERT_EQ(first_part.status, 200) << first_part.body;
  EXPECT_EQ(first_part.body, "") << "her objection was acknowledged before this part was asked";
  EXPECT_EQ(header(first_part, "Ishi-Position"), std::to_string(acknowledged));
  EXPECT_NE(header(first_part, "Ishi-Evaluated-At"), header(second_part, "Ishi-Evaluated-At"));
  EXPECT_EQ(last_run().position, Position(acknowledged)) << "its receipt says so";
  EXPECT_EQ(last_run().parts, 3u);
  EXPECT_EQ(last_run().details->part, 1u);
  EXPECT_EQ(ask("&part=1&parts=3", {alice, bob}, "long").headers, first_part.headers);
}

TEST_F(Repeat, APartWaitsForThePositionItAsksFor) {
  ASSERT_EQ(ask("&part=1&parts=2", {alice}, "long").status, 200);
  ASSERT_EQ(ask("&part=2&parts=2", {bob}, "long", {{"Ishi-At-Least", "5"}}).status, 200);
  EXPECT_EQ(source.asked.at_least, Position(5));
}

TEST_F(Repeat, APartThatComesAgainIsSupersededAlone) {
  ASSERT_EQ(ask("&part=1&parts=2", {alice}, "long").status, 200);
  const Response other = ask("&part=2&parts=2", {bob}, "long");
  object(alice);
  expect_refused(ask("&part=1&parts=2", {alice}, "long"), "batch_superseded");
  EXPECT_EQ(ask("&part=2&parts=2", {bob}, "long").headers, other.headers);
}

TEST_F(Repeat, PartsAreOfOneQuestion) {
  ASSERT_EQ(ask("&part=1&parts=3", {alice}, "long").status, 200);
  EXPECT_EQ(code(ask("&part=1&parts=3", {bob}, "long")), "batch_id_reused");
  EXPECT_EQ(code(ask("&part=3&parts=4", {bob}, "long")), "batch_id_reused");
  EXPECT_EQ(code(ask("&part=2&parts=3&purpose=PURPOSE_1", {bob}, "long")), "batch_id_reused");
}

TEST_F(Repeat, APartThatComesWhenTheFirstAnswersHaveExpiredIsRefused) {
  ASSERT_EQ(ask("&part=1&parts=3", {alice}, "slow").status, 200);
  clock.advance_seconds(book->decision_valid_seconds + 1);
  const auto before = events();
  expect_refused(ask("&part=2&parts=3", {alice}, "slow"), "batch_expired");
  expect_refused(ask("&part=1&parts=3", {alice}, "slow"), "batch_expired");
  EXPECT_EQ(events(), before);
}

}  // namespace
}  // namespace ishi::api

// What holds for every kind of write: bodies, keys, sources, trailers, all or nothing.
#include <gtest/gtest.h>

#include "tests/api/writes/desk.h"

namespace ishi::api::testing {
namespace {

TEST(Request, EachLineIsAnsweredInItsPlace) {
  Desk desk;
  const Answered answered =
      desk.post_text(kNotices, notice(1).dump() + "\n{broken\n\n" + notice(2).dump() + "\n", "application/x-ndjson");
  EXPECT_EQ(answered.status, 200);
  EXPECT_EQ(answered.body["accepted"], 2);
  EXPECT_EQ(answered.body["rejected"], 1);
  EXPECT_EQ(answered.body["repeated"], false);
  EXPECT_EQ(answered.body["position"], 2);
  EXPECT_EQ(answered.position, "2");
  EXPECT_EQ(answered.body["registered_at"], "2026-07-01T12:00:00.000000+09:00");
  EXPECT_EQ(answered.line(0), nlohmann::json({{"line", 1}, {"status", "accepted"}, {"receipt", 0}}));
  EXPECT_EQ(answered.line(1)["line"], 2);
  EXPECT_EQ(answered.line(1)["status"], "rejected");
  EXPECT_EQ(answered.code(1), "malformed_row");
  EXPECT_FALSE(answered.line(1)["detail"].get<std::string>().empty());
  EXPECT_EQ(answered.line(2)["line"], 4);
  EXPECT_EQ(answered.receipt(2), 1u);
}

TEST(Request, TheHeaderNamesTheReceiptsOfAllLines) {
  Desk desk;
  EXPECT_EQ(desk.post(kNotices, {notice(1)}).receipts, "0");
  EXPECT_EQ(desk.post(kNotices, {notice(2), notice(3), notice(4)}, {{"Idempotency-Key", "k"}}).receipts, "1-3");
  EXPECT_EQ(desk.post(kNotices, {notice(2), notice(3), notice(4)}, {{"Idempotency-Key", "k"}}).receipts, "1-3")
      << "again";
  EXPECT_EQ(desk.post_text(kNotices, "", "application/x-ndjson").receipts, "");
  EXPECT_EQ(desk.post_text(kNotices, "{broken\n", "application/x-ndjson").receipts, "");
}

TEST(Request, CsvIsAsGoodAsJson) {
  Desk desk;
  const std::string body =
      "\xEF\xBB\xBF"
      "insurer,symbol,number,branch,holder,regime,template,method,date\r\n"
      "01130012,21700023,1,00," +
      std::string(sample::kAoba) +
      ",NGMIA_ANON,anon-2024,N1,2026-06-01\r\n"
      "01130012,21700023,2,00," +
      std::string(sample::kAoba) + ",NGMIA_ANON,anon-2024,N9,2026-06-01\r\n";
  const Answered answered = desk.post_text(kNotices, body, "text/csv");
  EXPECT_EQ(answered.status, 200);
  EXPECT_EQ(answered.line(0)["line"], 2);
  EXPECT_EQ(answered.receipt(0), 1u);  // the identity comes first
  EXPECT_EQ(answered.code(1), "value_unknown");
  EXPECT_EQ(answered.field(1), "method");
  EXPECT_NE(answered.line(1)["detail"].get<std::string>().find("N7"), std::string::npos);
  EXPECT_EQ(desk.event_count(), 2u);
}

TEST(Request, ACsvFileWithoutHeaderIsRefusedWithoutRepeatingIt) {
  Desk desk;
  const Answered answered = desk.post_text(kNotices, "21700023,21700023,x\n1,2,3\n", "text/csv");
  EXPECT_EQ(answered.status, 400);
  EXPECT_EQ(answered.body["code"], "csv_header");
  EXPECT_EQ(answered.text.find("21700023"), std::string::npos);
}

TEST(Request, AnEmptyListIsFine) {
  Desk desk;
  const Answered answered = desk.post_text(kDeaths, "", "application/x-ndjson");
  EXPECT_EQ(answered.status, 200);
  EXPECT_EQ(answered.body["accepted"], 0);
  EXPECT_EQ(answered.body["results"].size(), 0u);
}

TEST(Request, OnlyRejectedLinesMayBeAskedFor) {
  Desk desk;
  nlohmann::json bad = notice(2);
  bad.erase("regime");
  const Answered answered = desk.post(kNotices, {notice(1), bad, notice(3)}, {}, "results=rejected");
  EXPECT_EQ(answered.body["accepted"], 2);
  ASSERT_EQ(answered.body["results"].size(), 1u);
  EXPECT_EQ(answered.line(0)["line"], 2);
  EXPECT_EQ(answered.code(), "field_missing");
  EXPECT_EQ(answered.field(), "regime");
}

TEST(Request, AllOrNothingMeansNothingWhenOneLineIsBad) {
  Desk desk;
  nlohmann::json bad = notice(2);
  bad["date"] = "2026-06-31";
  const Answered answered = desk.post(kNotices, {notice(1), bad}, {{"Idempotency-Key", "k"}}, "atomic=true");
  EXPECT_EQ(answered.status, 422);
  EXPECT_EQ(answered.body["code"], "atomic_rejected");
  EXPECT_EQ(answered.body["accepted"], 0);
  EXPECT_EQ(answered.body["rejected"], 1);
  ASSERT_EQ(answered.body["results"].size(), 1u);
  EXPECT_EQ(answered.line(0)["line"], 2);
  EXPECT_EQ(answered.code(), "date_format");
  EXPECT_EQ(desk.event_count(), 0u);
  EXPECT_EQ(desk.post(kNotices, {notice(1), notice(2)}, {{"Idempotency-Key", "k"}}, "atomic=true").status, 200)
      << "a refused request does not use up its key";
}

TEST(Request, AllRejectedWritesNothing) {
  Desk desk;
  nlohmann::json bad = notice(2);
  bad["regime"] = "NGMIA";
  const Answered answered = desk.post(kNotices, bad, {{"Ishi-Source", "letters"}, {"Ishi-Source-Seq", "1"}});
  EXPECT_EQ(answered.status, 422);
  EXPECT_EQ(answered.body["code"], "all_rejected");
  EXPECT_EQ(answered.code(), "unknown_regime");
  EXPECT_NE(answered.line(0)["detail"].get<std::string>().find("NGMIA_ANON"), std::string::npos);
  EXPECT_TRUE(desk.log.sources().value().empty()) << "the mended batch will come under the same number";
}

TEST(Request, TheSameKeyGivesTheSameAnswer) {
  Desk desk;
  nlohmann::json bad = notice(2);
  bad["method"] = "PUBLIC_ONLY";
  const Answered first = desk.post(kNotices, {notice(1), bad}, {{"Idempotency-Key", "k"}});
  desk.clock.set("2026-07-02T12:00:00+09:00");
  desk.post(kNotices, notice(9));
  Answered again = desk.post(kNotices, {notice(1), bad}, {{"Idempotency-Key", "k"}});
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.repeated, "true");
  EXPECT_EQ(again.body["repeated"], true);
  again.body["repeated"] = false;
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(desk.event_count(), 2u);
}

TEST(Request, ARepeatedWithdrawalIsNotToldThatItIsTooLate) {
  Desk desk;
  const Answered objection = desk.post(kObjections, {{"token", token_text(1)}});
  const nlohmann::json line = {
      {"token", token_text(1)}, {"objection", objection.receipt()}, {"birth_date", "1980-04-01"}};
  const Answered first = desk.post(kWithdrawals, line, {{"Idempotency-Key", "w"}});
  EXPECT_EQ(first.status, 200);
  const Answered again = desk.post(kWithdrawals, line, {{"Idempotency-Key", "w"}});
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.receipt(), first.receipt());
}

TEST(Request, TheSameKeyForSomethingElseIsAConflict) {
  Desk desk;
  EXPECT_EQ(desk.post(kDeaths, {{"token", token_text(1)}, {"date", "2026-06-01"}}, {{"Idempotency-Key", "k"}}).status,
            200);
  EXPECT_EQ(desk.post(kDeaths, {{"token", token_text(2)}, {"date", "2026-06-01"}}, {{"Idempotency-Key", "k"}}).status,
            409);
  Desk other;
  const nlohmann::json both = {{"token", token_text(1)}};
  EXPECT_EQ(other.post(kObjections, both, {{"Idempotency-Key", "k"}}).status, 200);
  EXPECT_EQ(other.post(kConsents, both, {{"Idempotency-Key", "k"}}).status, 409) << "another door, another request";
  other.principal.id = "somebody-else";
  EXPECT_EQ(other.post(kObjections, {{"token", token_text(3)}}, {{"Idempotency-Key", "k"}}).status, 200);
}

TEST(Request, AGapInAFeedIsTold) {
  Desk desk;
  const auto send = [&](int number) {
    return desk.post(kNotices, notice(number),
                     {{"Ishi-Source", "ward-3"}, {"Ishi-Source-Seq", std::to_string(number)}});
  };
  EXPECT_FALSE(send(1).body.contains("gap_from"));
  const Answered jumped = send(4);
  EXPECT_EQ(jumped.status, 200);
  EXPECT_EQ(jumped.body["gap_from"], 2);
  EXPECT_EQ(send(4).status, 409);
  const auto sources = desk.log.sources().value();
  ASSERT_EQ(sources.size(), 1u);
  EXPECT_EQ(sources[0].source, "aoba-machine/ward-3") << "callers keep books of their own";
}

TEST(Request, ATrailerMustAgree) {
  Desk desk;
  const std::string two = notice(1).dump() + "\n" + notice(2).dump() + "\n";
  const auto send = [&](const std::string& body, Headers headers = {}) {
    return desk.post_text(kNotices, body, "application/x-ndjson", std::move(headers));
  };
  EXPECT_EQ(send(two, {{"Ishi-Source-Count", "3"}}).body["code"], "trailer_mismatch");
  EXPECT_EQ(send(two + "{\"trailer\":{\"count\":1}}\n").status, 422);
  EXPECT_EQ(send("{\"trailer\":{\"count\":2}}\n" + two).status, 422) << "a trailer is the last line";
  EXPECT_EQ(desk.event_count(), 0u);
  EXPECT_EQ(send(two + "{\"trailer\":{\"count\":2}}\n", {{"Ishi-Source-Count", "2"}}).body["accepted"], 2);
  const Answered csv =
      desk.post_text(kDeaths, "token,date\n" + token_text(1) + ",2026-06-01\n#TRAILER,1\n", "text/csv");
  EXPECT_EQ(csv.status, 200);
  EXPECT_EQ(csv.body["results"].size(), 1u);
}

TEST(Request, TooManyLinesAreToldToComeInParts) {
  Desk desk;
  desk.limits.lines_max = 2;
  const Answered answered = desk.post(kNotices, {notice(1), notice(2), notice(3)});
  EXPECT_EQ(answered.status, 413);
  EXPECT_EQ(answered.body["code"], "too_many_lines");
  EXPECT_EQ(desk.event_count(), 0u);
}

TEST(Request, SpeaksTheCallersLanguage) {
  Desk desk;
  nlohmann::json bad = notice(1);
  bad["date"] = "2027-01-01";
  const Answered japanese = desk.post(kNotices, bad, {{"Accept-Language", "ja"}});
  EXPECT_EQ(japanese.line(0)["detail"], "日付が未来です。");
  EXPECT_EQ(japanese.code(), "date_in_future");
  EXPECT_EQ(desk.post(kNotices, bad).line(0)["detail"], "The date lies in the future.");
}

TEST(Request, BadHeadersAndParametersAreNamed) {
  Desk desk;
  EXPECT_EQ(desk.post(kNotices, notice(1), {{"Idempotency-Key", "a b"}}).body["code"], "bad_header");
  EXPECT_EQ(desk.post(kNotices, notice(1), {{"Idempotency-Key", std::string(201, 'x')}}).status, 400);
  EXPECT_EQ(desk.post(kNotices, notice(1), {{"Ishi-Source", "x"}}).status, 400);
  EXPECT_EQ(desk.post(kNotices, notice(1), {{"Ishi-Source-Seq", "1"}}).status, 400);
  EXPECT_EQ(desk.post(kNotices, notice(1), {{"Ishi-Source", "x"}, {"Ishi-Source-Seq", "0"}}).status, 400);
  EXPECT_EQ(desk.post(kNotices, notice(1), {{"Ishi-Source", "x"}, {"Ishi-Source-Seq", "-1"}}).status, 400);
  EXPECT_EQ(desk.post(kNotices, notice(1), {{"Ishi-Source-Count", "many"}}).status, 400);
  EXPECT_EQ(desk.post(kNotices, notice(1), {}, "atomic=yes").body["code"], "invalid_parameter");
  EXPECT_EQ(desk.post(kNotices, notice(1), {}, "results=none").status, 400);
  EXPECT_EQ(desk.post_text(kNotices, notice(1).dump(), "text/plain").status, 415);
  EXPECT_EQ(desk.event_count(), 0u);
}

TEST(Request, AStoreThatIsAwayIsTold) {
  Desk desk;
  Request request;
  request.headers = {{"Content-Type", "application/json"}};
  const std::string body = notice(1).dump();
  request.body = body;
  class Away final : public StatusSource {
   public:
    Result<View> view(const Freshness&) const override { return fail(ErrorKind::kNotFreshYet, "not_fresh_yet", ""); }
    Result<View> view_at(Position) const override { return fail(ErrorKind::kUnavailable, "away", ""); }
    Result<void> decide_all(const View&, const Question&, std::span<const Token>, std::span<const TokenForms>,
                            std::span<ReasonCode>) const override {
      return fail(ErrorKind::kUnavailable, "away", "");
    }
    Result<Match> find(const View&, const Token&, const TokenForms*) const override {
      return fail(ErrorKind::kUnavailable, "away", "");
    }
  } away;
  EXPECT_EQ(
      Writes({desk.log, away, desk.tokenizer, desk.clock, desk.log}).handle(kNotices, request, desk.principal).status,
      503);
  EXPECT_EQ(desk.event_count(), 0u);
}

TEST(Request, ABigLoadIsOneAppend) {
  Desk desk;
  std::string body = "token,holder,regime,template,method,date\n";
  for (int i = 0; i < 10'000; ++i) {
    body += token_text(i) + "," + sample::kAoba + ",NGMIA_ANON,anon-2024,N1,2026-06-01\n";
  }
  const Answered answered =
      desk.post_text(kNotices, body, "text/csv", {{"Idempotency-Key", "load"}}, "results=rejected");
  EXPECT_EQ(answered.status, 200);
  EXPECT_EQ(answered.body["accepted"], 10'000);
  EXPECT_EQ(answered.body["results"].size(), 0u);
  EXPECT_EQ(desk.event_count(), 10'000u);
}

}  // namespace
}  // namespace ishi::api::testing

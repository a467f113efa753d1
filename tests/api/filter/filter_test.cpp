#include <random>

#include "registry/merkle/sha256.h"
#include "tests/api/filter/hospital_day.h"

namespace ishi::api {
namespace {

constexpr const char* kBinary = "application/octet-stream";

struct Filter : HospitalDay {};

TEST_F(Filter, ReturnsOnlyTheTokensThatMayBeUsedInOrder) {
  const Response response = filter("", kBinary, bytes_of({bob, alice, carol, alice, dave}));
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(response.content_type, kBinary);
  EXPECT_EQ(response.body, bytes_of({alice, alice}));
}

TEST_F(Filter, TellsReasonsAsOneByteEach) {
  const Response response = filter("&answer=reasons", kBinary, bytes_of({alice, bob, carol, dave}));
  ASSERT_EQ(response.body.size(), 4u);
  EXPECT_EQ(response.body[0], static_cast<char>(ReasonCode::kAllow));
  EXPECT_EQ(response.body[1], static_cast<char>(ReasonCode::kDenyOptout));
  EXPECT_EQ(response.body[2], static_cast<char>(ReasonCode::kDenyUnknown));
  EXPECT_EQ(response.body[3], static_cast<char>(ReasonCode::kDenyWaiting));
}

TEST_F(Filter, BitmapCountsFromTheLowEndAndIsForTokensOnly) {
  const Response response =
      filter("&answer=bitmap", kBinary, bytes_of({alice, bob, alice, bob, bob, bob, bob, bob, alice}));
  ASSERT_EQ(response.body.size(), 2u);
  EXPECT_EQ(response.body[0], 0b101);
  EXPECT_EQ(response.body[1], 0b1);
  EXPECT_EQ(filter("&answer=bitmap", "text/plain", "x\n").status, 400);
}

TEST_F(Filter, CountsAddUpToTheLines) {
  const Response response = filter("&answer=counts", kBinary, bytes_of({alice, bob, carol, dave, dave}));
  const auto got = json(response);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(got["lines"], 5);
  EXPECT_EQ(got["counts"]["ALLOW"], 1);
  EXPECT_EQ(got["counts"]["DENY_WAITING"], 2);
  std::uint64_t sum = 0;
  for (const auto& [name, value] : got["counts"].items()) sum += value.get<std::uint64_t>();
  EXPECT_EQ(sum, 5u);
  EXPECT_EQ(got["batch_id"], header(response, "Ishi-Batch-Id"));
  EXPECT_EQ(got["decision_digest"], header(response, "Ishi-Decision-Digest"));
  ASSERT_EQ(observed.size(), 1u);
  EXPECT_EQ(observed[0][0], 1u);
}

TEST_F(Filter, SaysWhereInTheLogItSpeaksOf) {
  const auto before = events();
  const Response response = filter("", kBinary, bytes_of({alice}));
  EXPECT_EQ(header(response, "Ishi-Position"), std::to_string(before));
  EXPECT_EQ(header(response, "Ishi-Evaluated-At"), "2026-11-20T12:00:00.000000+09:00");
  EXPECT_EQ(header(response, "Ishi-Valid-Until"), "2026-11-21T12:00:00.000000+09:00");
  EXPECT_EQ(header(response, "Ishi-Decision-Digest"), to_hex(sha256(as_bytes(std::string_view("\0", 1)))));
  EXPECT_EQ(header(response, "Ishi-Batch-Id").size(), 32u);
}

TEST_F(Filter, ACutOffUploadChangesNothing) {
  const auto before = events();
  const Response response = filter("", kBinary, std::string(33, 'x'));
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(code(response), "length_invalid");
  EXPECT_NE(response.body.find("33"), std::string::npos);
  EXPECT_EQ(events(), before);
}

TEST_F(Filter, LinesComeBackByteForByteWithTheirEnds) {
  const std::string alice_line = alice.reveal_hex(), bob_line = bob.reveal_hex();
  std::string upper = alice_line;
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  const std::string body = alice_line + "\r\n" + bob_line + "\n" + upper + "\n\n" + kAliceCard +
                           "\n０６１３９４６３：12:345:01\nnonsense\n" + kAliceCard;
  const Response response = filter("", "text/plain; charset=utf-8", body);
  EXPECT_EQ(response.body, alice_line + "\r\n" + upper + "\n" + kAliceCard + "\n" + kAliceCard);
  const Response reasons = filter("&answer=reasons", "text/plain", body);
  EXPECT_EQ(reasons.body,
            "1,ALLOW\n2,DENY_OPTOUT\n3,ALLOW\n4,INVALID_ID\n5,ALLOW\n6,INVALID_ID\n7,INVALID_ID\n8,ALLOW\n");
}

TEST_F(Filter, TextInAnotherCharsetIsNotReadAsIfItWereUtf8) {
  for (const char* type : {"text/plain", "text/csv", "application/x-ndjson"})
    EXPECT_EQ(filter("", std::string(type) + "; charset=Shift_JIS", kAliceCard).status, 415) << type;
  EXPECT_EQ(filter("", "Text/Plain; charset=\"UTF-8\"", kAliceCard).body, kAliceCard);
}

TEST_F(Filter, AMyNumberIsInvalidAndNeverEchoed) {
  const std::string my_number = "123456789018";
  const Response text = filter("&answer=reasons", "text/plain", my_number + "\n06139463:12:" + my_number + ":01\n");
  EXPECT_EQ(text.body, "1,INVALID_ID\n2,INVALID_ID\n");
  const Response csv = filter("&answer=reasons", "text/csv",
                              "insurer,symbol,number,branch\n06139463,12," + my_number + ",01\n06139463,12,345,01\n");
  EXPECT_EQ(csv.body, "insurer,symbol,number,branch,code\n,,,,INVALID_ID\n06139463,12,345,01,ALLOW\n");
  EXPECT_EQ(csv.body.find(my_number), std::string::npos);
}

TEST_F(Filter, CsvKeepsItsHeaderAndItsBytes) {
  const std::string head = "\xEF\xBB\xBFid,\"token\",note\r\n",
                    kept = "1," + alice.reveal_hex() + ",\"two\r\nlines\"\r\n";
  const Response response = filter("", "text/csv", head + kept + "2," + bob.reveal_hex() + ",x\r\n3,broken,\r\n4\r\n");
  EXPECT_EQ(response.body, head + kept);
  EXPECT_EQ(last_run().counts[static_cast<std::size_t>(ReasonCode::kInvalidId)], 2u);
}

TEST_F(Filter, CsvWithoutUsableColumnsIsRefusedAsAWhole) {
  EXPECT_EQ(code(filter("", "text/csv", "name,number\nx,1\n")), "csv_header_invalid");
  EXPECT_EQ(code(filter("", "text/csv", "")), "csv_header_invalid");
}

TEST_F(Filter, NdjsonRowsSayTheirLines) {
  const std::string kept = "{\"token\":\"" + alice.reveal_hex() + "\",\"claim\":7}\n";
  const std::string body =
      kept + "not json\n{\"insurer\":6139463,\"number\":\"345\"}\n{\"token\":\"" + bob.reveal_hex() + "\"}\n";
  EXPECT_EQ(filter("", "application/x-ndjson", body).body, kept);
  EXPECT_EQ(
      filter("&answer=reasons", "application/x-ndjson", body).body,
      "{\"line\":1,\"code\":\"ALLOW\"}\n{\"line\":2,\"code\":\"INVALID_ID\"}\n{\"line\":3,\"code\":\"INVALID_ID\"}\n"
      "{\"line\":4,\"code\":\"DENY_OPTOUT\"}\n");
}

TEST_F(Filter, ATrailerThatDisagreesMeansACutOffUpload) {
  const std::string row = "{\"token\":\"" + alice.reveal_hex() + "\"}\n";
  EXPECT_EQ(filter("", "application/x-ndjson", row + "{\"trailer\":{\"count\":1}}\n").status, 200);
  const auto cut_off = filter("", "application/x-ndjson", row + "{\"trailer\":{\"count\":20000001}}\n");
  EXPECT_EQ(code(cut_off), "trailer_mismatch");
  EXPECT_EQ(cut_off.body.find("20000001"), std::string::npos) << "a number that stands there may be a person's";
}

TEST_F(Filter, EachRowMayNameItsHolder) {
  who = {"operator", Role::kOperatorBatch, {}, sample::kSakura, {}};
  notified(carol, "2026-06-01", sample::kChidori);
  const auto row = [](const Token& token, std::string_view holder) {
    return token.reveal_hex() + "," + std::string(holder) + "\n";
  };
  const std::string head = "token,holder\n";
  const std::string body = head + row(alice, sample::kAoba) + row(alice, sample::kChidori) +
                           row(carol, sample::kChidori) + row(carol, sample::kAoba) + row(alice, "9999999999") +
                           row(alice, "");
  EXPECT_EQ(filter("", "text/csv", body).body,
            head + row(alice, sample::kAoba) + row(carol, sample::kChidori) + row(alice, ""));
  EXPECT_EQ(code(filter("", "text/csv", body + row(alice, sample::kFuji))), "too_many_holders");
}

TEST_F(Filter, RowsOfAnotherHospitalAreForbidden) {
  const Response response =
      filter("", "text/csv", "token,holder\n" + alice.reveal_hex() + "," + sample::kChidori + "\n");
  EXPECT_EQ(response.status, 403);
  EXPECT_NE(response.body.find("line 2"), std::string::npos);
}

TEST_F(Filter, AnEmptyBodyIsAnAnswerToo) {
  for (const char* type : {kBinary, "text/plain", "application/x-ndjson"}) {
    const Response response = filter("&answer=counts", type, "");
    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(json(response)["lines"], 0);
  }
}

TEST_F(Filter, QuestionsThatCannotBeAnsweredNameTheParameter) {
  Request request;
  request.method = Method::kPost;
  request.headers.emplace_back("Content-Type", "text/plain");
  for (const auto& [query, expected] : std::vector<std::pair<std::string, std::string>>{
           {"", "missing_parameter"},
           {"?regime=NOPE&holder=1312345679", "unknown_regime"},
           {"?regime=NGMIA_ANON&categories=RECEIPT&purpose=FUN", "unknown_purpose"},
           {"?regime=NGMIA_ANON&categories=LAB,SOUL", "unknown_category"},
           {"?regime=NGMIA_ANON", "categories_needed"},
           {"?regime=NGMIA_ANON&categories=RECEIPT&recipient=OP-NOBODY", "unknown_recipient"},
           {"?regime=NGMIA_ANON&categories=RECEIPT&point=F6", "invalid_parameter"},
           {"?regime=NGMIA_ANON&categories=RECEIPT&answer=everything", "invalid_parameter"},
           {"?regime=NGMIA_ANON&categories=RECEIPT&as_of=yesterday", "invalid_parameter"},
           {"?regime=NGMIA_ANON&categories=RECEIPT&as_of=2026-11-21", "in_the_future"},
           {"?regime=NGMIA_ANON&categories=RECEIPT&known_at=-1", "invalid_parameter"},
           {"?regime=NGMIA_ANON&categories=RECEIPT&dry_run=true", "invalid_parameter"},
           {"?regime=NGMIA_ANON&categories=RECEIPT&part=1&parts=2", "missing_parameter"},
           {"?regime=NGMIA_ANON&categories=RECEIPT&part=3&parts=2", "invalid_parameter"},
           {"?regime=NGMIA_ANON&categories=RECEIPT&override=LAW", "ground_missing"},
           {"?regime=NGMIA_ANON&categories=RECEIPT&override=MAGIC&ground=x", "unknown_override"},
           {"?regime=NGMIA_ANON&categories=RECEIPT&ground=123456789018", "my_number_refused"},
           {"?regime=NGMIA_ANON&categories=RECEIPT&ground=as%20agreed%20with%201234-5678-9018%20on%20Monday",
            "my_number_refused"},
           {"?regime=NGMIA_ANON&categories=RECEIPT&ground=" + std::string(400, 'x') + "%20123456789018",
            "my_number_refused"},
           {"?regime=NGMIA_ANON&categories=RECEIPT&permit_id=P123456789018", "my_number_refused"},
           {"?regim=NGMIA_ANON", "unknown_parameter"}}) {
    Request asked = request;
    const Response response = router.handle("/v1/filter" + query, asked).response;
    EXPECT_EQ(response.status, 400) << query;
    EXPECT_EQ(code(response), expected) << query;
  }
  for (const auto& [name, value] : {std::pair{"Ishi-Max-Staleness", "soon"},
                                    {"Ishi-At-Least", "x"},
                                    {"Ishi-Batch-Id", "a b"},
                                    {"Ishi-Max-Staleness", "86401"}})
    EXPECT_EQ(code(filter("", "text/plain", "", {{name, value}})), "invalid_parameter") << name;
}

TEST_F(Filter, FreshnessIsPassedOnAndToldWhenLoosened) {
  source.staleness = std::chrono::microseconds(2'500'000);
  EXPECT_EQ(header(filter("", "text/plain", ""), "Ishi-Staleness"), "");
  EXPECT_FALSE(source.asked.staleness_max);
  const Response loose = filter("", "text/plain", "", {{"ishi-max-staleness", "60"}, {"Ishi-At-Least", "3"}});
  EXPECT_EQ(header(loose, "Ishi-Staleness"), "3");
  EXPECT_EQ(source.asked.staleness_max, std::chrono::seconds(60));
  EXPECT_EQ(source.asked.at_least, Position(3));
  filter("", "text/plain", "", {{"Ishi-Max-Staleness", "0"}});
  EXPECT_FALSE(source.asked.staleness_max) << "0 is strict";
}

TEST_F(Filter, WithoutFreshnessThereIsNoAnswer) {
  source.broken = Error{ErrorKind::kNotFreshYet, "not_fresh_yet", "deadline"};
  const auto before = events();
  const Response response = filter("", kBinary, bytes_of({alice}));
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(header(response, "Retry-After"), "1");
  EXPECT_EQ(events(), before);
}

TEST_F(Filter, WithoutEvidenceThereIsNoAnswer) {
  source.after_deciding = [this] { log.break_with(Error{ErrorKind::kOutcomeUnknown, "outcome_unknown", "x"}); };
  const Response response = filter("", kBinary, bytes_of({alice}));
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(code(response), "outcome_unknown");
  EXPECT_TRUE(observed.empty());
}

TEST_F(Filter, AnExceptionIsRecordedWithItsGround) {
  const Response response =
      filter("&override=LAW&ground=court%20order%207&permit_id=P-1&answer=reasons", kBinary, bytes_of({bob, alice}));
  EXPECT_EQ(response.body, std::string("\x0F\x00", 2));
  EXPECT_EQ(last_run().override_code, "LAW");
  EXPECT_EQ(last_run().ground, "court order 7");
  EXPECT_EQ(last_run().details->permit_id, "P-1");
  who.role = Role::kHolderAdmin;
  EXPECT_EQ(filter("&override=LAW&ground=x", kBinary, "").status, 403);
}

// ---- evidence and repetition

TEST_F(Filter, EveryRunIsInTheLogBeforeItIsAnswered) {
  const auto before = events();
  const std::string body = bytes_of({alice, bob});
  const Response response = filter("&purpose=PURPOSE_5&point=F1", kBinary, body);
  ASSERT_EQ(events(), before + 1);
  const FilterRun run = last_run();
  EXPECT_EQ(run.batch_id, header(response, "Ishi-Batch-Id"));
  EXPECT_EQ(run.regime, "NGMIA_ANON");
  EXPECT_EQ(run.holder, sample::kAoba);
  EXPECT_EQ(run.recipient, sample::kSakura);
  EXPECT_EQ(run.purpose, "PURPOSE_5");
  EXPECT_EQ(run.filter_point, "F1");
  EXPECT_EQ(run.categories, (std::vector<std::string>{"LAB", "RECEIPT"}));
  EXPECT_EQ(run.input_digest, sha256(as_bytes(body)));
  EXPECT_EQ(to_hex(run.output_digest), header(response, "Ishi-Decision-Digest"));
  EXPECT_EQ(run.counts[0], 1u);
  EXPECT_EQ(run.counts[1], 1u);
  EXPECT_EQ(run.position, Position(before));
  EXPECT_EQ(run.as_of, clock.now());
  EXPECT_EQ(run.details, (RunDetails{1, RunForm::kTokens, RunTold::kReasons, 0, ""}));
}

TEST_F(Filter, SaysWhichEventIsItsReceiptTheSameOnARepeat) {
  const std::vector<std::pair<std::string, std::string>> named = {{"Ishi-Batch-Id", "b-1"}};
  const Response first = filter("", kBinary, bytes_of({alice}), named);
  EXPECT_EQ(header(first, "Ishi-Receipt"), std::to_string(events() - 1));
  EXPECT_EQ(last_run().batch_id, "b-1");
  object(bob);
  const auto before = events();
  EXPECT_EQ(header(filter("", kBinary, bytes_of({alice}), named), "Ishi-Receipt"), header(first, "Ishi-Receipt"));
  EXPECT_EQ(events(), before);
  EXPECT_EQ(header(filter("&answer=counts&dry_run=true", kBinary, bytes_of({alice})), "Ishi-Receipt"), "");
}

TEST_F(Filter, TheSameBatchIdForSomethingElseIsAConflict) {
  const std::string body = bytes_of({alice});
  EXPECT_EQ(filter("", kBinary, body, {{"Ishi-Batch-Id", "b"}}).status, 200);
  for (const Response& response : {filter("", kBinary, bytes_of({bob}), {{"Ishi-Batch-Id", "b"}}),
                                   filter("&purpose=PURPOSE_1", kBinary, body, {{"Ishi-Batch-Id", "b"}}),
                                   filter("", "text/plain", body, {{"Ishi-Batch-Id", "b"}})}) {
    EXPECT_EQ(response.status, 409);
    EXPECT_EQ(code(response), "batch_id_reused");
  }
  who.id = "aoba-other";
  EXPECT_EQ(filter("", kBinary, bytes_of({bob}), {{"Ishi-Batch-Id", "b"}}).status, 200) << "ids are each caller's own";
}

TEST_F(Filter, ADryRunLeavesNothing) {
  const auto before = events();
  const Response response = filter("&answer=counts&dry_run=true", kBinary, bytes_of({alice, bob}));
  EXPECT_EQ(json(response)["counts"]["DENY_OPTOUT"], 1);
  EXPECT_EQ(header(response, "Ishi-Batch-Id"), "");
  EXPECT_EQ(events(), before);
}

// A9: the objection was registered by a clock that runs ahead, within what clocks may differ.
TEST_F(Filter, TheTrueTimeIsNowAlsoWhereAClockRunsAhead) {
  clock.advance_seconds(3);
  object(alice);
  EXPECT_EQ(filter("&as_of=2026-11-20T12:00:00%2B09:00", kBinary, bytes_of({alice})).body, "");
}

// ---- who may learn what

TEST_F(Filter, AnOperatorNeverLearnsWhy) {
  who = {"sakura", Role::kOperatorBatch, {}, sample::kSakura, {}};
  EXPECT_EQ(filter("&answer=reasons", kBinary, bytes_of({bob})).status, 403);
  const Response one = filter("&answer=counts", kBinary, bytes_of({bob}));
  EXPECT_EQ(json(one)["counts"], (nlohmann::json{{"ALLOW", 0}, {"WITHHELD", 1}, {"INVALID_ID", 0}, {"OVERRIDE", 0}}));
  const Response other = filter("&answer=counts", kBinary, bytes_of({carol}));
  EXPECT_EQ(header(one, "Ishi-Decision-Digest"), header(other, "Ishi-Decision-Digest"))
      << "a digest must not tell either";
  EXPECT_NE(header(one, "Ishi-Decision-Digest"),
            header(filter("", kBinary, bytes_of({alice})), "Ishi-Decision-Digest"));
  EXPECT_EQ(filter("&answer=bitmap", kBinary, bytes_of({alice})).body, "\x01");
}

TEST_F(Filter, AnOperatorsRunIsRecordedAsItMayKnowIt) {
  who = {"sakura", Role::kOperatorBatch, {}, sample::kSakura, {}};
  const Response response =
      filter("", "text/plain", std::string(kAliceCard) + "\n" + bob.reveal_hex() + "\n" + carol.reveal_hex() + "\n?\n");
  ASSERT_EQ(response.status, 200) << response.body;
  const FilterRun run = last_run();
  EXPECT_EQ(to_hex(run.output_digest), header(response, "Ishi-Decision-Digest"));
  EXPECT_EQ(to_hex(run.output_digest), to_hex(sha256(as_bytes(std::string("\1\0\0\0", 4)))));
  EXPECT_EQ(run.details, (RunDetails{1, RunForm::kText, RunTold::kUse, 2, ""}));
  std::array<std::uint64_t, kReasonCodeCount> counts{};
  counts[0] = 1;
  counts[14] = 1;
  EXPECT_EQ(run.counts, counts) << "neither counts nor digest tell the objection from the unknown person";
}

TEST_F(Filter, AnOperatorAsksForItselfOnly) {
  who = {"ume", Role::kOperatorBatch, {}, sample::kUme, {}};
  EXPECT_EQ(code(filter("", kBinary, bytes_of({alice}))), "foreign_recipient");
}

TEST_F(Filter, AHospitalAsksForItsOwnPatientsOnly) {
  who.holder = sample::kChidori;
  EXPECT_EQ(code(filter("", kBinary, bytes_of({alice}))), "foreign_holder");
}

TEST_F(Filter, ARegulatorsReplayLeavesNoTrace) {
  who = {"ministry", Role::kAuditorMinister, {}, {}, {}};
  const auto before = events();
  const Response response = filter("&answer=reasons", kBinary, bytes_of({alice, bob}), {{"Ishi-Batch-Id", "replay"}});
  EXPECT_EQ(response.body, std::string("\x00\x01", 2));
  EXPECT_EQ(events(), before);
}

TEST_F(Filter, ARegulatorReplaysWhatSomebodyElseClaimedThen) {
  const std::string body = bytes_of({bob, alice});
  const Response run = filter("&override=LAW&ground=court%20order%207&permit_id=P-1&answer=reasons", kBinary, body);
  ASSERT_EQ(run.status, 200);
  const std::string then = "&known_at=" + header(run, "Ishi-Position") + "&as_of=2026-11-20T12:00:00%2B09:00";
  object(alice);
  for (const Role role : {Role::kAuditorMinister, Role::kAuditorPpc, Role::kAuditorGovernor}) {
    who = {"auditor", role, {}, {}, "13"};
    const auto before = events();
    const Response again = filter("&override=LAW&ground=court%20order%207&answer=reasons" + then, kBinary, body);
    EXPECT_EQ(again.body, run.body) << again.body;
    EXPECT_EQ(header(again, "Ishi-Decision-Digest"), header(run, "Ishi-Decision-Digest"));
    EXPECT_EQ(header(again, "Ishi-Use-Digest"), to_hex(sha256(as_bytes("\1\1"))));
    EXPECT_EQ(header(again, "Ishi-Receipt"), "");
    EXPECT_EQ(events(), before);
    EXPECT_EQ(filter("&override=LAW&ground=x", kBinary, body).status, 403) << "today it may claim nothing";
  }
}

TEST_F(Filter, NobodyElseMayAsk) {
  for (const Role role :
       {Role::kPublic, Role::kPatient, Role::kRegistryOps, Role::kDeskClerkHolder, Role::kCallAgent}) {
    who.role = role;
    EXPECT_EQ(filter("", kBinary, "").status, role == Role::kPublic ? 401 : 403);
  }
}

TEST_F(Filter, HostileBodiesAreAnsweredRowByRow) {
  const auto seed = std::random_device{}();
  std::mt19937 random(seed);
  const std::string pieces[] = {"\n",
                                "\r\n",
                                ",",
                                "\"",
                                ":",
                                "{",
                                "}",
                                "\xFF",
                                std::string(1, '\0'),
                                "06139463:12:345:01",
                                alice.reveal_hex(),
                                "123456789018",
                                "{\"token\":\"x\"}",
                                "token,holder\n",
                                "\xE5\x8D\x83",
                                std::string(300, 'a')};
  for (int round = 0; round < 400; ++round) {
    std::string body;
    for (std::size_t i = 0, n = random() % 30; i < n; ++i) body += pieces[random() % std::size(pieces)];
    for (const char* type : {"text/plain", "text/csv", "application/x-ndjson"}) {
      const Response response = filter("&answer=counts&dry_run=true", type, body);
      ASSERT_TRUE(response.status == 200 || response.status == 400) << "seed " << seed << " " << response.body;
      if (response.status != 200) continue;
      const auto got = json(response);
      std::uint64_t sum = 0;
      for (const auto& [name, value] : got["counts"].items()) sum += value.get<std::uint64_t>();
      ASSERT_EQ(sum, got["lines"].get<std::uint64_t>()) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace ishi::api

// The whole route table over a log in memory: policy, health, sources, the contract and its manual.
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "api/server/openapi.h"
#include "api/server/routes.h"
#include "cache/tasks/owed_receipts.h"
#include "registry/merkle/sha256.h"
#include "tests/api/filter/status_over_log.h"
#include "tests/support/fake_clock.h"
#include "tests/support/feed_all.h"
#include "tests/support/paths.h"
#include "tests/support/sample_book.h"

namespace ishi::api {
namespace {

std::string file_text(const std::string& path) {
  std::ifstream file(ishi::testing::source_folder() + "/" + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<PolicyDocument> shipped_documents() {
  std::vector<PolicyDocument> documents;
  for (const char* name : {"regimes.toml", "option_2_2.toml"})
    documents.push_back({name, file_text(std::string("ops/policy/") + name)});
  return documents;
}

struct Doors : ::testing::Test {
  ishi::testing::FakeClock clock{"2026-11-20T12:00:00+09:00"};
  ishi::testing::MemoryLog log{clock};
  ishi::testing::StatusOverLog status{log, clock, std::make_shared<PolicyBook>(sample::book())};
  Tokenizer tokenizer = *Tokenizer::create("test", as_bytes("0123456789abcdef0123456789abcdef"));
  FilterHandler filter{status, log, tokenizer, {}};
  Writes writes{WritePorts{log, status, tokenizer, clock, log}};
  Changes changes{log, status};
  Recalls recalls{log, status};
  PolicyHandler policy{log, status};
  IntakeHandler intake{log, status, clock};
  cache::OwedReceipts owed;
  Tasks tasks{status, owed, std::chrono::seconds(1)};
  ErasureHandler erasures{log, status, std::chrono::seconds(1)};
  std::uint64_t lag = 0;
  std::string_view objection;
  Health health{log, status, [this] { return lag; }, 10, [this] { return objection; }};
  Metrics metrics;
  Principal who{"ops", Role::kRegistryOps, {}, {}, {}};
  Router router{[this](const Request&) -> Result<Principal> {
    Principal known = who;
    if (const auto view = status.view({})) known.book = view->book;
    return known;
  }};

  Doors() {
    router.set_gate([this](Action action) { return health.closed(action); });
    add_routes(router,
               Handlers{filter, writes, changes, recalls, policy, erasures, health, metrics, log, intake, tasks},
               1 << 20);
  }

  Response ask(Method method, std::string_view target, std::string_view body = {},
               std::vector<std::pair<std::string, std::string>> headers = {}) {
    Request request;
    request.method = method;
    request.body = body;
    request.headers = std::move(headers);
    request.headers.emplace_back("Content-Type", "application/json");
    return router.handle(target, request).response;
  }
  static nlohmann::json json(const Response& response) { return nlohmann::json::parse(response.body); }
  static std::string documents_body(const std::vector<PolicyDocument>& documents) {
    nlohmann::json json;
    for (const auto& document : documents)
      json["documents"].push_back({{"name", document.name}, {"text", document.text}});
    return json.dump();
  }
};

TEST_F(Doors, APolicyIsPublishedWholeAndReadBack) {
  const auto documents = shipped_documents();
  EXPECT_EQ(json(ask(Method::kPost, "/v1/policy?check=true", documents_body(documents)))["valid"], true);
  EXPECT_EQ(log.head()->position, Position(0));
  const Response published = ask(Method::kPost, "/v1/policy", documents_body(documents), {{"Idempotency-Key", "k"}});
  ASSERT_EQ(published.status, 200) << published.body;
  EXPECT_EQ(json(published)["position"], 1);
  EXPECT_EQ(ask(Method::kPost, "/v1/policy", documents_body(documents), {{"Idempotency-Key", "k"}}).body,
            published.body);
  EXPECT_EQ(log.head()->position, Position(1)) << "the same key publishes once";
  const auto current = json(ask(Method::kGet, "/v1/policy"));
  EXPECT_EQ(current["documents"][0]["text"], documents[0].text);
}

TEST_F(Doors, AFaultyPolicyIsToldLineByLine) {
  const Response response = ask(Method::kPost, "/v1/policy", documents_body({{"bad.toml", "[[regime]]\ncode = 7\n"}}));
  EXPECT_EQ(response.status, 422);
  const auto got = json(response);
  EXPECT_EQ(got["code"], "policy_invalid");
  ASSERT_FALSE(got["complaints"].empty());
  EXPECT_EQ(got["complaints"][0]["document"], "bad.toml");
  EXPECT_EQ(log.head()->position, Position(0));
  for (const char* body : {"", "[]", "{\"documents\":{}}", "{\"documents\":[]}",
                           "{\"documents\":[{\"name\":1,\"text\":\"\"}]}", "{\"documents\":[\"x\"],\"y\":1}"})
    EXPECT_EQ(ask(Method::kPost, "/v1/policy", body).status, 400) << body;
}

TEST_F(Doors, OnlyOpsPublish) {
  for (const Role role : {Role::kAuditorMinister, Role::kHolderAdmin, Role::kRegistryKeyholder}) {
    who.role = role;
    EXPECT_EQ(ask(Method::kPost, "/v1/policy", "{}").status, 403);
  }
}

TEST(KeyHashes, AreTakenOutForThoseWhoMayNotPublish) {
  PolicyBook book;
  const std::string hash(64, 'a');
  book.callers.emplace("x", Caller{"x", Role::kHolderBatch, hash, "", "", "", {}});
  EXPECT_EQ(without_key_hashes("k = \"" + hash + "\" K='" + std::string(64, 'A') + "'", book),
            "k = \"" + std::string(64, '0') + "\" K='" + std::string(64, '0') + "'");
}

TEST_F(Doors, TheFirstPolicyIsPublishedIntoAnEmptyLogOnly) {
  EXPECT_TRUE(*policy.publish_first(shipped_documents()));
  EXPECT_FALSE(*policy.publish_first(shipped_documents()));
  EXPECT_EQ(log.head()->position, Position(1));
  ishi::testing::MemoryLog other(clock);
  EXPECT_FALSE(PolicyHandler(other, status).publish_first({{"bad.toml", "x"}}));
}

TEST_F(Doors, ReadinessNeedsPolicyDatabaseAndNearness) {
  EXPECT_EQ(ask(Method::kGet, "/healthz").body, "{\"status\":\"ok\"}\n");
  EXPECT_EQ(ask(Method::kGet, "/readyz").status, 200);
  lag = 11;
  EXPECT_EQ(ask(Method::kGet, "/readyz").status, 503);
  lag = 0;
  status.broken = Error{ErrorKind::kUnavailable, "no_policy", ""};
  EXPECT_EQ(json(ask(Method::kGet, "/readyz"))["policy"], false);
  status.broken = std::nullopt;
  health.stopping();
  EXPECT_EQ(json(ask(Method::kGet, "/readyz"))["status"], "not_ready");
  EXPECT_EQ(ask(Method::kGet, "/healthz").status, 200);
}

TEST_F(Doors, WhileTheLogIsNotTheSignedOneNothingIsAnsweredFromItNorAddedToIt) {
  for (const char* why : {"log_shorter", "log_forked", "log_unchecked"}) {
    objection = why;
    const auto readiness = ask(Method::kGet, "/readyz");
    EXPECT_EQ(readiness.status, 503);
    EXPECT_EQ(json(readiness)["log"], why);
    const std::string code = std::string(why) == "log_unchecked" ? why : "log_refused";
    for (const Role role : {Role::kHolderAdmin, Role::kRegistryOps, Role::kAuditorPpc}) {
      who.role = role;
      for (const Route& route : router.routes()) {
        if (!may(role, route.action)) continue;
        const auto reply = ask(route.method, route.pattern);
        const bool open = route.action == Action::kReadHealth || route.action == Action::kReadMetrics ||
                          route.action == Action::kReadLog;
        if (open)
          EXPECT_EQ(reply.body.find("log_refused"), std::string::npos) << route.pattern;
        else
          EXPECT_EQ(json(reply)["code"], code) << route.pattern;
      }
    }
    EXPECT_EQ(ask(Method::kGet, "/healthz").status, 200);
  }
  objection = "";
  EXPECT_EQ(ask(Method::kGet, "/readyz").status, 200);
  EXPECT_EQ(json(ask(Method::kGet, "/readyz"))["log"], "whole");
  EXPECT_EQ(ask(Method::kGet, "/v1/sources").status, 200);
}

TEST_F(Doors, ReadinessSeesADatabaseThatIsAway) {
  log.break_with(Error{ErrorKind::kUnavailable, "store_away", ""});
  status.broken = Error{ErrorKind::kUnavailable, "store_away", ""};
  EXPECT_EQ(json(ask(Method::kGet, "/readyz"))["database"], false);
}

TEST_F(Doors, AnErasureIsOrderedByTheKeyholderAloneAndSaysOnWhatGround) {
  const Token person = *Token::parse_hex("000102030405060708090a0b0c0d0e0f");
  const auto say = [&](EventBody body) {
    AppendRequest append;
    append.caller = "desk";
    append.bodies.push_back(std::move(body));
    return log.append(std::move(append))->first.value();
  };
  const auto notice = say(NoticeGiven{person, "H", "R", "T", NoticeMethod::kHanded, CivilDate::of(2026, 9, 1), ""});
  const auto wish = say(Objection{person, {}, RequesterKind::kSelf, "", {}, PastData::kStopOnly, Channel::kPortal, {}});
  const auto order = [&](const std::string& body) {
    return ask(Method::kPost, "/v1/erasures", body, {{"Idempotency-Key", "k" + body.substr(0, 12)}});
  };
  const std::string good = "{\"event\":" + std::to_string(notice) + ",\"ground\":\"wrong person\"}";
  EXPECT_EQ(order(good).status, 403) << "not for REGISTRY_OPS";
  who = {"keyholder", Role::kRegistryKeyholder, {}, {}, {}};
  for (const char* body :
       {"", "[]", "{\"event\":0}", "{\"event\":-1,\"ground\":\"x\"}", "{\"event\":0,\"ground\":\" \"}",
        "{\"event\":0,\"ground\":\"a\\nb\"}", "{\"event\":0,\"ground\":\"x\",\"more\":1}"})
    EXPECT_EQ(ask(Method::kPost, "/v1/erasures", body).status, 400) << body;
  EXPECT_EQ(ask(Method::kPost, "/v1/erasures", "{\"event\":99,\"ground\":\"x\"}").status, 404);
  EXPECT_EQ(
      json(ask(Method::kPost, "/v1/erasures", "{\"event\":" + std::to_string(wish) + ",\"ground\":\"x\"}"))["code"],
      "not_erasable");
  EXPECT_EQ(log.head()->position.events(), wish + 1) << "a refused order leaves nothing behind";

  const Response ordered = order(good);
  ASSERT_EQ(ordered.status, 200) << ordered.body;
  EXPECT_EQ(json(ordered)["record"], wish + 1);
  const auto record = log.read(EventIndex(wish + 1), 1)->front().event;
  EXPECT_EQ(record.body, EventBody(RecordErased{EventIndex(notice), "wrong person"}));
  EXPECT_EQ(record.caller, "keyholder");
  EXPECT_EQ(order(good).body, ordered.body) << "sent again with its key";
  EXPECT_EQ(json(ask(Method::kPost, "/v1/erasures", good))["code"], "already_erased");
}

TEST_F(Doors, ThePermitOfTheContractIsRegisteredAsItStandsThere) {
  const auto book = std::const_pointer_cast<PolicyBook>(status.view({})->book);
  Regime health_data = book->regimes.at("PUBDB_NDB");
  health_data.code = "EHDS_71";
  health_data.cutoff = Cutoff::kPermitApprovalTime;
  book->regimes.emplace(health_data.code, health_data);
  const std::string example =
      nlohmann::json::parse(
          openapi_document())["paths"]["/v1/permits"]["post"]["requestBody"]["content"]["application/json"]["example"]
          .dump();
  EXPECT_EQ(ask(Method::kPost, "/v1/permits", example).status, 403) << "that is not for those who run the registry";
  who = {"reviewer", Role::kReviewer, {}, {}, {}};
  const Response registered = ask(Method::kPost, "/v1/permits", example);
  ASSERT_EQ(registered.status, 200) << registered.body;
  const auto event = log.read(EventIndex(0), 1)->front().event;
  const auto& permit = std::get<PermitApproved>(event.body);
  EXPECT_EQ(permit.permit_id, "P-2029-17");
  EXPECT_EQ(permit.exception, "LAW");
}

TEST_F(Doors, TheObjectionOfTheContractAndItsDocumentAreRecordedAsTheyStandThere) {
  const auto contract = nlohmann::json::parse(openapi_document());
  const auto example = [&](const char* path) {
    return contract["paths"][path]["post"]["requestBody"]["content"]["application/json"]["example"];
  };
  const Response told = ask(Method::kPost, "/v1/notices", example("/v1/notices").dump());
  ASSERT_EQ(told.status, 200) << told.body;
  const std::uint64_t letter = json(told)["results"][0]["receipt"];
  const auto notice = std::get<NoticeGiven>(log.read(EventIndex(letter), 1)->front().event.body);
  ASSERT_TRUE(notice.details);
  EXPECT_EQ(notice.details->posted_on, CivilDate::of(2026, 11, 10));
  EXPECT_EQ(notice.details->evidence, NoticeEvidence::kPostingList);
  const Response objected = ask(Method::kPost, "/v1/objections", example("/v1/objections").dump());
  ASSERT_EQ(objected.status, 200) << objected.body;
  const std::uint64_t number = json(objected)["results"][0]["receipt"];
  const auto wish = std::get<Objection>(log.read(EventIndex(number), 1)->front().event.body);
  ASSERT_TRUE(wish.reception && wish.reception->on_behalf);
  EXPECT_EQ(wish.reception->accepted_by, "窓口3");
  EXPECT_EQ(wish.reception->on_behalf->relation, "PARENT");
  auto document = example("/v1/receipts");
  document["objection"] = std::to_string(number);
  document.erase("consent_at");
  const Response refused = ask(Method::kPost, "/v1/receipts", document.dump());
  EXPECT_EQ(json(refused)["results"][0]["code"], "receipt_consent_needed") << refused.body;
  document["consent_at"] = to_iso(clock.now());
  const Response given = ask(Method::kPost, "/v1/receipts", document.dump());
  ASSERT_EQ(given.status, 200) << given.body;
  const std::uint64_t at = json(given)["results"][0]["receipt"];
  const auto receipt = std::get<ReceiptIssued>(log.read(EventIndex(at), 1)->front().event.body);
  EXPECT_EQ(receipt.objection, EventIndex(number));
  EXPECT_EQ(receipt.form, ReceiptForm::kElectronic);
  EXPECT_EQ(receipt.token, wish.token);
  who.role = Role::kAuditorMinister;
  EXPECT_EQ(ask(Method::kPost, "/v1/receipts", document.dump()).status, 403);
}

TEST_F(Doors, TheDocumentOfAnObjectionIsATaskUntilItIsGiven) {  // T22
  const auto owed_now = [&](std::string_view query = "") {
    ishi::testing::feed_all(log, owed);
    return json(ask(Method::kGet, "/v1/tasks" + std::string(query)));
  };
  const std::string token(32, 'a'), other(32, 'b');
  const std::string digest(64, '0');
  ask(Method::kPost, "/v1/objections", R"({"token":")" + token + R"("})");
  ask(Method::kPost, "/v1/objections",
      R"({"token":")" + other + R"(","electronic_receipt_agreed_at":"2026-11-19T12:00:00+09:00"})");
  auto tasks_now = owed_now();
  ASSERT_EQ(tasks_now["tasks"].size(), 2U) << tasks_now;
  EXPECT_EQ(tasks_now["tasks"][0], (nlohmann::json{{"task", "receipt"},
                                                   {"objection", 0},
                                                   {"number", "0-0"},
                                                   {"token", token},
                                                   {"accepted_at", to_iso(clock.now())},
                                                   {"form", "PAPER"}}));
  EXPECT_EQ(tasks_now["tasks"][1]["form"], "ELECTRONIC");
  const std::string receipt =
      R"({"token":")" + token + R"(","objection":"0","document_digest":")" + digest + R"(","form":)";
  EXPECT_EQ(ask(Method::kPost, "/v1/receipts", receipt + R"("ELECTRONIC"})").status, 422);
  EXPECT_EQ(owed_now()["tasks"].size(), 2U) << "without consent it stays to be printed";
  EXPECT_EQ(ask(Method::kPost, "/v1/receipts", receipt + R"("PAPER"})").status, 200);
  tasks_now = owed_now();
  ASSERT_EQ(tasks_now["tasks"].size(), 1U);
  EXPECT_EQ(tasks_now["tasks"][0]["token"], other);
  EXPECT_FALSE(tasks_now.contains("after"));
  EXPECT_EQ(owed_now("?limit=1")["after"], 1);
  EXPECT_TRUE(owed_now("?limit=1&after=1")["tasks"].empty());
  EXPECT_EQ(ask(Method::kGet, "/v1/tasks?limit=1001").status, 400);
  who = {"aoba-machine", Role::kHolderBatch, sample::kAoba, {}, {}};
  EXPECT_TRUE(owed_now()["tasks"].empty()) << "what others took in is theirs to give";
  who.role = Role::kCallAgent;
  EXPECT_EQ(ask(Method::kGet, "/v1/tasks").status, 403);
}

TEST_F(Doors, APolicyThatSaysWhatHasNoEffectIsNotPublished) {
  auto documents = shipped_documents();
  const std::string cutoff = "cutoff = \"PERMIT_APPROVAL_TIME\"";
  const auto at = documents[0].text.find(cutoff);
  ASSERT_NE(at, std::string::npos);
  documents[0].text.replace(at, cutoff.size(), "cutoff = \"COLLECTION_TIME\"");
  EXPECT_EQ(json(ask(Method::kPost, "/v1/policy", documents_body(documents)))["complaints"].size(), 1u);
  EXPECT_TRUE(read_policy(documents).book) << "one that a log holds is read";
}

TEST_F(Doors, SourcesShowTheirGaps) {
  AppendRequest batch;
  batch.caller = "feed";
  batch.sequence = SourceSequence{"insurer-1", 3};
  ASSERT_TRUE(log.append(batch));
  const auto got = json(ask(Method::kGet, "/v1/sources"));
  EXPECT_EQ(got["sources"][0]["source"], "insurer-1");
  EXPECT_EQ(got["sources"][0]["gaps"][0]["from"], 1);
  EXPECT_EQ(got["sources"][0]["gaps"][0]["to"], 2);
}

TEST_F(Doors, MetricsAreForOpsAndRegulators) {
  EXPECT_EQ(ask(Method::kGet, "/metrics").status, 200);
  who.role = Role::kPublic;
  EXPECT_EQ(ask(Method::kGet, "/metrics").status, 401);
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(c));
  return text;
}
std::string name_of_method(Method method) {
  return method == Method::kGet ? "GET" : "POST";
}

TEST_F(Doors, TheContractListsExactlyTheRoutesAndParameters) {
  const auto contract = nlohmann::json::parse(openapi_document());
  EXPECT_EQ(contract["openapi"], "3.1.0");
  std::set<std::string> listed, served;
  for (const auto& [path, operations] : contract["paths"].items())
    for (const auto& [method, operation] : operations.items()) listed.insert(method + " " + path);
  for (const Route& route : router.routes()) {
    served.insert(lower(name_of_method(route.method)) + " " + route.pattern);
    const auto operation = contract["paths"][route.pattern][lower(name_of_method(route.method))];
    std::set<std::string> parameters;
    for (const auto& entry : operation.value("parameters", nlohmann::json::array())) {
      const auto parameter = entry.contains("$ref")
                                 ? contract[nlohmann::json::json_pointer(entry["$ref"].get<std::string>().substr(1))]
                                 : entry;
      if (parameter["in"] == "query") parameters.insert(parameter["name"]);
    }
    EXPECT_EQ(parameters, std::set<std::string>(route.query.begin(), route.query.end())) << route.pattern;
    for (const std::string& type : route.media_types)
      if (operation.contains("requestBody") && type != "application/ndjson" && type != "application/jsonl") {
        EXPECT_TRUE(operation["requestBody"]["content"].contains(type)) << route.pattern << " " << type;
      }
  }
  EXPECT_EQ(listed, served);
}

TEST_F(Doors, EveryReferenceInTheContractLeadsSomewhere) {
  const auto contract = nlohmann::json::parse(openapi_document());
  const std::string text(openapi_document());
  const std::regex reference("\"\\$ref\": \"#([^\"]+)\"");
  for (std::sregex_iterator at(text.begin(), text.end(), reference), end; at != end; ++at)
    EXPECT_TRUE(contract.contains(nlohmann::json::json_pointer((*at)[1].str()))) << (*at)[1];
}

TEST_F(Doors, TheReadmeNamesEveryRoute) {
  const std::string readme = file_text("api/README.md");
  for (const Route& route : router.routes())
    EXPECT_NE(readme.find(name_of_method(route.method) + " " + route.pattern), std::string::npos) << route.pattern;
}

}  // namespace
}  // namespace ishi::api

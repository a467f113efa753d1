// Framework option x door x role (LAW.md 9.1, 9.3): each cell is one request through the real route table, under the
// profile as it ships. The table stands in cases/doors.cases; a door, an option or a role without cells fails the test.
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "api/auth/doors.h"
#include "api/evidence/receipt_handler.h"
#include "api/server/routes.h"
#include "cache/tasks/owed_receipts.h"
#include "registry/policy/names.h"
#include "registry/policy/reading/policy_text.h"
#include "registry/ports/permits.h"
#include "tests/api/filter/status_over_log.h"
#include "tests/support/case_files.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_checkpoint_store.h"
#include "tests/support/memory_log.h"
#include "tests/support/paths.h"

namespace ishi::api {
namespace {

namespace fs = std::filesystem;

constexpr const char* kToken = "000102030405060708090a0b0c0d0e0f";

std::string shipped_text(const std::string& name) {
  std::ifstream file(ishi::testing::source_folder() + "/ops/policy/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Every profile that ships, by its code, in order.
std::vector<std::string> options() {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(ishi::testing::source_folder() + "/ops/policy"))
    if (entry.path().filename().string().starts_with("option_")) found.push_back(entry.path().stem().string());
  std::sort(found.begin(), found.end());
  return found;
}

constexpr const char* kParties = R"([[institution]]
code = "1312345679"
name = "hospital"
filing = [{ regime = "NGMIA_ANON", number = "1", valid_from = 2020-04-01 }]
[[operator]]
code = "LDI"
name = "a certified operator"
regimes = ["NGMIA_ANON", "NGMIA_PSEUDO", "NGMIA_LINK", "PUBDB_NDB"]
certified_from = 2019-12-19
[[operator]]
code = "STRANGER"
name = "an operator that shares no consortium"
regimes = ["NGMIA_ANON", "NGMIA_PSEUDO", "NGMIA_LINK", "PUBDB_NDB"]
certified_from = 2019-12-19
[[template]]
id = "letter"
regime = "NGMIA_ANON"
legal_version = "V2024"
effective_from = 2024-04-01
)";

std::shared_ptr<const PolicyBook> book_of(const std::string& option) {
  const std::vector<PolicyDocument> documents{{"regimes.toml", shipped_text("regimes.toml")},
                                              {"option.toml", shipped_text(option + ".toml")},
                                              {"parties.toml", kParties}};
  const PolicyReading reading = read_policy(documents, PolicySource::kHandedIn);
  for (const PolicyComplaint& complaint : reading.complaints)
    ADD_FAILURE() << complaint.document << ":" << complaint.line << " " << complaint.field << ": " << complaint.message;
  return reading.book;
}

struct Caller {
  std::string label;
  Principal who;
};
std::vector<Caller> callers() {
  std::vector<Caller> all;
  for (int number = 0; number <= static_cast<int>(Role::kPublic); ++number) {
    const Role role = static_cast<Role>(number);
    const std::string name(role_name(role));
    const auto add = [&](const std::string& more, const Principal& who) { all.push_back({name + more, who}); };
    switch (role) {
      case Role::kDeskClerkHolder:
      case Role::kHolderAdmin:
      case Role::kHolderBatch: add("", {"hospital", role, "1312345679", {}, {}}); break;
      case Role::kOperatorBatch:
      case Role::kOperatorAdmin:
        for (const char* code : {"LDI", "STRANGER"}) add(":" + std::string(code), {code, role, {}, code, {}});
        break;
      case Role::kAuditorMinister:
        for (const char* ministry : {"CAO", "MHLW", "METI", "MEXT"})
          add(":" + std::string(ministry), {ministry, role, {}, {}, {}, std::nullopt, ministry});
        break;
      case Role::kAuditorGovernor: add("", {"governor", role, {}, {}, "13"}); break;
      default: add("", {name, role, {}, {}, {}});
    }
  }
  return all;
}

// One option, one caller, every handler.
struct World {
  explicit World(std::shared_ptr<const PolicyBook> policy_book, const Principal& caller)
      : book(std::move(policy_book)), who(caller) {
    if (who.role != Role::kPublic) who.book = book;
    append(PolicyPublished{});
    NoticeGiven notice;
    notice.token = *Token::parse_hex(kToken);
    notice.holder = "1312345679";
    notice.regime = "NGMIA_ANON";
    notice.template_id = "letter";
    notice.date = CivilDate::of(2026, 6, 1);
    append(notice);
    for (const char* regime : {"NGMIA_ANON", "PUBDB_NDB"}) {
      PermitApproved permit;
      permit.token = permit_token("P-1");
      permit.permit_id = "P-1";
      permit.regime = regime;
      permit.purposes = {"PURPOSE_1"};
      permit.approved_at = clock.now();
      append(permit);
    }
    router.set_gate([this](Action action) { return health.closed(action); });
    add_routes(router,
               Handlers{filter, writes, changes, recalls, policy, erasures, health, metrics, log, intake, tasks},
               1 << 20);
    add_log_routes(router, log_handler, receipts);
  }
  void append(EventBody body) {
    AppendRequest request;
    request.bodies.push_back(std::move(body));
    request.caller = "somebody";
    ASSERT_TRUE(log.append(std::move(request)));
  }
  Response ask(Method method, const std::string& target, const std::string& body, const std::string& type) {
    Request request;
    request.method = method;
    request.body = body;
    if (!type.empty()) request.headers.emplace_back("Content-Type", type);
    return router.handle(target, request).response;
  }

  ishi::testing::FakeClock clock{"2026-11-20T12:00:00+09:00"};
  ishi::testing::MemoryLog log{clock};
  std::shared_ptr<const PolicyBook> book;
  Principal who;
  ishi::testing::StatusOverLog status{log, clock, book};
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
  Health health{log, status, [] { return std::uint64_t{0}; }, 10};
  Metrics metrics;
  ishi::testing::MemoryCheckpointStore store;
  LogHandler log_handler{log, store, {}};
  ReceiptHandler receipts{log_handler, [this] { return book; }};
  Router router{[this](const Request&) -> Result<Principal> { return who; }};
};

struct DoorRequest {
  Method method = Method::kGet;
  std::string pattern;  // of the route
  std::string target;
  std::string body = {}, type = {};
  bool bare = false;  // nothing is sent that could be answered; else an open door answers 200
};

const std::string kQuestion = "&holder=1312345679&categories=RECEIPT&purpose=PURPOSE_1";

DoorRequest question(const std::string& regime, const std::string& more) {
  return {Method::kPost, "/v1/filter", "/v1/filter?regime=" + regime + kQuestion + more, kToken + std::string("\n"),
          "text/plain"};
}
DoorRequest rows(const std::string& kind, const std::string& row) {
  return {Method::kPost, "/v1/" + kind, "/v1/" + kind, row, "application/json"};
}
std::string about(const std::string& more) {
  return "{\"token\":\"" + std::string(kToken) + "\"" + (more.empty() ? "" : "," + more) + "}";
}

// Each door by its name in the table.
std::map<std::string, DoorRequest> doors() {
  std::map<std::string, DoorRequest> all;
  for (const auto& [point, link] : {std::pair("F1", ""), {"F2", ":PUBDB_EMR"}, {"F3", ""}, {"F4", ""}, {"F5", ""}}) {
    for (const char* regime : {"NGMIA_ANON", "PUBDB_NDB"})
      all["POST /v1/filter at " + std::string(point) + " about " + regime] =
          question(regime, "&point=" + std::string(point) + link);
  }
  for (const char* regime : {"NGMIA_ANON", "PUBDB_NDB"})
    all["POST /v1/filter at F4 under a permit, about " + std::string(regime)] =
        question(regime, "&point=F4&permit_id=P-1");
  all["POST /v1/filter comparing the digest of a run"] =
      question("NGMIA_ANON", "&known_at=2&dry_run=true&answer=counts&point=F5");
  all["POST /v1/filter with reasons"] = question("NGMIA_ANON", "&answer=reasons&point=F1");
  all["GET /v1/status/{identifier}"] = {
      Method::kGet, "/v1/status/{identifier}",
      "/v1/status/" + std::string(kToken) + "?regime=NGMIA_ANON&point=F1" + kQuestion};
  const std::string notice =
      "\"regime\":\"NGMIA_ANON\",\"template\":\"letter\",\"method\":\"N1\",\"date\":\"2026-11-01\"";
  all["POST /v1/notices of a holder"] = rows("notices", about("\"holder\":\"1312345679\"," + notice));
  all["POST /v1/notices of the state"] = rows("notices", about(notice));
  all["POST /v1/visits"] = rows("visits", about("\"holder\":\"1312345679\",\"date\":\"2026-11-01\""));
  all["POST /v1/objections"] = rows("objections", about("\"birth_date\":\"1980-01-01\""));
  all["POST /v1/receipts"] = rows(
      "receipts", about("\"objection\":1,\"form\":\"PAPER\",\"document_digest\":\"" + std::string(64, 'a') + "\""));
  all["POST /v1/withdrawals"] = rows("withdrawals", about("\"all\":true,\"birth_date\":\"1980-01-01\""));
  all["POST /v1/consents"] = rows("consents", about("\"regimes\":[\"GENOME\"],\"holders\":[\"1312345679\"],"
                                                    "\"birth_date\":\"1980-01-01\""));
  all["POST /v1/links"] = rows("links", about("\"source\":\"S3\",\"other_token\":\"" + std::string(32, 'b') + "\""));
  all["POST /v1/splits"] = rows("splits", about("\"other_token\":\"" + std::string(32, 'b') + "\""));
  all["POST /v1/deaths"] = rows("deaths", about("\"date\":\"2026-11-01\""));
  all["POST /v1/permits without a cut-off"] =
      rows("permits", R"({"permit_id":"P-9","regime":"NGMIA_ANON","purposes":["PURPOSE_1"],"recipient":"LDI"})");
  all["POST /v1/policy"] = {Method::kPost, "/v1/policy", "/v1/policy?check=true", "{}", "application/json"};
  all["POST /v1/erasures"] = {Method::kPost, "/v1/erasures", "/v1/erasures", "{}", "application/json"};
  for (const char* path :
       {"/v1/tasks", "/v1/policy", "/v1/sources", "/v1/intake", "/healthz", "/readyz", "/openapi.json", "/metrics",
        "/log/checkpoint", "/log/vkey", "/v1/proofs/inclusion", "/v1/proofs/consistency"})
    all["GET " + std::string(path)] = {Method::kGet, path, path};
  for (const char* path : {"/v1/changes", "/v1/recalls"})
    all["GET " + std::string(path)] = {Method::kGet, path, path + std::string("?since=0")};
  all["GET /log/tile/{path...}"] = {Method::kGet, "/log/tile/{path...}", "/log/tile/0/000"};
  all["GET /v1/receipts/{index}"] = {Method::kGet, "/v1/receipts/{index}", "/v1/receipts/1"};
  for (const char* name : {"POST /v1/receipts", "POST /v1/withdrawals", "POST /v1/splits", "POST /v1/policy",
                           "POST /v1/erasures", "GET /log/checkpoint", "GET /log/vkey", "GET /log/tile/{path...}",
                           "GET /v1/proofs/inclusion", "GET /v1/proofs/consistency", "GET /v1/receipts/{index}"})
    all.at(name).bare = true;
  return all;
}

// What came of it: who closed the door, if somebody did.
std::string cell_of(const DoorRequest& door, const Response& response) {
  const auto json = nlohmann::json::parse(response.body, nullptr, false);
  std::string code = json.is_object() ? json.value("code", "") : "";
  if (json.is_object() && json.contains("results") && !json["results"].empty()) {
    const auto& line = json["results"][0];
    if (line.value("status", "") == "rejected") code = line.value("code", "");
  }
  static const std::map<std::string, std::string> kWords = {
      {"unauthenticated", "key"},      {"forbidden", "role"},
      {"closed_by_option", "option"},  {"permit_needed", "permit"},
      {"foreign_holder", "foreign"},   {"foreign_recipient", "foreign"},
      {"foreign_receipt", "foreign"},  {"tasks_not_yours", "foreign"},
      {"field_missing", "incomplete"}, {"regime_without_permits", "pointless"}};
  if (const auto word = kWords.find(code); word != kWords.end()) return word->second;
  if (response.status == 401 || response.status == 403) return code;
  if (!door.bare && response.status != 200) return std::to_string(response.status) + " " + code;
  return "open";
}

std::string padded(std::string text) {
  text.resize(std::max<std::size_t>(text.size() + 1, 11), ' ');
  return text;
}

// One line for all who are treated alike: a cell for each option, then their names.
std::vector<std::string> table_of(const DoorRequest& door,
                                  std::map<std::string, std::map<std::string, World>>& worlds) {
  std::vector<std::pair<std::string, std::string>> lines;  // cells, names
  for (const Caller& caller : callers()) {
    std::string cells;
    for (const std::string& option : options()) {
      World& world = worlds.at(option).at(caller.label);
      cells += padded(cell_of(door, world.ask(door.method, door.target, door.body, door.type)));
    }
    const auto alike = std::find_if(lines.begin(), lines.end(), [&](const auto& line) { return line.first == cells; });
    if (alike == lines.end())
      lines.emplace_back(cells, caller.label);
    else
      alike->second += " " + caller.label;
  }
  std::vector<std::string> text;
  for (const auto& [cells, names] : lines) text.push_back(cells + names);
  return text;
}

std::map<std::string, std::map<std::string, World>>& all_worlds() {
  static auto* worlds = [] {
    auto* made = new std::map<std::string, std::map<std::string, World>>;
    for (const std::string& option : options()) {
      const auto book = book_of(option);
      for (const Caller& caller : callers()) (*made)[option].try_emplace(caller.label, book, caller.who);
    }
    return made;
  }();
  return *worlds;
}

const std::string kFolder = ishi::testing::source_folder() + "/tests/api/server/cases";

TEST(Options, EveryCellOfTheTable) {
  ASSERT_EQ(options(), (std::vector<std::string>{"option_1", "option_2_1", "option_2_2", "option_3", "option_4"}));
  std::string header;
  for (const std::string& option : options()) header += padded(option);
  header.erase(header.find_last_not_of(' ') + 1);
  const auto all = doors();
  cases::judge_files_in(kFolder, [&](const cases::Case& one) -> std::vector<std::string> {
    const auto door = all.find(one.title);
    EXPECT_NE(door, all.end()) << "no door is called " << one.title;
    EXPECT_EQ(one.sentences, std::vector<std::string>{header}) << one.title << ": a column for each option";
    return door == all.end() ? std::vector<std::string>() : table_of(door->second, all_worlds());
  });
}

TEST(Options, NoRouteIsWithoutADoorNorADoorWithoutATable) {
  std::set<std::string> in_table, routes, opened;
  for (const auto& file : cases::files_in(kFolder))
    for (const cases::Case& one : cases::read(file)) EXPECT_TRUE(in_table.insert(one.title).second) << one.title;
  for (const auto& [name, door] : doors()) {
    EXPECT_TRUE(in_table.contains(name)) << name << " has no table";
    opened.insert(std::string(name_of(door.method)) + " " + door.pattern);
  }
  const Router& router = all_worlds().begin()->second.begin()->second.router;
  for (const Route& route : router.routes()) {
    const std::string name = std::string(name_of(route.method)) + " " + route.pattern;
    EXPECT_TRUE(opened.contains(name)) << name << " is a route and no door of the table leads to it";
    EXPECT_NE(route.action, Action::kUnassigned) << name;
    routes.insert(name);
  }
  EXPECT_EQ(opened, routes);
}

TEST(Options, EveryRoleComesToEveryDoor) {
  std::set<Role> seen;
  for (const Caller& caller : callers()) seen.insert(caller.who.role);
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(Role::kPublic) + 1);
}

TEST(Options, ARouteThatNamesNoActionIsOpenToNobody) {
  for (const Caller& caller : callers()) {
    World world{book_of("option_2_2"), caller.who};
    Route route;
    route.pattern = "/forgotten";
    route.handler = [](const Request&, const Principal&) { return Response{200, "text/plain", {}, "secret"}; };
    world.router.add(std::move(route));
    EXPECT_NE(world.ask(Method::kGet, "/forgotten", "", "").status, 200) << caller.label;
  }
}

TEST(Options, WithoutABookNoDoorThatAnOptionCouldCloseIsOpen) {
  Principal hospital{"hospital", Role::kHolderBatch, "1312345679", {}, {}};
  World world{book_of("option_2_2"), hospital};
  world.who.book = nullptr;
  const DoorRequest objection = doors().at("POST /v1/objections");
  EXPECT_EQ(world.ask(objection.method, objection.target, objection.body, objection.type).status, 503);
  EXPECT_EQ(world.ask(Method::kGet, "/healthz", "", "").status, 200);
}

}  // namespace
}  // namespace ishi::api

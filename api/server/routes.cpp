#include "api/server/routes.h"

#include <nlohmann/json.hpp>

#include "api/messages/problem.h"
#include "api/server/openapi.h"
#include "registry/assert.h"

namespace ishi::api {
namespace {

constexpr std::size_t kPolicyBytesMax = std::size_t{64} << 20;
constexpr std::size_t kErasureBytesMax = 4'096;

Action action_of(std::string_view kind) {
  if (kind == "notices") return Action::kWriteNotice;
  if (kind == "visits") return Action::kWriteVisit;
  if (kind == "objections" || kind == "receipts") return Action::kWriteObjection;
  if (kind == "withdrawals") return Action::kWriteWithdrawal;
  if (kind == "consents") return Action::kWriteConsent;
  if (kind == "links" || kind == "splits") return Action::kWriteLink;
  if (kind == "permits") return Action::kWritePermit;
  ISHI_ASSERT(kind == "deaths");
  return Action::kWriteDeath;
}

Response source_books(const EventLog& log, const Request& request) {
  const auto sources = log.sources();
  if (!sources) return problem_response(sources.error(), request);
  nlohmann::ordered_json json;
  json["sources"] = nlohmann::ordered_json::array();
  for (const IntakeSource& source : *sources) {
    nlohmann::ordered_json book{{"source", source.source},
                                {"highest_sequence", source.highest_sequence},
                                {"batches", source.batches},
                                {"events", source.events},
                                {"last_seen", to_iso(source.last_seen)}};
    book["gaps"] = nlohmann::ordered_json::array();
    for (const auto& [from, to] : source.gaps) book["gaps"].push_back({{"from", from}, {"to", to}});
    json["sources"].push_back(std::move(book));
  }
  return {200, "application/json", {}, json.dump() + "\n"};
}

}  // namespace

void add_routes(Router& router, const Handlers& handlers, std::size_t write_body_bytes_max) {
  const auto get = [&](std::string pattern, Action action, std::vector<std::string> query, Handler handler) {
    router.add({Method::kGet, std::move(pattern), action, std::move(query), {}, 0, std::move(handler)});
  };

  handlers.filter.add_routes(router);
  for (const WriteKind* kind : write_kinds())
    router.add({Method::kPost, "/v1/" + std::string(kind->name), action_of(kind->name), write_query_parameters(),
                write_media_types(), write_body_bytes_max,
                [kind, &writes = handlers.writes](const Request& request, const Principal& who) {
                  return writes.handle(*kind, request, who);
                }});
  get("/v1/changes", Action::kReadFeeds, {"since", "wait"},
      [&changes = handlers.changes](const Request& request, const Principal& who) {
        return changes.handle(request, who);
      });
  get("/v1/recalls", Action::kReadRecalls, {"since", "wait"},
      [&recalls = handlers.recalls](const Request& request, const Principal& who) {
        return recalls.handle(request, who);
      });
  get("/v1/tasks", Action::kWriteObjection, {"after", "limit"},
      [&tasks = handlers.tasks](const Request& request, const Principal& who) { return tasks.handle(request, who); });

  router.add({Method::kPost,
              "/v1/policy",
              Action::kPublishPolicy,
              {"check"},
              {"application/json"},
              kPolicyBytesMax,
              [&policy = handlers.policy](const Request& request, const Principal& who) {
                return policy.publish(request, who);
              }});
  router.add({Method::kPost,
              "/v1/erasures",
              Action::kErase,
              {},
              {"application/json"},
              kErasureBytesMax,
              [&erasures = handlers.erasures](const Request& request, const Principal& who) {
                return erasures.handle(request, who);
              }});
  get("/v1/policy", Action::kReadPolicy, {}, [&policy = handlers.policy](const Request& request, const Principal& who) {
    return policy.current(request, who);
  });
  get("/v1/sources", Action::kReadSources, {},
      [&log = handlers.log](const Request& request, const Principal&) { return source_books(log, request); });
  get("/v1/intake", Action::kReadIntake, {"attention", "source"},
      [&intake = handlers.intake](const Request& request, const Principal& who) {
        return intake.handle(request, who);
      });

  get("/healthz", Action::kReadHealth, {},
      [&health = handlers.health](const Request&, const Principal&) { return health.alive(); });
  get("/readyz", Action::kReadHealth, {},
      [&health = handlers.health](const Request&, const Principal&) { return health.ready(); });
  get("/openapi.json", Action::kReadHealth, {}, [](const Request&, const Principal&) {
    return Response{200, "application/json", {{"Cache-Control", "max-age=300"}}, std::string(openapi_document())};
  });
  get("/metrics", Action::kReadMetrics, {}, [&metrics = handlers.metrics](const Request&, const Principal&) {
    return Response{200, "text/plain; version=0.0.4; charset=utf-8", {}, metrics.text()};
  });
}

}  // namespace ishi::api

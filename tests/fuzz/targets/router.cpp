// Request targets: path and query are decoded once, and what is answered is whole and known.
#include "api/http/router.h"

#include <nlohmann/json.hpp>

#include "api/filter/ask.h"
#include "registry/text.h"
#include "tests/fuzz/fuzz.h"

namespace ishi::fuzz {
namespace {

api::Response asked(const api::Request& request, const api::Principal& principal) {
  for (const auto& [name, value] : request.query) FUZZ_MUST(utf8_valid(name) && utf8_valid(value));
  for (const auto& [name, value] : request.parameters) FUZZ_MUST(utf8_valid(value) && !value.empty());
  const auto ask = api::read_ask(request, principal);
  if (!ask) return {422, "text/plain", {}, ask.error().code};
  FUZZ_MUST(ask->part >= 1 && ask->part <= ask->parts && ask->parts <= api::kPartsMax);
  FUZZ_MUST(api::canonical_text(*ask) == api::canonical_text(*api::read_ask(request, principal)));
  return {200, "text/plain", {}, "asked"};
}

api::Router make_router() {
  api::Router router([](const api::Request&) {
    static const auto kBook = [] {
      auto book = std::make_shared<PolicyBook>();
      book->profile.batch_readers = {"HOLDER"};
      return book;
    }();
    return Result<api::Principal>(
        api::Principal{.id = "hospital", .role = Role::kHolderBatch, .holder = "1310000001", .book = kBook});
  });
  router.add({api::Method::kGet, "/v1/status/{token}", api::Action::kStatus, api::status_parameters(), {}, 0, asked});
  router.add({api::Method::kGet, "/v1/{a}/b/{c}", api::Action::kStatus, api::filter_parameters(), {}, 0, asked});
  router.add({api::Method::kGet, "/log/tile/{rest...}", api::Action::kReadLog, {"from"}, {}, 0, asked});
  return router;
}

const Registration kTarget("router", [](std::string_view input) {
  static const api::Router kRouter = make_router();
  api::Request request;
  request.method = take_choice(input, 8) == 0 ? api::Method::kPost : api::Method::kGet;
  const api::Answer answer = kRouter.handle(input, request);
  const int status = answer.response.status;
  FUZZ_MUST(answer.failure.empty());
  FUZZ_MUST(status == 200 || (status >= 400 && status < 500));
  if (answer.response.content_type == "application/problem+json")
    FUZZ_MUST(nlohmann::json::accept(answer.response.body));
});

}  // namespace
}  // namespace ishi::fuzz

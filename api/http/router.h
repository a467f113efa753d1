// Router: the route table. A handler is a plain function of (Request, Principal); what it needs of the request is
// declared in its Route and checked here, once, before it runs:
//   path and method   404 not_found; 405 method_not_allowed with Allow. HEAD runs the GET route; OPTIONS answers Allow.
//   credentials       PrincipalSource; 401 unauthenticated, 403 forbidden when may(role, action) says no
//   door              403 closed_by_option when the framework option in force does not let them in (auth/doors.h)
//   gate              503 while the service must not speak (operations/health); the code says why
//   query             a name that is not listed: 400 unknown_parameter, naming it and listing the known ones;
//                     a name given twice: 400 repeated_parameter; bad percent-encoding: 400 bad_encoding
//   body              413 body_too_large with the limit in bytes; 415 unsupported_media_type with the list
// A request line is resolved once: resolve() finds the route, and handle() runs what resolve() found.
// Segments and query values are percent-decoded exactly once, here ('+' stays '+'; the result must be UTF-8
// without NUL). Immutable once serving; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/auth/permissions.h"
#include "api/auth/principal.h"
#include "api/messages/message.h"
#include "registry/result.h"

namespace ishi::api {

using Handler = std::function<Response(const Request&, const Principal&)>;
// Who asks? An error becomes 401 (kUnauthenticated) or 503 (kUnavailable, kNotFreshYet: no policy, or the log is away).
using PrincipalSource = std::function<Result<Principal>(const Request&)>;

// Is there a reason not to serve this action just now? Asked for every permitted request; must be fast.
using Gate = std::function<std::optional<Error>(Action)>;

// Which threads answer. One thread answers many requests of kFastPath in a row, so their handler must take
// microseconds. It is called first with Request::at_once_until set, then, if it answered 503, without. kUsual has
// worker threads, which may block. Large bodies have threads of their own, whatever the route.
enum class Lane : std::uint8_t { kUsual, kFastPath };

struct Route {
  Method method = Method::kGet;
  std::string pattern;                   // "/v1/status/{token}"; a last "{name...}" takes the rest of the path
  Action action = Action::kUnassigned;   // a route that names none is open to nobody
  std::vector<std::string> query;        // parameters it knows
  std::vector<std::string> media_types;  // accepted Content-Type, without parameters; empty: it takes no body
  std::size_t body_bytes_max = 0;        // 0: it takes no body
  Handler handler;
  Lane lane = Lane::kUsual;
  std::size_t literal_size = 0;  // of the pattern before its first '{'; the router's own
};

constexpr std::size_t kCapturesMax = 4;  // segments in braces in one pattern

// Who answers a request line. Its views point into the target that was resolved and into the route.
struct RouteMatch {
  struct Capture {
    std::string_view name, raw;  // of the pattern; as received, still percent-encoded
  };
  const Route* route = nullptr;  // null: no route has this method and path
  std::string_view path, query;  // before and after the first '?'
  std::array<Capture, kCapturesMax> captures;
  std::size_t capture_count = 0;

  // The largest body that may follow this request line, so that the server can refuse before it reads. 0: no route.
  std::size_t body_bytes_max() const { return route ? route->body_bytes_max : 0; }
  Lane lane() const { return route ? route->lane : Lane::kUsual; }
  std::string_view pattern() const { return route ? std::string_view(route->pattern) : std::string_view(); }
};

struct Answer {
  Response response;
  std::string_view route;  // the pattern that matched, for metrics and logs (paths hold tokens); empty if none did
  std::string failure;     // the type that a handler threw, for the log; what() may quote personal data
};

class Router {
 public:
  explicit Router(PrincipalSource principal_of);
  // REQUIRES: before serving; no two routes with the same method and pattern.
  void add(Route route);
  void set_gate(Gate gate) { gate_ = std::move(gate); }  // before serving

  // `target` is the request target as received ("/v1/status/ab%3A?regime=…"). It must outlive the match.
  RouteMatch resolve(Method method, std::string_view target) const;

  // Fills path, parameters and query of `request`, then runs the route. REQUIRES: `match` is of this request's method.
  // Never throws: what a handler throws becomes 500 internal_error.
  Answer handle(const RouteMatch& match, Request& request) const;
  Answer handle(std::string_view target, Request& request) const {
    return handle(resolve(request.method, target), request);
  }

  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::string allow(std::string_view path) const;
  Response answer_without_route(const Request& request) const;  // 404, 405, or what OPTIONS asks for
  Response checked(const Route& route, std::string_view query, Request& request) const;

  PrincipalSource principal_of_;
  Gate gate_;
  std::vector<Route> routes_;
};

}  // namespace ishi::api

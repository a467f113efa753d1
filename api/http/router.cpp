#include "api/http/router.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <set>
#include <tuple>
#include <typeinfo>
#include <utility>

#include "api/auth/doors.h"
#include "api/messages/problem.h"
#include "registry/assert.h"
#include "registry/text.h"

namespace ishi::api {
namespace {

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), [](char c) { return c > 0 && c < 0x7F && c != '%'; }))
    return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const auto high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
    if (!high || !low) return std::nullopt;
    out += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  if (out.find('\0') != std::string::npos || !utf8_valid(out)) return std::nullopt;
  return out;
}

std::pair<std::string_view, std::string_view> split_at(std::string_view text, char mark) {
  const auto at = text.find(mark);
  if (at == std::string_view::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

// Takes the first segment off a path that starts with '/'.
std::string_view next_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

// Does the path have the pattern's form? Notes in `match`, if there is one, what stands at its braces.
bool match_path(std::string_view pattern, std::string_view path, RouteMatch* match) {
  while (!pattern.empty() && !path.empty()) {
    std::string_view expected = next_segment(pattern);
    const bool capture = expected.size() > 2 && expected.front() == '{';
    const bool rest = capture && expected.ends_with("...}");
    const std::string_view whole = path.substr(1);
    const std::string_view found = next_segment(path);
    if (!capture) {
      if (expected != found) return false;
      continue;
    }
    if (found.empty()) return false;
    if (rest) path = {};
    if (!match) continue;
    expected.remove_prefix(1);
    expected.remove_suffix(rest ? 4 : 1);
    match->captures[match->capture_count++] = {expected, rest ? whole : found};
  }
  return pattern.empty() && path.empty();
}

// False: a segment is not percent-encoded UTF-8.
bool read_parameters(const RouteMatch& match, Request& request) {
  for (std::size_t i = 0; i < match.capture_count; ++i) {
    const auto value = percent_decoded(match.captures[i].raw);
    if (!value) return false;
    request.parameters.insert_or_assign(std::string(match.captures[i].name), *value);
  }
  return true;
}

// Tells most routes apart without taking the path to pieces: what stands before the first '{' must be there.
bool may_match(std::string_view literal, std::string_view path) {
  return path.size() >= literal.size() && path[literal.size() - 1] == literal.back() && path.starts_with(literal);
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out.empty() ? "none" : out;
}

Problem bad_encoding(std::string_view where) {
  return {400, "bad_encoding", "The " + std::string(where) + " is not percent-encoded UTF-8.", {}, {}};
}

std::string media_type_of(const Request& request) {
  std::string type(split_at(request.header("Content-Type"), ';').first);
  while (!type.empty() && type.back() == ' ') type.pop_back();
  for (char& c : type)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return type;
}

// Fills request.query from the text behind '?', or says what is wrong with it.
std::optional<Problem> read_query(const Route& route, std::string_view text, Request& request) {
  while (!text.empty()) {
    const auto [pair, remainder] = split_at(text, '&');
    text = remainder;
    if (pair.empty()) continue;
    const auto [raw_name, raw_value] = split_at(pair, '=');
    const auto name = percent_decoded(raw_name), value = percent_decoded(raw_value);
    if (!name || !value) return bad_encoding("query");
    if (std::find(route.query.begin(), route.query.end(), *name) == route.query.end())
      return Problem{400,
                     "unknown_parameter",
                     "'" + *name + "' is not a parameter of this route. Known: " + joined(route.query) + ".",
                     {{"parameter", *name}, {"known", route.query}},
                     {}};
    if (!request.query.emplace(*name, *value).second)
      return Problem{400, "repeated_parameter", "'" + *name + "' was given twice.", {{"parameter", *name}}, {}};
  }
  return std::nullopt;
}

// Fills request.media_type, or says what is wrong with the body.
std::optional<Problem> check_body(const Route& route, Request& request) {
  if (request.body_too_large || request.body.size() > route.body_bytes_max) {
    const auto limit = static_cast<std::int64_t>(route.body_bytes_max);
    return Problem{413,
                   "body_too_large",
                   limit == 0 ? "This route takes no body."
                              : "A body may have at most " + std::to_string(limit) + " bytes. Send it in parts.",
                   {{"limit_bytes", limit}},
                   {}};
  }
  if (route.media_types.empty()) return std::nullopt;
  const std::string type = media_type_of(request);
  if (const auto taken = std::find(route.media_types.begin(), route.media_types.end(), type);
      taken != route.media_types.end()) {
    request.media_type = *taken;
    return std::nullopt;
  }
  return Problem{
      415,
      "unsupported_media_type",
      (type.empty() ? std::string("Content-Type is missing.") : "Content-Type '" + type + "' is not taken.") +
          " Accepted: " + joined(route.media_types) + ".",
      {{"accepted", route.media_types}},
      {}};
}

}  // namespace

Router::Router(PrincipalSource principal_of) : principal_of_(std::move(principal_of)) {}

void Router::add(Route route) {
  ISHI_ASSERT(route.pattern.starts_with('/') && route.handler);
  for (const Route& other : routes_) ISHI_ASSERT(other.method != route.method || other.pattern != route.pattern);
  ISHI_ASSERT(std::count(route.pattern.begin(), route.pattern.end(), '{') <= std::ptrdiff_t{kCapturesMax});
  route.literal_size = std::min(route.pattern.find('{'), route.pattern.size());
  routes_.push_back(std::move(route));
}

RouteMatch Router::resolve(Method method, std::string_view target) const {
  RouteMatch match;
  std::tie(match.path, match.query) = split_at(target, '?');
  if (method == Method::kHead) method = Method::kGet;
  for (const Route& route : routes_) {
    if (route.method != method || !may_match({route.pattern.data(), route.literal_size}, match.path)) continue;
    match.capture_count = 0;
    if (!match_path(route.pattern, match.path, &match)) continue;
    match.route = &route;
    break;
  }
  return match;
}

std::string Router::allow(std::string_view path) const {
  std::set<std::string_view> names;
  for (const Route& route : routes_)
    if (match_path(route.pattern, path, nullptr)) names.insert(name_of(route.method));
  if (names.empty()) return {};
  if (names.contains("GET")) names.insert("HEAD");
  names.insert("OPTIONS");
  std::string out;
  for (const std::string_view name : names) out += (out.empty() ? "" : ", ") + std::string(name);
  return out;
}

Answer Router::handle(const RouteMatch& match, Request& request) const try {
  request.path = match.path;
  request.parameters.clear();
  request.query.clear();
  const auto unrouted = [](Response response) { return Answer{std::move(response), {}, {}}; };
  if (!match.path.starts_with('/')) {
    if (match.path == "*" && request.method == Method::kOptions) return unrouted({204, "", {}, {}});
    return unrouted(
        problem_response(Problem{400, "bad_request", "The request target must start with '/'.", {}, {}}, request));
  }
  if (!match.route) return unrouted(answer_without_route(request));
  if (!read_parameters(match, request)) return {problem_response(bad_encoding("path"), request), match.pattern(), {}};
  return {checked(*match.route, match.query, request), match.pattern(), {}};
} catch (const std::exception& thrown) {
  return {problem_response(Problem{500, "internal_error", {}, {}, {}}, request), match.pattern(),
          typeid(thrown).name()};
} catch (...) {
  return {problem_response(Problem{500, "internal_error", {}, {}, {}}, request), match.pattern(), "unknown"};
}

Response Router::answer_without_route(const Request& request) const {
  const std::string methods = allow(request.path);
  if (methods.empty())
    return problem_response(Problem{404, "not_found", "Nothing is here. See /openapi.json.", {}, {}}, request);
  if (request.method == Method::kOptions) return Response{204, "", {{"Allow", methods}}, {}};
  return problem_response(
      Problem{405, "method_not_allowed", "Allowed here: " + methods + ".", {}, {{"Allow", methods}}}, request);
}

Response Router::checked(const Route& route, std::string_view query, Request& request) const {
  Result<Principal> principal = principal_of_(request);
  if (!principal) {
    // What anybody may see stays visible while no policy says who is who.
    const bool nobody_knows =
        principal.error().kind == ErrorKind::kUnavailable || principal.error().kind == ErrorKind::kNotFreshYet;
    if (!nobody_knows || !may(Role::kPublic, route.action)) return problem_response(principal.error(), request);
    principal = Principal{"anonymous", Role::kPublic, {}, {}, {}};
  }
  if (!may(principal->role, route.action)) {
    if (principal->role == Role::kPublic)
      return problem_response(Error{ErrorKind::kUnauthenticated, "unauthenticated",
                                    "This needs credentials: send Authorization: Bearer <key>."},
                              request);
    return problem_response(Error{ErrorKind::kForbidden, "forbidden",
                                  "The role " + std::string(name_of(principal->role)) + " has no right to '" +
                                      std::string(name_of(route.action)) + "'."},
                            request);
  }
  if (const auto open = check_door(*principal, route.action); !open) return problem_response(open.error(), request);
  if (gate_) {
    if (const auto closed = gate_(route.action)) return problem_response(*closed, request);
  }
  if (const auto problem = read_query(route, query, request)) return problem_response(*problem, request);
  if (const auto problem = check_body(route, request)) return problem_response(*problem, request);
  return route.handler(request, *principal);
}

}  // namespace ishi::api

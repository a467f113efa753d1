#include "api/auth/doors.h"
#include "api/filter/filter_handler.h"
#include "api/messages/problem.h"
#include "registry/rules/decide.h"

namespace ishi::api {
namespace {

struct Identifier {
  Token token;
  std::optional<TokenForms> forms;  // of an insurance number; a bare token has no weaker form
};

Result<Identifier> read_identifier(std::string_view text, const Tokenizer& tokenizer) {
  if (const auto token = Token::parse_hex(text)) return Identifier{*token, std::nullopt};
  const auto id = parse_insurance_line(text);
  if (!id) {
    if (id.error().code == "my_number_refused")
      return fail(ErrorKind::kInvalidArgument, "my_number_refused", "A My Number is refused.");
    return fail(ErrorKind::kInvalidArgument, "invalid_id",
                "The identifier is neither 32 hex digits nor insurer:symbol:number:branch.");
  }
  if (!id->check_digit_ok)
    return fail(ErrorKind::kInvalidArgument, "check_digit",
                "The check digit of the insurer number is wrong. Compare it with the card.");
  const TokenForms forms = tokenizer.forms(*id);
  return Identifier{forms.exact, forms};
}

void add_text(std::string& json, std::string_view name, std::string_view value) {  // values here need no escapes
  json.append(json.size() > 1 ? ",\"" : "\"").append(name).append("\":\"").append(value).append("\"");
}

}  // namespace

Response FilterHandler::status(const Request& request, const Principal& principal) const {
  Result<Response> response = answer_one(request, principal);
  return response ? std::move(*response) : problem_response(response.error(), request);
}

Result<Response> FilterHandler::answer_one(const Request& request, const Principal& principal) const {
  const Result<Ask> ask = read_ask(request, principal);
  if (!ask) return fail(ask.error());
  const Result<Identifier> identifier = read_identifier(request.parameters.at("identifier"), tokenizer_);
  if (!identifier) return fail(identifier.error());
  const Result<View> view = view_for(*ask, principal);
  if (!view) return fail(view.error());

  if (auto open = check_reader(*view->book, visitor_of(principal), ask->question); !open) return fail(open.error());
  const Result<Timestamp> as_of = legal_instant(*ask, *view, principal);
  if (!as_of) return fail(as_of.error());
  Question question = ask->question;
  question.as_of = *as_of;
  if (auto allowed = check_asker(principal, *view->book, question); !allowed) return fail(allowed.error());

  const TokenForms* forms = identifier->forms ? &*identifier->forms : nullptr;
  ReasonCode code = ReasonCode::kDenyUnknown;
  if (auto decided = source_.decide_all(*view, question, {&identifier->token, 1},
                                        {forms, forms ? std::size_t{1} : std::size_t{0}}, {&code, 1});
      !decided)
    return fail(decided.error());
  std::optional<CivilDate> allowed_from;
  if (code == ReasonCode::kDenyWaiting) {  // rare: only then the whole person is looked at
    const Result<Match> match = source_.find(*view, identifier->token, forms);
    if (!match) return fail(match.error());
    allowed_from = decide(*view->book, question, *match).allowed_from;
  }

  const bool past = ask->known_at || ask->as_of;
  const Timestamp until = past ? view->evaluated_at : valid_until(*view->book, question, view->evaluated_at);
  std::string json = "{";
  add_text(json, "decision", may_use(code) ? "ALLOW" : "DENY");
  add_text(json, "code", name_of(code));
  json.append(",\"position\":").append(std::to_string(view->position.events()));
  add_text(json, "evaluated_at", to_iso(view->evaluated_at));
  add_text(json, "valid_until", to_iso(until));
  if (allowed_from) add_text(json, "allowed_from", to_iso(*allowed_from));
  json += "}\n";

  Response response;
  response.body = std::move(json);
  add_freshness_headers(*view, response);
  return response;
}

}  // namespace ishi::api

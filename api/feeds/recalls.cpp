#include "api/feeds/recalls.h"

#include <algorithm>

#include "api/feeds/visibility.h"
#include "registry/rules/decide.h"

namespace ishi::api {
namespace {

void put_member(std::string& out, std::string_view name, std::string_view value) {
  ((out += ",\"") += name) += "\":";
  put_json_text(out, value);
}

}  // namespace

Response Recalls::handle(const Request& request, const Principal& principal) const {
  return poll_.answer(request, [&](const View& view, Position since) { return page(view, since, principal); });
}

Result<FeedPage> Recalls::page(const View& view, Position since, const Principal& principal) const {
  return read_page(log_, poll_.limits(), view, since,
                   [&](std::string& lines, const StoredEvent& stored) -> Result<std::size_t> {
                     const Result<std::vector<Cause>> causes = causes_of(view, stored);
                     if (!causes) return fail(causes.error());
                     std::size_t written = 0;
                     for (const Cause& cause : *causes) {
                       const Result<std::size_t> put = put_lines(lines, view, cause, principal);
                       if (!put) return fail(put.error());
                       written += *put;
                     }
                     return written;
                   });
}

Result<std::vector<Recalls::Cause>> Recalls::causes_of(const View& view, const StoredEvent& stored) const {
  if (const auto* objection = std::get_if<Objection>(&stored.event.body)) {
    std::vector<Cause> causes;
    if (objection->accepted_at < stored.event.registered_at) {
      causes.push_back({stored.index, "late_objection", objection->token, objection->scope, objection->accepted_at,
                        stored.event.registered_at});
    }
    return causes;
  }
  if (const auto* link = std::get_if<TokensLinked>(&stored.event.body)) return causes_of_link(view, stored, *link);
  return std::vector<Cause>();
}

// Every objection of the person now reaches every other token of the person. What was withdrawn before the link binds
// nobody any more; a link that has been undone since no longer connects them.
Result<std::vector<Recalls::Cause>> Recalls::causes_of_link(const View& view, const StoredEvent& stored,
                                                            const TokensLinked& link) const {
  const Result<Match> match = status_.find(view, link.first, nullptr);
  if (!match) return fail(match.error());
  std::vector<Cause> causes;
  if (match->level != TokenLevel::kExact || match->persons.size() != 1) return causes;
  const PersonStatus& person = match->persons.front();
  if (!std::binary_search(person.tokens.begin(), person.tokens.end(), link.second)) return causes;
  for (const ObjectionFact& objection : person.objections) {
    if (objection.event > stored.index) continue;
    if (objection.withdrawn_at && *objection.withdrawn_at <= stored.event.registered_at) continue;
    for (const Token& token : person.tokens) {
      if (token == objection.token) continue;
      causes.push_back(
          {stored.index, "late_link", token, objection.scope, objection.accepted_at, stored.event.registered_at});
    }
  }
  return causes;
}

Result<std::size_t> Recalls::put_lines(std::string& out, const View& view, const Cause& cause,
                                       const Principal& principal) const {
  // No run judges the future, so one that should have known it was registered after the objection was accepted.
  const Result<Position> from = log_.position_at(Timestamp(cause.accepted_at.microseconds() - 1));
  if (!from) return fail(from.error());
  const Position upto(cause.index.value());
  if (*from >= upto) return std::size_t{0};
  const Result<std::vector<RunNote>> runs = runs_.between(*from, upto);
  if (!runs) return fail(runs.error());
  const Visibility visibility(principal, *view.book, log_);
  std::size_t lines = 0;
  for (const RunNote& run : *runs) {
    const Question& question = run.question;
    if (question.as_of < cause.accepted_at || run.position.covers(cause.index)) continue;
    if (!visibility.owns(run.caller, question.holder, question.recipient)) continue;
    if (!forbids(*view.book, cause.scope, question)) continue;
    out += "{\"position\":" + std::to_string(Position::after(cause.index).events());
    put_member(out, "kind", cause.kind);
    put_member(out, "token", cause.token.reveal_hex());
    put_member(out, "accepted_at", to_iso(cause.accepted_at));
    put_member(out, "registered_at", to_iso(cause.registered_at));
    put_member(out, "batch_id", run.batch_id);
    out += ",\"run\":" + std::to_string(run.index.value());
    put_member(out, "regime", question.regime);
    put_member(out, "holder", question.holder);
    put_member(out, "recipient", question.recipient);
    out += "}\n";
    ++lines;
  }
  return lines;
}

}  // namespace ishi::api

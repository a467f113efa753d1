#include "api/filter/ask.h"

#include <algorithm>
#include <charconv>

#include "api/auth/doors.h"
#include "registry/identifiers/check_digit.h"
#include "registry/rules/decide.h"

namespace ishi::api {
namespace {

tl::unexpected<Error> invalid(std::string_view name, std::string_view what) {
  return fail(ErrorKind::kInvalidArgument, "invalid_parameter", std::string(name) + ": " + std::string(what));
}

std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t max) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value > max) return std::nullopt;
  return value;
}

std::optional<AnswerForm> parse_answer(std::string_view text) {
  if (text.empty() || text == "allowed") return AnswerForm::kAllowed;
  if (text == "reasons") return AnswerForm::kReasons;
  if (text == "bitmap") return AnswerForm::kBitmap;
  if (text == "counts") return AnswerForm::kCounts;
  return std::nullopt;
}

std::vector<std::string> split(std::string_view text, char mark) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto at = text.find(mark);
    if (at != 0) parts.emplace_back(text.substr(0, at));
    text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  }
  return parts;
}

bool is_batch_id(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == ':' || c == '-';
  });
}

bool is_plain_text(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

Result<void> read_exception(const Request& request, const Principal& principal, Ask& ask) {
  ask.question.override_code = request.query_value("override");
  ask.question.ground = request.query_value("ground");
  ask.permit_id = request.query_value("permit_id");
  for (const char* name : {"ground", "permit_id"}) {
    const std::string_view text = request.query_value(name);
    if (text.empty()) continue;
    if (text.size() > kGroundBytesMax || !is_plain_text(text)) return invalid(name, "at most 500 bytes of plain text");
    if (text_holds_my_number(text))
      return fail(ErrorKind::kInvalidArgument, "my_number_refused", std::string(name) + ": a My Number is refused");
  }
  // A regulator's replay repeats what somebody else once claimed; it permits nothing.
  const bool replays = is_regulator(principal.role) && !request.query_value("known_at").empty();
  if (!ask.question.override_code.empty() && !may(principal.role, Action::kClaimOverride) && !replays)
    return fail(ErrorKind::kForbidden, "forbidden", "override: this role may not claim a statutory exception");
  return {};
}

Result<void> read_times(const Request& request, Ask& ask) {
  if (const std::string_view text = request.query_value("as_of"); !text.empty()) {
    ask.as_of = parse_timestamp(text);
    if (!ask.as_of) return invalid("as_of", "an RFC 3339 instant or a date");
    ask.question.as_of = *ask.as_of;
  }
  if (const std::string_view text = request.query_value("known_at"); !text.empty()) {
    const auto position = parse_number(text, std::uint64_t{1} << 62);
    const auto instant = position ? std::nullopt : parse_timestamp(text);
    if (position)
      ask.known_at = Position(*position);
    else if (instant)
      ask.known_at = *instant;
    else
      return invalid("known_at", "a Position, an RFC 3339 instant or a date");
  }
  if (const std::string_view text = request.header("Ishi-Max-Staleness"); !text.empty()) {
    const auto seconds = parse_number(text, kStalenessMaxSeconds);
    if (!seconds) return invalid("Ishi-Max-Staleness", "whole seconds, 0..86400");
    if (*seconds > 0) ask.staleness_max = std::chrono::seconds(*seconds);
  }
  if (const std::string_view text = request.header("Ishi-At-Least"); !text.empty()) {
    const auto position = parse_number(text, std::uint64_t{1} << 62);
    if (!position) return invalid("Ishi-At-Least", "a Position");
    ask.at_least = Position(*position);
  }
  return {};
}

Result<void> read_record_period(const Request& request, Question& question) {
  for (const auto& [name, day] :
       {std::pair("record_from", &question.record_from), {"record_to", &question.record_to}}) {
    const std::string_view text = request.query_value(name);
    if (text.empty()) continue;
    *day = parse_date(text);
    if (!*day) return invalid(name, "a day, YYYY-MM-DD");
  }
  return {};
}

Result<void> read_batch(const Request& request, const Principal& principal, Ask& ask) {
  const auto answer = parse_answer(request.query_value("answer"));
  if (!answer) return invalid("answer", "allowed, reasons, bitmap or counts");
  ask.answer = *answer;
  const std::string_view dry_run = request.query_value("dry_run");
  if (!dry_run.empty() && dry_run != "true" && dry_run != "false") return invalid("dry_run", "true or false");
  ask.dry_run = dry_run == "true";
  // Whose answers may be used has them with their evidence or not at all; a regulator's permit nothing.
  if (ask.dry_run && ask.answer != AnswerForm::kCounts && !is_regulator(principal.role))
    return invalid("dry_run", "goes with answer=counts only");
  if (const std::string_view text = request.header("Ishi-Batch-Id"); !text.empty()) {
    if (!is_batch_id(text)) return invalid("Ishi-Batch-Id", "1..128 of A-Z a-z 0-9 . _ : -");
    ask.batch_id = text;
  }
  const std::string_view part = request.query_value("part"), parts = request.query_value("parts");
  if (part.empty() && parts.empty()) return {};
  const auto number = parse_number(part, kPartsMax), count = parse_number(parts, kPartsMax);
  if (!number || !count || *number < 1 || *number > *count)
    return invalid("part", "part=1..parts and parts=1..10000, together");
  if (!ask.batch_id)
    return fail(ErrorKind::kInvalidArgument, "missing_parameter", "Ishi-Batch-Id: parts need one id in common");
  ask.part = static_cast<std::uint32_t>(*number);
  ask.parts = static_cast<std::uint32_t>(*count);
  return {};
}

// What was is no leave to use anything today. Who made a run may compare its digest, as long as nothing is answered.
Result<void> check_known_at(const Principal& principal, Ask& ask) {
  if (!ask.known_at || is_regulator(principal.role)) return {};
  ask.digests_only = ask.dry_run;
  if (ask.digests_only) {
    if (!principal.book) return {};
    return check_door(*principal.book, visitor_of(principal), Door::kSelfAudit);
  }
  return fail(
      ErrorKind::kForbidden, "past_for_auditors",
      "known_at: what was known then is answered to auditors only. Leave it out: the answer knows everything up "
      "to now; Ishi-At-Least asks for a Position that must be in it. To compare the digest of a run of your "
      "own, add dry_run=true and answer=counts.");
}

void add_field(std::string& out, std::string_view text) {
  out += std::to_string(text.size());  // lengths in front: no text can pretend to be two
  out += ':';
  out += text;
}

}  // namespace

const std::vector<std::string>& status_parameters() {
  static const std::vector<std::string> names = {"regime",     "holder",      "recipient", "purpose",
                                                 "categories", "record_from", "record_to", "point",
                                                 "as_of",      "known_at",    "permit_id"};
  return names;
}

const std::vector<std::string>& filter_parameters() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all = status_parameters();
    all.insert(all.end(), {"answer", "override", "ground", "dry_run", "part", "parts"});
    return all;
  }();
  return names;
}

Result<Ask> read_ask(const Request& request, const Principal& principal) {
  Ask ask;
  ask.asked_at = request.received;
  ask.at_once_until = request.at_once_until;
  ask.question.regime = request.query_value("regime");
  if (ask.question.regime.empty())
    return fail(ErrorKind::kInvalidArgument, "missing_parameter", "regime: name the regime asked about");
  ask.question.holder = request.query_value("holder");
  if (ask.question.holder.empty()) ask.question.holder = principal.holder;
  ask.question.recipient = request.query_value("recipient");
  if (ask.question.recipient.empty()) ask.question.recipient = principal.recipient;
  ask.question.purpose = request.query_value("purpose");
  std::string categories(request.query_value("categories"));
  std::replace(categories.begin(), categories.end(), ';', ',');  // either separates (LAW.md 3.7)
  ask.question.categories = split(categories, ',');
  std::sort(ask.question.categories.begin(), ask.question.categories.end());
  if (ask.question.categories.size() > 64) return invalid("categories", "at most 64");
  if (const std::string_view text = request.query_value("point"); !text.empty()) {
    if (!read_point(text, ask.question))
      return invalid("point", "F1, F2, F3, F4 or F5; F2:REGIME joins with a database under that regime");
  }
  if (auto read = read_record_period(request, ask.question); !read) return fail(read.error());
  if (auto read = read_exception(request, principal, ask); !read) return fail(read.error());
  if (auto read = read_times(request, ask); !read) return fail(read.error());
  if (auto read = read_batch(request, principal, ask); !read) return fail(read.error());
  if (auto allowed = check_known_at(principal, ask); !allowed) return fail(allowed.error());
  return ask;
}

Result<void> check_asker(const Principal& principal, const PolicyBook& book, const Question& question) {
  if (auto allowed = check_recipient(principal, book, question.recipient); !allowed) return allowed;
  if (auto allowed = check_holder(principal, book, question.holder); !allowed) return allowed;
  return check_question(book, question);
}

bool may_name_the_past(const Ask& ask, const Principal& principal) {
  return is_regulator(principal.role) || ask.digests_only;
}

// Clocks of servers differ by up to two seconds from the database's. A caller who names the true time at a server whose
// clock is behind or ahead means now, and must not miss what was registered by another one's.
constexpr std::int64_t kNowSeconds = 5;

Result<Timestamp> effective_as_of(const Ask& ask, const Principal& principal, Timestamp now) {
  if (!ask.as_of) return now;
  if (*ask.as_of > now)
    return fail(ErrorKind::kInvalidArgument, "in_the_future",
                "as_of: lies in the future; nobody can know what will be said by then");
  if (!ask.known_at && *ask.as_of >= now.plus_seconds(-kNowSeconds)) return now;
  if (!may_name_the_past(ask, principal))
    return fail(ErrorKind::kForbidden, "past_for_auditors",
                "as_of: a past instant is answered to auditors only. Leave it out: the answer is as of now. Data of a "
                "permit that was approved before: name the registered permit with permit_id.");
  return *ask.as_of;
}

std::string canonical_text(const Ask& ask) {
  const Question& question = ask.question;
  const std::string point = point_text(question);
  std::string out = "ishi filter question v1\n";
  for (const std::string_view text :
       {std::string_view(question.regime), std::string_view(question.holder), std::string_view(question.recipient),
        std::string_view(question.purpose), std::string_view(point), std::string_view(question.override_code),
        std::string_view(question.ground), std::string_view(ask.permit_id)})
    add_field(out, text);
  add_field(out, std::to_string(question.categories.size()));
  for (const std::string& category : question.categories) add_field(out, category);
  add_field(out, ask.as_of ? std::to_string(ask.as_of->microseconds()) : "");
  std::string known_at;
  if (ask.known_at) {
    if (const auto* position = std::get_if<Position>(&*ask.known_at))
      known_at = "p" + std::to_string(position->events());
    else
      known_at = "t" + std::to_string(std::get<Timestamp>(*ask.known_at).microseconds());
  }
  add_field(out, known_at);
  add_field(out, std::to_string(ask.parts));
  if (!question.record_from && !question.record_to) return out;
  for (const auto& day : {question.record_from, question.record_to}) add_field(out, day ? to_iso(*day) : "");
  return out;
}

}  // namespace ishi::api

#include "api/writes/line_batch.h"

#include <algorithm>
#include <array>
#include <set>
#include <span>

namespace ishi::api {
namespace {

constexpr std::size_t kBlockRows = 4'096;
// What is known of one person takes at most some 100 KB (registry/status/bounded_facts.h): a block, 100 MB.
constexpr std::size_t kBlockTokensMax = 1'024;

// Facts of somebody who is merely like this identifier are not this person's.
const PersonStatus* person_of(const Match& match) {
  return match.level == TokenLevel::kExact && match.persons.size() == 1 ? &match.persons.front() : nullptr;
}

LineCode code_for(RowFault fault) {
  return line_code_of(code_of(fault));
}

// Typed in by a person from a card in front of them: a wrong check digit can be mended on the spot.
bool enters_by_hand(Role role) {
  switch (role) {
    case Role::kPatient:
    case Role::kProxy:
    case Role::kBereaved:
    case Role::kDeskClerkHolder:
    case Role::kDeskClerkMunicipal:
    case Role::kCallAgent: return true;
    default: return false;
  }
}

bool names_field(const IdentityFields& fields, std::string_view name) {
  return name == fields.token || name == fields.id || name == fields.insurer || name == fields.symbol ||
         name == fields.number || name == fields.branch;
}

// What an accepted line is told beyond its receipt; more than four say nothing new.
class LineRemarks {
 public:
  void add(LineCode code) {
    if (count_ < codes_.size()) codes_[count_++] = code;
  }
  std::span<const LineCode> codes() const { return std::span(codes_).first(count_); }

 private:
  std::array<LineCode, 4> codes_{};
  std::size_t count_ = 0;
};

}  // namespace

LineBatch::LineBatch(const WriteKind& kind, const CommandContext& context, const StatusSource& status,
                     const EventLog& log, const View& view, const Tokenizer& tokenizer)
    : kind_(kind), context_(context), status_(status), log_(log), view_(view), tokenizer_(tokenizer) {
  context_.history = &history_;
}

Result<void> LineBatch::read(RecordFormat format, std::string_view body, std::size_t lines_max) {
  RecordReader ahead(format, body);
  RecordReader behind(format, body);
  if (ahead.header_fault() != RowFault::kNone) {
    // The header is not repeated: a file without one begins with a person's numbers.
    return fail(ErrorKind::kInvalidArgument, "csv_header",
                "The first row must name the columns, each once and in UTF-8 (" +
                    std::string(code_of(ahead.header_fault())) + ").");
  }
  const auto line_ends = static_cast<std::size_t>(std::count(body.begin(), body.end(), '\n'));
  batch_.events.reserve(std::min(line_ends + 1, lines_max));
  for (bool more = true; more;) {
    pending_.clear();
    tokens_.clear();
    places_.clear();
    std::size_t block = 0;
    while (block < kBlockRows && tokens_.size() + 1 < kBlockTokensMax) {
      const Row* row = ahead.next();
      if (row == nullptr) {
        more = false;
        break;
      }
      ++block;
      if (trailer_) trailer_is_last_ = false;
      if (row->trailer) {
        trailer_ = row->trailer;
        pending_.emplace_back();
        continue;
      }
      if (++line_count_ > lines_max) {
        return fail(ErrorKind::kTooLarge, "too_many_lines",
                    "At most " + std::to_string(lines_max) + " lines a request. Send the rest in further requests.");
      }
      pending_.push_back(look_at(*row));
      Pending& pending = pending_.back();
      if (pending.refusal) continue;
      pending.at = place_of(pending.person.token);
      if (pending.other) pending.other_at = place_of(pending.other->token);
    }
    if (const auto found = look_up(); !found) return found;
    if (const auto read = read_history(); !read) return read;
    for (std::size_t i = 0; i < block; ++i) {
      const Row* row = behind.next();
      if (!row->trailer) judge(*row, pending_[i]);
    }
  }
  return {};
}

LineBatch::Pending LineBatch::look_at(const Row& row) const {
  Pending pending;
  if (row.fault != RowFault::kNone) {
    pending.refusal = LineRefusal{code_for(row.fault), {}};
    return pending;
  }
  if (holds_my_number(row)) {
    pending.refusal = LineRefusal{LineCode::kMyNumberRefused, {}};
    return pending;
  }
  // A misspelt limit would be a lost wish, or would permit more than was meant.
  const bool unknown_field =
      std::any_of(row.fields.begin(), row.fields.end(), [this](const Field& field) { return !known_name(field.name); });
  if (unknown_field) {
    pending.refusal = LineRefusal{LineCode::kUnknownField, {}};
    return pending;
  }
  if (kind_.about_permits) return look_at_permit(row);
  const auto person = read_identity(row, kPersonFields, tokenizer_, kind_.identity_always);
  if (!person || !*person) {
    pending.refusal = person ? LineRefusal{LineCode::kIdentityMissing, "token"} : person.error();
    return pending;
  }
  pending.person = **person;
  pending.wants_history =
      kind_.history != HistoryOf::kNobody && (kind_.history_if.empty() || !row.text(kind_.history_if).empty());
  if (kind_.names_two) {
    const auto other = read_identity(row, kOtherFields, tokenizer_, kind_.identity_always);
    if (!other) {
      pending.refusal = other.error();
      return pending;
    }
    pending.other = *other;
  }
  const bool check_digits = pending.person.check_digit_ok && (!pending.other || pending.other->check_digit_ok);
  if (!check_digits && enters_by_hand(context_.actor.role)) {
    pending.refusal = LineRefusal{LineCode::kCheckDigit,
                                  pending.person.check_digit_ok ? kOtherFields.insurer : kPersonFields.insurer};
  }
  return pending;
}

LineBatch::Pending LineBatch::look_at_permit(const Row& row) const {
  Pending pending;
  FieldReader reader(row);
  pending.person.token = permit_token(reader.text(kPermitIdField));
  pending.refusal = reader.fault();
  return pending;
}

bool LineBatch::known_name(std::string_view name) const {
  return std::find(kind_.fields.begin(), kind_.fields.end(), name) != kind_.fields.end() ||
         (!kind_.about_permits && names_field(kPersonFields, name)) ||
         (kind_.names_two && names_field(kOtherFields, name));
}

std::size_t LineBatch::place_of(const Token& token) {
  const auto [found, is_new] = places_.try_emplace(token, tokens_.size());
  if (is_new) tokens_.push_back(token);
  return found->second;
}

bool LineBatch::needs_history(const Pending& pending) const {
  const PersonStatus* status = pending.wants_history ? person_of(matches_[pending.at]) : nullptr;
  if (status == nullptr) return false;
  switch (kind_.history) {
    case HistoryOf::kNobody: return false;
    case HistoryOf::kKnown: return true;
    case HistoryOf::kObjecting: return !status->objections.empty();
    case HistoryOf::kLinked: return !status->links.empty();
  }
  return false;
}

// Who recorded what, of those about whom something may be taken back.
Result<void> LineBatch::read_history() {
  history_ = History();
  std::set<Token> about;
  for (const Pending& pending : pending_) {
    if (pending.refusal || !needs_history(pending)) continue;
    about.insert(pending.person.token);
    // The hundred branches of a household's card come with it; the card of one with a branch does not.
    for (const std::vector<TokenForms>* kin : {&pending.person.kin, pending.other ? &pending.other->kin : nullptr})
      if (kin != nullptr && kin->size() == 1) about.insert(kin->front().exact);
  }
  if (about.empty()) return {};
  const std::vector<Token> tokens(about.begin(), about.end());
  Result<std::vector<StoredEvent>> events = log_.read_about(tokens, view_.position);
  if (!events) return fail(events.error());
  history_ = History(std::move(*events));
  return {};
}

Result<void> LineBatch::look_up() {
  matches_.clear();
  permits_.clear();
  if (tokens_.empty()) return {};
  if (kind_.about_permits) {
    auto permits = find_permits(log_, tokens_, view_.position);
    if (!permits) return fail(permits.error());
    permits_ = std::move(*permits);
    return {};
  }
  Result<std::vector<Match>> found = status_.find_many(view_, tokens_);
  if (!found) return fail(found.error());
  matches_ = std::move(*found);
  return {};
}

Subject LineBatch::subject_of(const Identity& identity, std::size_t at) const {
  if (kind_.about_permits) return {identity.token, nullptr, false};
  const bool without_branch = identity.forms && identity.forms->level == TokenLevel::kHousehold;
  return {identity.token, person_of(matches_[at]), without_branch};
}

void LineBatch::judge(const Row& row, const Pending& pending) {
  if (pending.refusal) {
    results_.rejected(row.line, *pending.refusal);
    return;
  }
  const Subject subject = subject_of(pending.person, pending.at);
  std::optional<Subject> other;
  if (pending.other) other = subject_of(*pending.other, pending.other_at);

  const std::size_t before = batch_.events.size();
  record_identity(pending.person, subject);
  if (other) record_identity(*pending.other, *other);
  const std::size_t receipt = batch_.events.size();
  const PermitSheets* permit = kind_.about_permits ? &permits_[pending.at] : nullptr;
  const Line line{row, subject, other ? &*other : nullptr, permit, tokenizer_};
  const FieldResult<Outcome> outcome = kind_.handle(context_, line, batch_);
  const bool stands_already = outcome && outcome->nothing_written == NothingWritten::kAlreadyObjected;
  if (batch_.events.size() == receipt && !stands_already) forget_identities(before);
  if (!outcome) {
    results_.rejected(row.line, outcome.error());
    return;
  }
  if (outcome->standing) {
    results_.stands_already(row.line, outcome->standing->value(), line_code_of(*outcome->nothing_written));
    return;
  }
  if (outcome->nothing_written) {
    results_.nothing_written(row.line, line_code_of(*outcome->nothing_written));
    return;
  }
  LineRemarks remarks;
  for (const Remark remark : outcome->remarks) remarks.add(line_code_of(remark));
  const bool check_digits = pending.person.check_digit_ok && (!pending.other || pending.other->check_digit_ok);
  if (!check_digits) remarks.add(LineCode::kCheckDigitFailed);
  if (pending.person.forms && names_household(subject)) remarks.add(LineCode::kHouseholdCard);
  results_.accepted(row.line, receipt, remarks.codes());
}

void LineBatch::record_identity(const Identity& identity, const Subject& subject) {
  if (!identity.forms || (subject.status != nullptr && !kind_.identity_always)) return;
  const TokenForms& own = *identity.forms;
  if (identity_on_record(identity) || !identities_recorded_.insert(identity.token).second) return;
  batch_.events.emplace_back(TokenIdentity{own.exact, own.loose, own.household, own.level});
  for (const TokenForms& forms : identity.kin)
    batch_.events.emplace_back(TokenIdentity{forms.exact, forms.loose, forms.household, TokenLevel::kLoose});
}

// Itself, not as somebody's kin; and its kin with it, which those who record no wish leave out.
bool LineBatch::identity_on_record(const Identity& identity) const {
  const auto on_record = [&](const Token& token, bool as_kin) {
    const auto about = history_.about(token);
    return std::any_of(about.begin(), about.end(), [&](const StoredEvent* stored) {
      const auto* known = std::get_if<TokenIdentity>(&stored->event.body);
      return known != nullptr && known->exact == token && (as_kin || known->level != TokenLevel::kLoose);
    });
  };
  return on_record(identity.token, false) &&
         std::all_of(identity.kin.begin(), identity.kin.end(),
                     [&](const TokenForms& forms) { return on_record(forms.exact, true); });
}

// A line that leaves no event leaves no identity behind either.
void LineBatch::forget_identities(std::size_t from) {
  for (std::size_t i = from; i < batch_.events.size(); ++i)
    identities_recorded_.erase(std::get<TokenIdentity>(batch_.events[i]).exact);
  batch_.events.resize(from);
}

}  // namespace ishi::api

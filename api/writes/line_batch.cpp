#include "api/writes/line_batch.h"

#include <algorithm>

#include "api/writes/fields.h"

namespace ishi::api {
namespace {

constexpr std::size_t kBlockRows = 4'096;

// Facts of somebody who is merely like this identifier are not this person's.
const PersonStatus* person_of(const Match& match) {
  return match.level == TokenLevel::kExact && match.persons.size() == 1 ? &match.persons.front() : nullptr;
}

LineCode code_for(RowFault fault) {
  return line_code_of(code_of(fault));
}

bool names_field(const IdentityFields& fields, std::string_view name) {
  return name == fields.token || name == fields.id || name == fields.insurer || name == fields.symbol ||
         name == fields.number || name == fields.branch;
}

}  // namespace

LineBatch::LineBatch(const WriteKind& kind, const RequestContext& context, const StatusSource& status, const View& view,
                     const Tokenizer& tokenizer)
    : kind_(kind),
      context_(context),
      status_(status),
      view_(view),
      tokenizer_(tokenizer),
      judge_(kind.make_handler(context)) {}

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
  bodies_.reserve(std::min(line_ends + 1, lines_max));
  for (bool more = true; more;) {
    pending_.clear();
    tokens_.clear();
    std::size_t block = 0;
    while (block < kBlockRows) {
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
      pending.first_token = tokens_.size();
      tokens_.push_back(pending.person.token);
      if (pending.other) tokens_.push_back(pending.other->token);
    }
    if (const auto found = look_up(); !found) return found;
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
    pending.refusal = Refusal{code_for(row.fault), {}};
    return pending;
  }
  if (holds_my_number(row)) {
    pending.refusal = Refusal{LineCode::kMyNumberRefused, {}};
    return pending;
  }
  pending.unknown_field =
      std::any_of(row.fields.begin(), row.fields.end(), [this](const Field& field) { return !known_name(field.name); });
  if (pending.unknown_field && !kind_.ignores_unknown_fields) {
    pending.refusal = Refusal{LineCode::kUnknownField, {}};
    return pending;
  }
  const auto person = read_identity(row, kPersonFields, tokenizer_);
  if (!person || !*person) {
    pending.refusal = person ? Refusal{LineCode::kIdentityMissing, "token"} : person.error();
    return pending;
  }
  pending.person = **person;
  if (kind_.names_two) {
    const auto other = read_identity(row, kOtherFields, tokenizer_);
    if (!other) {
      pending.refusal = other.error();
      return pending;
    }
    pending.other = *other;
  }
  const bool check_digits = pending.person.check_digit_ok && (!pending.other || pending.other->check_digit_ok);
  if (!check_digits && enters_by_hand(context_.principal.role)) {
    pending.refusal =
        Refusal{LineCode::kCheckDigit, pending.person.check_digit_ok ? kOtherFields.insurer : kPersonFields.insurer};
  }
  return pending;
}

bool LineBatch::known_name(std::string_view name) const {
  return std::find(kind_.fields.begin(), kind_.fields.end(), name) != kind_.fields.end() ||
         names_field(kPersonFields, name) || (kind_.names_two && names_field(kOtherFields, name));
}

Result<void> LineBatch::look_up() {
  matches_.clear();
  if (tokens_.empty()) return {};
  Result<std::vector<Match>> found = status_.find_many(view_, tokens_);
  if (!found) return fail(found.error());
  matches_ = std::move(*found);
  return {};
}

void LineBatch::judge(const Row& row, const Pending& pending) {
  if (pending.refusal) {
    results_.rejected(row.line, *pending.refusal);
    return;
  }
  const auto subject_of = [this](const Identity& identity, std::size_t at) {
    return Subject{identity.token, identity.forms, identity.check_digit_ok, person_of(matches_[at])};
  };
  const Subject subject = subject_of(pending.person, pending.first_token);
  std::optional<Subject> other;
  if (pending.other) other = subject_of(*pending.other, pending.first_token + 1);

  const std::size_t before = bodies_.size();
  record_identity(subject);
  if (other) record_identity(*other);
  const std::size_t receipt = bodies_.size();
  Judged<Outcome> outcome = judge_->judge(Line{row, subject, other ? &*other : nullptr}, bodies_);
  if (!outcome || bodies_.size() == receipt) {
    for (std::size_t i = before; i < receipt; ++i)
      identities_recorded_.erase(std::get<TokenIdentity>(bodies_[i]).exact);
    bodies_.resize(before);
  }
  if (!outcome) {
    results_.rejected(row.line, outcome.error());
    return;
  }
  if (bodies_.size() == before) {
    results_.nothing_written(row.line, outcome->note.value_or(LineCode::kNoEffect));
    return;
  }
  if (!subject.check_digit_ok || (other && !other->check_digit_ok)) outcome->remark(LineCode::kCheckDigitFailed);
  if (subject.forms && subject.household_card()) outcome->remark(LineCode::kHouseholdCard);
  if (pending.unknown_field) outcome->remark(LineCode::kFieldIgnored);
  results_.accepted(row.line, receipt, std::span(outcome->remarks).first(outcome->remark_count));
}

void LineBatch::record_identity(const Subject& subject) {
  if (!subject.forms || (subject.status != nullptr && !kind_.identity_always)) return;
  if (!identities_recorded_.insert(subject.token).second) return;
  bodies_.emplace_back(
      TokenIdentity{subject.forms->exact, subject.forms->loose, subject.forms->household, subject.forms->level});
}

}  // namespace ishi::api

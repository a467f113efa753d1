#include "api/filter/people_list.h"

#include <algorithm>
#include <exception>
#include <type_traits>
#include <unordered_map>

#include "api/filter/hex_token.h"
#include "api/filter/text_list.h"
#include "api/records/record_reader.h"
#include "registry/assert.h"
#include "registry/threads/mutex.h"

namespace ishi::api {
namespace {

tl::unexpected<Error> invalid_list(const char* code, std::string detail) {
  return fail(ErrorKind::kInvalidArgument, code, std::move(detail));
}

class Grouping {
 public:
  Grouping(PeopleList& list, std::size_t holders_max) : list_(list), holders_max_(holders_max) {}

  void add(const Token& token, std::string_view holder, std::uint32_t line) {
    if (PeopleGroup* group = group_of(holder, line, false)) push(*group, token);
  }
  void add(const TokenForms& forms, std::string_view holder, std::uint32_t line) {
    if (PeopleGroup* group = group_of(holder, line, true)) {
      push(*group, forms.exact);
      group->forms.push_back(forms);
    }
  }
  bool too_many_holders() const { return too_many_; }

 private:
  struct Slots {
    std::size_t plain = kNone, forms = kNone;
  };
  static constexpr std::size_t kNone = ~std::size_t{0};

  void push(PeopleGroup& group, const Token& token) {
    group.tokens.push_back(token);
    group.rows.push_back(static_cast<std::uint32_t>(list_.row_count));
  }
  PeopleGroup* group_of(std::string_view holder, std::uint32_t line, bool forms) {
    if (!last_ || last_holder_ != holder) {
      auto found = slots_.find(std::string(holder));
      if (found == slots_.end()) {
        too_many_ |= slots_.size() >= holders_max_;
        if (too_many_) return nullptr;
        found = slots_.emplace(std::string(holder), Slots()).first;
      }
      last_ = &found->second;
      last_holder_ = found->first;
    }
    std::size_t& slot = forms ? last_->forms : last_->plain;
    if (slot == kNone) {
      slot = list_.groups.size();
      list_.groups.emplace_back();
      list_.groups.back().holder = holder;
      list_.groups.back().first_line = line;
    }
    return &list_.groups[slot];
  }

  PeopleList& list_;
  const std::size_t holders_max_;
  std::unordered_map<std::string, Slots> slots_;
  Slots* last_ = nullptr;  // rows of one holder mostly come together
  std::string_view last_holder_;
  bool too_many_ = false;
};

Result<PeopleList> read_tokens(std::string_view body) {
  if (body.size() % Token::kSizeBytes != 0)
    return invalid_list("length_invalid",
                        "The body has " + std::to_string(body.size()) +
                            " bytes, which is no multiple of 16: it may have been cut off. Nothing was done.");
  PeopleList list;
  list.form = BodyForm::kTokens;
  list.body = body;
  list.row_count = body.size() / Token::kSizeBytes;
  static_assert(alignof(Token) == 1 && std::is_trivially_copyable_v<Token>);
  list.all = {reinterpret_cast<const Token*>(body.data()), list.row_count};
  return list;
}

std::string_view text_of(const Row& row, std::string_view name, bool& usable) {
  const Field* field = row.find(name);
  if (!field || field->kind == ValueKind::kNull) return {};
  if (field->kind != ValueKind::kText) usable = false;
  return field->text;
}

void add_row(const Row& row, std::uint32_t line, const Tokenizer& tokenizer, Grouping& grouping) {
  bool usable = row.fault == RowFault::kNone;
  const std::string_view holder = text_of(row, "holder", usable), token_text = text_of(row, "token", usable);
  if (!usable) return;
  const std::string_view insurer = text_of(row, "insurer", usable), symbol = text_of(row, "symbol", usable);
  const std::string_view number = text_of(row, "number", usable), branch = text_of(row, "branch", usable);
  if (!usable) return;
  Token token;
  if (!token_text.empty()) {
    if (token_text.size() != kHexTokenBytes || !parse_hex_token(token_text.data(), token)) return;
    const bool bare = insurer.empty() && symbol.empty() && number.empty() && branch.empty();
    if (bare) return grouping.add(token, holder, line);
  }
  // T14: a wrong check digit names nobody for certain, so the row is flagged and never allowed.
  const auto id = parse_insurance_id(insurer, symbol, number, branch);
  if (!id || !id->check_digit_ok) return;
  const TokenForms forms = tokenizer.forms(*id);
  if (!token_text.empty() && forms.exact != token) return;  // R08: the two name different people
  grouping.add(forms, holder, line);
}

bool names_people(const std::vector<std::string_view>& columns) {
  bool token = false, insurer = false, number = false;
  for (const std::string_view name : columns) {
    token |= name == "token";
    insurer |= name == "insurer";
    number |= name == "number";
  }
  return token || (insurer && number);
}

Result<PeopleList> read_records(BodyForm form, std::string_view body, const Tokenizer& tokenizer,
                                std::size_t holders_max) {
  PeopleList list;
  list.form = form;
  list.body = body;
  RecordReader reader(form == BodyForm::kCsv ? RecordFormat::kCsv : RecordFormat::kNdjson, body);
  if (form == BodyForm::kCsv) {
    if (reader.header_fault() != RowFault::kNone)
      return invalid_list("csv_header_invalid",
                          "The header row is faulty: " + std::string(code_of(reader.header_fault())) + ".");
    if (!names_people(reader.columns()))
      return invalid_list("csv_header_invalid",
                          "The header row must name token, or insurer, symbol, number and branch.");
    list.header = reader.header_bytes();
    list.column_count = reader.columns().size();
  }
  Grouping grouping(list, holders_max);
  while (const Row* row = reader.next()) {
    if (row->trailer) {
      if (*row->trailer != list.row_count)
        return invalid_list("trailer_mismatch", "The trailer names another number of rows than the " +
                                                    std::to_string(list.row_count) +
                                                    " that came: the body may have been cut off. Nothing was done.");
      continue;
    }
    const auto line = static_cast<std::uint32_t>(row->line);
    list.places.push_back({static_cast<std::uint32_t>(row->bytes.data() - body.data()),
                           static_cast<std::uint32_t>(row->bytes.size()), line});
    add_row(*row, line, tokenizer, grouping);
    if (grouping.too_many_holders())
      return invalid_list("too_many_holders", "Rows of more than " + std::to_string(holders_max) +
                                                  " holders in one request: send them apart.");
    ++list.row_count;
  }
  return list;
}

}  // namespace

void run_serially(std::size_t chunks, const std::function<void(std::size_t)>& work) {
  for (std::size_t i = 0; i < chunks; ++i) work(i);
}

ParallelFor carrying_exceptions(ParallelFor share) {
  return [share = std::move(share)](std::size_t chunks, const std::function<void(std::size_t)>& work) {
    std::exception_ptr thrown;
    Mutex mutex;
    share(chunks, [&](std::size_t i) {
      try {
        work(i);
      } catch (...) {
        const MutexLock lock(mutex);
        if (!thrown) thrown = std::current_exception();
      }
    });
    if (thrown) std::rethrow_exception(thrown);
  };
}

std::string_view media_type_of(BodyForm form) {
  switch (form) {
    case BodyForm::kTokens: return "application/octet-stream";
    case BodyForm::kText: return "text/plain";
    case BodyForm::kCsv: return "text/csv";
    case BodyForm::kNdjson: return "application/x-ndjson";
  }
  return "";
}

Result<BodyForm> body_form_of(std::string_view media_type, std::string_view content_type) {
  for (const BodyForm form : {BodyForm::kTokens, BodyForm::kText, BodyForm::kCsv, BodyForm::kNdjson})
    if (media_type == media_type_of(form) && (form == BodyForm::kTokens || charset_is_ours(content_type))) return form;
  return fail(ErrorKind::kUnsupported, "unsupported_media_type",
              "Send application/octet-stream, text/plain, text/csv or application/x-ndjson, in UTF-8.");
}

Result<PeopleList> read_people(BodyForm form, std::string_view body, const Tokenizer& tokenizer,
                               std::size_t holders_max, const ParallelFor& share) {
  ISHI_ASSERT(body.size() <= kPeopleBodyBytesMax);
  switch (form) {
    case BodyForm::kTokens: return read_tokens(body);
    case BodyForm::kText: return read_text(body, tokenizer, share);
    case BodyForm::kCsv:
    case BodyForm::kNdjson: break;
  }
  return read_records(form, body, tokenizer, holders_max);
}

}  // namespace ishi::api

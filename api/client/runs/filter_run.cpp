#include "api/client/runs/filter_run.h"

#include <algorithm>
#include <memory>

#include "api/client/files/digest.h"
#include "api/client/files/output_file.h"
#include "api/client/runs/evidence_file.h"
#include "api/client/runs/filter_report.h"
#include "api/client/runs/verdicts.h"
#include "registry/identifiers/insurance_id.h"

namespace ishi::client {
namespace {

constexpr std::size_t kFirstBytes = 4096;
constexpr std::size_t kFilterBlockBytes = 256 << 10;
constexpr std::uint64_t kIdentifierBytesMin = 10;  // six digits of an insurer, a number, separators

Result<InsuranceId> parse(const Identifier& identifier) {
  switch (identifier.kind) {
    case Identifier::Kind::kLine: return parse_insurance_line(identifier.text);
    case Identifier::Kind::kCsv: return parse_insurance_csv(identifier.text);
    default: return parse_insurance_id(identifier.insurer, identifier.symbol, identifier.number, identifier.branch);
  }
}

// One line for the server; an error code where the identifier cannot be asked about.
Result<std::string> question_line(const Identifier& identifier) {
  if (identifier.kind == Identifier::Kind::kToken) return identifier.token.reveal_hex();
  const auto id = parse(identifier);
  if (!id) return fail(id.error());
  for (const std::string* part : {&id->symbol, &id->number}) {
    if (part->find_first_of(":\r\n") != std::string::npos) {
      return fail(ErrorKind::kInvalidArgument, "separator_inside", "a colon or line end inside a part");
    }
  }
  return id->insurer + ':' + id->symbol + ':' + id->number + ':' + id->branch;
}

constexpr int kBatchesMax = 4;

// A part was sent twice, because its answer was lost, and somebody in it objected in between. Nothing has been written
// yet: another batch, about all of them, is as good as the first.
bool answers_changed(const Error& error) {
  return error.code == "batch_superseded" || error.code == "batch_expired";
}

class Run {
 public:
  Run(const FilterOptions& options, HttpClient& client, const Patience& patience, const FilterObserver& observer)
      : options_(options), client_(client), patience_(patience), observer_(observer) {}

  Result<FilterReport> run() {
    if (const auto done = recognise(); !done) return fail(done.error());
    if (const auto done = survey(); !done) return fail(done.error());
    if (const auto done = ask(); !done) return fail(done.error());
    if (!options_.receipt.empty() && !options_.dry_run) fetch_receipts(client_, patience_, report_.evidence);
    if (!report_.evidence.answers_given) return std::move(report_);  // a dry run, or digests only
    if (const auto done = write(); !done) return fail(done.error());
    return std::move(report_);
  }

 private:
  // Of whom, and where, one question in the part that is being filled speaks.
  struct Asked {
    std::uint64_t item = 0, line = 0;
    std::vector<LocalPerson> people;
  };
  using OnPiece = std::function<Result<void>(const Piece& piece)>;

  Result<void> recognise() {
    const auto size = file_size(options_.in);
    if (!size) return fail(size.error());
    if (const auto fit = check_outputs(); !fit) return fit;
    report_.input_bytes = *size;
    auto source = open_file(options_.in);
    if (!source) return fail(source.error());
    std::string first(kFirstBytes, '\0');
    const auto got = (*source)->read(first);
    if (!got) return fail(got.error());
    first.resize(*got);
    const auto format = detect_format(options_.in, first, options_.format);
    if (!format) return fail(format.error());
    report_.format = reading_.format = *format;
    report_.question = options_.question;
    report_.categories_by_form =
        options_.past.empty() && options_.question.categories.empty() && !categories_of(*format).empty();
    if (report_.categories_by_form) report_.question.categories = categories_of(*format);
    reading_.columns = options_.columns;
    if (!options_.dry_run) report_.batch_id = options_.batch_id.empty() ? "ishi-" + random_hex(12) : options_.batch_id;
    return {};
  }

  Result<void> check_outputs() const {
    if (options_.dry_run) return {};
    const NamedFile inputs[] = {{"--in", options_.in}};
    const NamedFile outputs[] = {
        {"--out", options_.out}, {"--report", options_.report}, {"--receipt", options_.receipt}};
    return client::check_outputs(inputs, outputs);
  }

  // One reading of the whole file.
  Result<void> each_piece(FilterPhase phase, const BlockObserver& on_block, const OnPiece& on_piece) {
    observer_.begin(phase, report_.input_bytes);
    auto source = open_file(options_.in, [&](std::string_view block) {
      observer_.advance(block.size());
      if (on_block) on_block(block);
    });
    if (!source) return fail(source.error());
    const auto reader = make_reader(**source, reading_);
    Piece piece;
    for (;;) {
      const auto more = reader->next(piece);
      if (!more) return fail(more.error());
      if (!*more) return {};
      if (const auto done = on_piece(piece); !done) return done;
    }
  }

  Result<void> survey() {
    Sha256 digest;
    Utf8Check utf8;
    observer_.begin(FilterPhase::kSurvey, report_.input_bytes);
    auto source = open_file(options_.in);
    if (!source) return fail(source.error());
    std::vector<char> block(kFilterBlockBytes);
    for (;;) {
      const auto got = (*source)->read(block);
      if (!got) return fail(got.error());
      if (*got == 0) break;
      const std::string_view bytes(block.data(), *got);
      digest.update(bytes);
      utf8.feed(bytes);
      observer_.advance(*got);
    }
    report_.input_sha256 = digest.finish_hex();
    reading_.charset = utf8.valid() ? Charset::kUtf8 : Charset::kCp932;
    return {};
  }

  bool asks_tokens() const {
    return reading_.format == FileFormat::kTokens || reading_.format == FileFormat::kTokensBinary;
  }

  // At least as many as will be asked, and in the same number of parts. Small files need no counting.
  Result<std::uint64_t> count_questions() {
    if (report_.input_bytes <= Batch::kLinesPerPart * kIdentifierBytesMin) return Batch::kLinesPerPart;
    std::uint64_t questions = 0;
    const auto read = each_piece(FilterPhase::kSurvey, {}, [&](const Piece& piece) -> Result<void> {
      for (const Identifier& identifier : piece.identifiers) {
        questions += asks_tokens() || question_line(identifier) ? 1 : 0;
      }
      return {};
    });
    if (!read) return fail(read.error());
    return questions;
  }

  Result<Batch> begin() {
    const BodyForm form = asks_tokens() ? BodyForm::kTokens : BodyForm::kLines;
    if (options_.dry_run) return Batch::begin_dry(client_, patience_, report_.question, form);
    if (!options_.past.empty()) return Batch::begin_again(client_, patience_, report_.question, form, options_.past);
    const auto questions = count_questions();
    if (!questions) return fail(questions.error());
    return Batch::begin(client_, patience_, report_.question, report_.batch_id, form, *questions);
  }

  Result<void> ask() {
    auto batch = begin();
    if (!batch) return fail(batch.error());
    const auto read = each_piece(FilterPhase::kAsk, {}, [&](const Piece& piece) -> Result<void> {
      if (piece.kind != PieceKind::kItem) return {};
      const std::uint64_t item = report_.items++;
      if (!piece.problem.empty()) {
        unread(piece.line, piece.problem);
        ++report_.reasons[static_cast<std::size_t>(ReasonCode::kInvalidId)];
        return {};
      }
      for (const Identifier& identifier : piece.identifiers) {
        if (const auto asked = ask_one(*batch, identifier, item, piece); !asked) return asked;
      }
      return {};
    });
    if (!read) return read;
    if (batch->pending() > 0) {
      if (const auto settled = settle_part(*batch); !settled) return settled;
    }
    if (batch->evidence().parts.size() < options_.past.size())
      return fail(ErrorKind::kUnprocessable, "another_input", "the file asks about less than the receipt covers");
    verdicts_.settle();
    report_.evidence = batch->evidence();
    for (const BatchPart& part : report_.evidence.parts) report_.questions += part.questions;
    for (std::size_t code = 0; code < report_.reasons.size(); ++code)
      report_.reasons[code] += report_.evidence.counts[code];
    report_.not_allowed += report_.evidence.withheld;
    return {};
  }

  Result<void> ask_one(Batch& batch, const Identifier& identifier, std::uint64_t item, const Piece& piece) {
    if (identifier.kind == Identifier::Kind::kToken && asks_tokens()) {
      batch.add_token(identifier.token);
    } else {
      const auto line = question_line(identifier);
      if (!line) {
        unread(piece.line, line.error().code);
        ++report_.reasons[static_cast<std::size_t>(ReasonCode::kInvalidId)];
        return decided(Asked{item, piece.line, piece.people}, false);
      }
      batch.add_line(*line);
    }
    asked_.push_back(Asked{item, piece.line, piece.people});
    return batch.full() ? settle_part(batch) : Result<void>();
  }

  Result<void> settle_part(Batch& batch) {
    const auto answers = batch.ask();
    if (!answers) return fail(answers.error());
    if (options_.dry_run) {
      asked_.clear();
      return {};
    }
    for (std::size_t i = 0; i < asked_.size(); ++i) {
      const Answer& answer = (*answers)[i];
      if (!answer) {
        ++report_.not_allowed;
      } else {
        ++report_.reasons[static_cast<std::size_t>(*answer)];
        if (*answer == ReasonCode::kInvalidId) unread(asked_[i].line, "invalid_id");
        if (!may_use(*answer)) refused(asked_[i].line, *answer);
      }
      if (const auto done = decided(asked_[i], answer && may_use(*answer)); !done) return done;
    }
    asked_.clear();
    return {};
  }

  Result<void> decided(const Asked& asked, bool usable) {
    if (asked.people.empty()) verdicts_.about_item(asked.item, usable);
    for (const LocalPerson& person : asked.people) {
      if (const auto done = verdicts_.about_person(person, usable); !done) return done;
    }
    return {};
  }

  void refused(std::uint64_t line, ReasonCode code) {
    ++report_.refusals;
    if (report_.withheld_items.size() < FilterReport::kWithheldMax) report_.withheld_items.push_back({line, code});
  }

  void unread(std::uint64_t line, std::string reason) {
    ++report_.unread;
    // What is seen here and what the server says are met in turns, a part at a time.
    std::vector<UnreadItem>& items = report_.unread_items;
    const auto later = [](std::uint64_t number, const UnreadItem& item) { return number < item.line; };
    const auto place = std::upper_bound(items.begin(), items.end(), line, later);
    if (place == items.end() && items.size() == FilterReport::kUnreadMax) return;
    items.insert(place, UnreadItem{line, std::move(reason)});
    if (items.size() > FilterReport::kUnreadMax) items.pop_back();
  }

  Result<void> write() {
    std::unique_ptr<OutputFile> out;
    if (!options_.out.empty() && !options_.dry_run) {
      auto created = OutputFile::create(options_.out);
      if (!created) return fail(created.error());
      out = std::move(*created);
    }
    Sha256 input, output;
    const auto writer = make_writer(reading_.format, [&](std::string_view bytes) -> Result<void> {
      output.update(bytes);
      report_.output_bytes += bytes.size();
      return out ? out->write(bytes) : Result<void>();
    });
    std::uint64_t item = 0;
    const auto read = each_piece(
        FilterPhase::kWrite, [&](std::string_view block) { input.update(block); },
        [&](const Piece& piece) -> Result<void> {
          if (piece.kind != PieceKind::kItem) return writer->write(piece, true);
          const bool keep = verdicts_.keep(item++, piece);
          ++(keep ? report_.kept : report_.withheld);
          return writer->write(piece, keep);
        });
    if (!read) return read;
    if (const auto finished = writer->finish(); !finished) return finished;
    if (input.finish_hex() != report_.input_sha256 || item != report_.items) {
      return fail(ErrorKind::kConflict, "input_changed", "the input file changed while it was read; run again");
    }
    report_.output_sha256 = output.finish_hex();
    report_.totals = writer->totals();
    return out ? publish(*out) : Result<void>();
  }

  // All files are on the disk before the first takes its name.
  Result<void> publish(OutputFile& out) {
    const bool receipts = has_all_receipts(report_.evidence);
    std::string receipt;
    if (is_json_name(options_.receipt))
      receipt = receipt_json(report_);
    else if (receipts)
      receipt = receipt_file(report_.evidence);
    std::vector<std::unique_ptr<OutputFile>> others;
    for (const auto& [path, text] : {std::pair(options_.report, report_json(options_, report_)),
                                     std::pair(receipt.empty() ? std::string() : options_.receipt, receipt)}) {
      if (path.empty()) continue;
      auto file = OutputFile::create(path);
      if (!file) return fail(file.error());
      if (const auto written = (*file)->write(text); !written) return written;
      if (const auto sealed = (*file)->seal(); !sealed) return sealed;
      others.push_back(std::move(*file));
    }
    if (const auto sealed = out.seal(); !sealed) return sealed;
    for (const auto& file : others) {
      if (const auto published = file->publish(); !published) return published;
    }
    return out.publish();
  }

  const FilterOptions& options_;
  HttpClient& client_;
  const Patience& patience_;
  const FilterObserver& observer_;
  ReadingOptions reading_;
  std::vector<Asked> asked_;
  Verdicts verdicts_;
  FilterReport report_;
};

}  // namespace

Result<FilterReport> run_filter(const FilterOptions& options, HttpClient& client, const Patience& patience,
                                const FilterObserver& observer) {
  for (int attempt = 1;; ++attempt) {
    auto report = Run(options, client, patience, observer).run();
    if (report || !options.batch_id.empty() || attempt == kBatchesMax || !answers_changed(report.error()))
      return report;
  }
}

}  // namespace ishi::client

// LineBatch: the reading and judging of one request's lines. Two readers walk the body: the first goes ahead by one
// block and collects who is spoken about, so that people are looked up many at a time; the second judges the same rows.
// Not thread-safe; lives for one request.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "api/records/record_reader.h"
#include "api/writes/kinds/line_handler.h"
#include "api/writes/line_results.h"
#include "api/writes/rows/identity.h"
#include "registry/commands/standing.h"
#include "registry/ports/event_log.h"
#include "registry/ports/status_source.h"

namespace ishi::api {

class LineBatch {
 public:
  LineBatch(const WriteKind& kind, const CommandContext& context, const StatusSource& status, const EventLog& log,
            const View& view, const Tokenizer& tokenizer);

  // Judges every line. Errors: kInvalidArgument csv_header; kTooLarge too_many_lines; of the status source.
  Result<void> read(RecordFormat format, std::string_view body, std::size_t lines_max);

  std::vector<EventBody>& events() { return batch_.events; }
  LineResults& results() { return results_; }
  std::uint64_t line_count() const { return line_count_; }  // without a trailer
  std::optional<std::uint64_t> trailer() const { return trailer_; }
  bool trailer_is_last() const { return trailer_is_last_; }

 private:
  struct Pending {  // what the first reader found out about a row
    std::optional<LineRefusal> refusal;
    Identity person;
    std::optional<Identity> other;
    std::size_t at = 0, other_at = 0;  // in tokens_
    bool wants_history = false;
  };
  Pending look_at(const Row& row) const;
  Pending look_at_permit(const Row& row) const;
  bool known_name(std::string_view name) const;
  std::size_t place_of(const Token& token);
  Result<void> look_up();
  bool needs_history(const Pending& pending) const;
  Result<void> read_history();
  void judge(const Row& row, const Pending& pending);
  Subject subject_of(const Identity& identity, std::size_t at) const;
  void record_identity(const Identity& identity, const Subject& subject);
  bool identity_on_record(const Identity& identity) const;
  void forget_identities(std::size_t from);

  const WriteKind& kind_;
  CommandContext context_;
  const StatusSource& status_;
  const EventLog& log_;
  const View& view_;
  const Tokenizer& tokenizer_;

  std::vector<Pending> pending_;
  std::vector<Token> tokens_;  // each once: a file may speak of one person in every line
  std::unordered_map<Token, std::size_t, TokenHash> places_;
  std::vector<Match> matches_;
  std::vector<PermitSheets> permits_;  // instead of matches, where rows are about permits
  History history_;
  std::unordered_set<Token, TokenHash> identities_recorded_;
  CommandBatch batch_;
  LineResults results_;
  std::uint64_t line_count_ = 0;
  std::optional<std::uint64_t> trailer_;
  bool trailer_is_last_ = true;
};

}  // namespace ishi::api

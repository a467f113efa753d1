// Batch: one question about many people, asked in numbered parts under one batch id. Each part is answered at its own
// Position, with all that was acknowledged before it was asked. Sending a part again is safe: the server knows id and
// body, and says so where the answer would be another one now. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http_client/http_client.h"
#include "registry/identifiers/token.h"
#include "registry/position.h"
#include "registry/result.h"
#include "registry/rules/decision.h"

namespace ishi::client {

// Values go to the server as they are; empty = not said. The server checks them.
struct AskedQuestion {
  std::string regime, holder, recipient, purpose, categories, record_from, record_to, as_of, known_at, point,
      override_code, ground, permit_id;
};

std::vector<std::pair<std::string, std::string>> parameters_of(const AskedQuestion& question);

enum class BodyForm : std::uint8_t { kLines, kTokens };

struct BatchPart {
  std::uint64_t number = 0, questions = 0;
  std::string position, evaluated_at;                       // of this part's answers
  std::string body_sha256, answer_sha256, decision_digest;  // the last as the server said it
  std::string use_digest;                                   // the same for use or not; only of what is asked again
  std::uint64_t erased_since = 0;                           // known then, and erased since; only of what is asked again
  std::optional<EventIndex> receipt;                        // of the run's event, where it left one
  std::string proof;                                        // the receipt (.tlog-proof); empty = not fetched
};

struct BatchEvidence {
  // Of the answers; where parts differ, the lowest Position (all of them knew what was before it) and the earliest
  // times.
  std::string batch_id, position, evaluated_at, valid_until;
  bool reasons_given = true;               // false: the role may know only what may be used
  bool answers_given = true;               // false: asked again, and only the digests came
  std::array<std::uint64_t, 16> counts{};  // of a dry run, by ReasonCode
  std::uint64_t withheld = 0;              // of a dry run: refused without a reason given
  std::vector<BatchPart> parts;
  std::string no_proof_because;  // why a part has no proof; empty = all have, or none was asked for
};

// A part that was asked in the past, as its receipt says.
struct PastPart {
  std::uint64_t questions = 0;
  std::string body_sha256;
  std::string as_of = {}, known_at = {};  // of this part; empty = as the question says
};

// A reason per question; without reasons: kAllow or nothing.
using Answer = std::optional<ReasonCode>;

class Batch {
 public:
  static constexpr std::uint64_t kLinesPerPart = 50'000, kTokensPerPart = 500'000, kPerPartMax = 1'000'000;
  static constexpr std::uint64_t kPartsMax = 1000;

  // `questions`: how many will be asked in all. Errors: kTooLarge (beyond a thousand million).
  static Result<Batch> begin(HttpClient& client, Patience patience, AskedQuestion question, std::string batch_id,
                             BodyForm form, std::uint64_t questions);
  // Only counts how many would be answered how; leaves no event.
  static Batch begin_dry(HttpClient& client, Patience patience, AskedQuestion question, BodyForm form);
  // Asks again what was asked once; `question` has known_at and as_of. Leaves no event; where the caller may not have
  // the answers again, only their digests come. REQUIRES: no past part is empty.
  static Batch begin_again(HttpClient& client, Patience patience, AskedQuestion question, BodyForm form,
                           std::vector<PastPart> past);

  // Adds one question to the part being filled. REQUIRES: !full(), and the form fits.
  void add_line(std::string_view line);  // no line end inside
  void add_token(const Token& token);
  bool full() const { return pending_ == part_size(); }
  std::uint64_t pending() const { return pending_; }
  // Asks; answers in order, as many as pending(); of a dry run none, evidence() has the counts. Errors: the server's
  // refusal (kConflict batch_superseded, batch_expired: a new batch may be begun), kUnavailable, kCorrupt (an answer
  // that does not fit the question), kConflict input_changed (more than was announced); asking again, kUnprocessable
  // another_input (this is not what was asked then).
  Result<std::vector<Answer>> ask();
  const BatchEvidence& evidence() const { return evidence_; }

 private:
  Batch(HttpClient& client, Patience patience, AskedQuestion question, BodyForm form);
  std::uint64_t part_size() const;
  Result<HttpReply> send(std::string_view answer);
  Result<HttpReply> send_as_allowed();
  Result<void> add_counts(std::string_view body);
  Result<std::vector<Answer>> read_answers(const HttpReply& reply) const;
  Result<std::vector<Answer>> read_reasons(std::string_view body) const;
  Result<std::vector<Answer>> read_allowed(std::string_view body) const;
  Result<void> record(const HttpReply& reply);

  HttpClient* client_;
  Patience patience_;
  AskedQuestion question_;
  BodyForm form_;
  std::uint64_t per_part_ = 0, parts_ = 0, pending_ = 0;
  std::vector<PastPart> past_;  // empty: a new run
  bool dry_ = false;
  std::string body_;
  BatchEvidence evidence_;
};

std::optional<ReasonCode> reason_by_name(std::string_view name);

}  // namespace ishi::client

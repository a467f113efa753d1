// What is owed to people and what came of it: receipts, letters with a code, erasures, and the question at sixteen. All
// of them stand on the token of what they follow from, so that undoing a link later keeps them together.
#pragma once

#include <array>

#include "registry/events/vocabulary.h"

namespace ishi {

enum class ReceiptForm : std::uint8_t { kPaper = 0, kElectronic = 1 };
// The document of Art. 53 was given to the person who objected (LAW.md 3.9). No name and no text of it is kept.
struct ReceiptIssued {
  Token token;           // that of the objection
  EventIndex objection;  // of which this is the receipt
  std::string number;    // as printed; made of the objection's place in the log, <= kReceiptNumberBytesMax bytes
  ReceiptForm form = ReceiptForm::kPaper;
  std::optional<Timestamp> consent_at =
      std::nullopt;     // when the person agreed to the electronic form (53(2)); missing on paper
  Timestamp issued_at;  // <= registered_at
  std::string issuer;   // institution code or name of the desk that gave it, <= kDeskBytesMax bytes
  std::optional<Token> staff = std::nullopt;            // pseudonym of who gave it
  std::array<std::uint8_t, 32> document_digest{};       // SHA-256 of the document's file, as given
  std::optional<EventIndex> reissue_of = std::nullopt;  // the ReceiptIssued that this one repeats
  friend bool operator==(const ReceiptIssued&, const ReceiptIssued&) = default;
};
constexpr std::size_t kReceiptNumberBytesMax = 64;

// A letter with a code went to the printer: with it a person without a card signs in (LAW.md 3.5). The code itself
// is nowhere: `code` is a keyed hash of it, and the log finds the letter under it.
struct LetterCodeIssued {
  Token token;  // of the person
  Token code;   // keyed hash of the code (Tokenizer::letter_code_mark)
  std::optional<EventIndex> notice =
      std::nullopt;       // the notice that the letter is: a void of it ends the code. Missing: asked for
  std::string print_run;  // in which it was printed, <= kFactIdBytesMax bytes
  CivilDate expires_on;   // last day in JST on which it opens anything
  friend bool operator==(const LetterCodeIssued&, const LetterCodeIssued&) = default;
};

enum class ErasureCause : std::uint8_t { kObjection = 0, kCertificationLost = 1 };
// An operator is to erase: what it holds of one person who asked for it, or everything, when its certification ends
// (LAW.md 3.8, 6.5).
struct ErasureOrdered {
  Token token;  // of the objection; of an order about everybody: made of the recipient's code
  std::optional<EventIndex> objection = std::nullopt;  // with PastData::kStopAndErase; missing: about everybody
  std::string recipient;                               // the operator's code
  std::vector<std::string> regimes;                    // <= kFactCodesMax; empty: all of the objection's
  ErasureCause cause = ErasureCause::kObjection;
  CivilDate due_on;  // last day in JST
  friend bool operator==(const ErasureOrdered&, const ErasureOrdered&) = default;
};
enum class ErasureOutcome : std::uint8_t {
  kErased = 0,
  kNothingHeld = 1,
  kProductsRemain = 2,  // erased but for what was made anonymous before
};
struct ErasureAcknowledged {
  Token token;       // that of the order
  EventIndex order;  // the ErasureOrdered
  ErasureOutcome outcome = ErasureOutcome::kErased;
  Timestamp erased_at;                                  // <= registered_at
  std::optional<std::uint64_t> records = std::nullopt;  // how many were erased; missing: not counted
  std::optional<std::array<std::uint8_t, 32>> certificate_digest =
      std::nullopt;  // SHA-256 of the operator's own record of it
  friend bool operator==(const ErasureAcknowledged&, const ErasureAcknowledged&) = default;
};

// The day has come on which a person decides alone about what a guardian asked for (LAW.md 4.4): they are to be asked.
struct ReaffirmDue {
  Token token;           // that of the objection
  EventIndex objection;  // made by a guardian of a minor; it stays in force meanwhile
  CivilDate due_on;      // Objection::reaffirm_on
  friend bool operator==(const ReaffirmDue&, const ReaffirmDue&) = default;
};
enum class ReaffirmAnswer : std::uint8_t {
  kKeeps = 0,
  kTakesBack = 1,  // a withdrawal says so, too
  kChanges = 2,    // a new objection says how
};
struct ReaffirmDone {
  Token token;  // that of the objection
  EventIndex objection;
  ReaffirmAnswer answer = ReaffirmAnswer::kKeeps;
  Timestamp answered_at;  // <= registered_at
  Channel channel = Channel::kCounterPaper;
  std::optional<Reception> reception = std::nullopt;
  friend bool operator==(const ReaffirmDone&, const ReaffirmDone&) = default;
};

}  // namespace ishi

// The document of Art. 53 was given to the person who objected (受付書面の交付; LAW.md 3.9). The registry keeps its
// number, its form, its hash and who gave it; the copy (53(3)) is kept by who gave it. Pure; see ../command.h.
#pragma once

#include <array>
#include <string>

#include "registry/commands/command.h"

namespace ishi {

struct IssueReceiptCommand {
  std::optional<EventIndex> objection;  // by its receipt number
  ReceiptForm form = ReceiptForm::kPaper;
  std::optional<Timestamp> consent_at;  // to the electronic form; missing: as agreed to when they objected
  std::optional<Timestamp> issued_at;   // missing: now
  std::string issuer;                   // institution code or name of the desk; missing: the actor's own institution
  std::optional<Token> staff;           // Tokenizer::staff_mark
  std::optional<std::array<std::uint8_t, 32>> document_digest;  // SHA-256 of the document's file
  bool reissue = false;                                         // a further copy of one that was given
  ProofSeen evidence = ProofSeen::kNone;                        // what proof of who asks was seen, of a reissue
};

// The number that is printed on an objection's document: its place in the log, a hyphen, and a check digit (as of
// insurer numbers). A place is given once, so no two requests have one number, however many come at once; a further
// copy bears the number of the first.
std::string receipt_number(EventIndex objection);

// So many documents of one objection are recorded.
constexpr std::size_t kReceiptsOfOneMax = 64;

// Needs the history. Event: ReceiptIssued, on the token of the objection, withdrawn or not. Nothing written:
// already_recorded, if the same document of the same form was recorded. Remarks: clock_adjusted. Refusals:
// field_missing (objection, document_digest), objection_not_found; recorded_by_another evidence (neither the actor's
// own institution took the objection in, nor the registry acts, nor is this a reissue with proof of who asks);
// receipt_exists (and this is no reissue), receipt_not_found (and this is one); receipt_consent_needed consent_at
// (electronic, and the person did not agree before: the paper is still owed); value_format (consent_at of a paper,
// issuer); foreign_holder issuer; date_in_future (issued_at), receipt_before_request issued_at; too_many_facts.
CommandResult<Outcome> issue_receipt(const CommandContext& context, const Subject& subject,
                                     const IssueReceiptCommand& command, CommandBatch& batch);

}  // namespace ishi
